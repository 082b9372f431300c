"""The year's list of days off, as people have it."""

import datetime as dt

import pytest

from customers.models import CalendarDay
from orders.calendar.holidays import DayList, split

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

OFFICIAL = """西元日期,星期,是否放假,備註
20260101,四,2,開國紀念日
20260102,五,0,
20260103,六,2,
20260207,六,0,補行上班
20260216,一,2,農曆除夕
"""


def read(text):
    said = DayList.read(split(text))
    return [(day.day.isoformat(), day.kind, day.name) for day in said.days]


def test_the_official_file_names_holidays_and_working_saturdays_and_passes_over_weekends():
    assert read(OFFICIAL) == [
        ("2026-01-01", "holiday", "開國紀念日"),
        ("2026-02-07", "workday", "補行上班"),
        ("2026-02-16", "holiday", "農曆除夕"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "115/02/16 農曆除夕",
        "1150216\t農曆除夕",
        "115年2月16日 農曆除夕",
        "2026-02-16，農曆除夕",
        "１１５／０２／１６ 農曆除夕",
    ],
)
def test_days_are_read_as_people_write_them(line):
    assert read(line) == [("2026-02-16", "holiday", "農曆除夕")]


def test_lines_that_nobody_understands_are_named_and_stay_out():
    said = DayList.read(split("日期 名稱\n115/02/30 沒有這天\n1926-01-01 太久以前\n115/02/16 農曆除夕"))

    assert [number for number, _text in said.wrong] == [2, 3]
    assert len(said.days) == 1


def test_what_is_known_is_told_from_what_is_new_and_what_the_list_forgot_stays(manager):
    for day, name in ((16, "除夕"), (17, "春節"), (18, "初二")):
        CalendarDay.objects.create(day=dt.date(2026, 2, day), kind="holiday", name=name)

    said = DayList.read(split("115/2/16 農曆除夕\n115/2/17 春節\n115/2/19 初三"))
    count = said.enter(by=manager, source="test")

    assert [day.state for day in said.days] == ["renamed", "same", "new"]
    assert [row.name for row in said.missing] == ["初二"]
    assert count == 2
    names = CalendarDay.objects.order_by("day").values_list("name", flat=True)
    assert list(names) == ["農曆除夕", "春節", "初二", "初三"]
