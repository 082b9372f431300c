"""The office's calendar: who sees it, who writes it, and what stands on it."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from customers.models import Area, CalendarDay
from orders.models import Slot
from orders.wishes import When
from tests.factories import AreaFactory, SiteFactory, placed, wish

HTMX = {"HX-Request": "true"}
TOMORROW = dt.date(2026, 11, 25)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


def holiday(day=TOMORROW, name="測試節", **more):
    return CalendarDay.objects.create(day=day, kind="holiday", name=name, **more)


def test_the_month_shows_days_off_suspensions_with_hours_and_lines(signed_in, dispatcher):
    line = AreaFactory(code="成", name="成功線", kind="line", weekdays=[3])
    holiday()
    for area in (line, AreaFactory()):
        CalendarDay.objects.create(
            day=TOMORROW, kind="suspension", name="颱風", area=area, from_hour=14, until_hour=20
        )  # fmt: skip

    month = signed_in(dispatcher).get(reverse("orders:calendar")).context["month"]

    day = next(day for week in month.weeks for day in week if day.on == TOMORROW)
    assert [(mark.kind, mark.hours, len(mark.areas)) for mark in day.marks] == [
        ("holiday", "", 0),
        ("suspension", "14:00–20:00", 2),
    ]
    assert day.lines == (line,)
    assert month.special == [day]


def test_another_month_is_asked_for_by_the_address_and_nonsense_is_this_one(signed_in, dispatcher):
    browser, url = signed_in(dispatcher), reverse("orders:calendar")

    assert browser.get(url, {"month": "2027-02"}).context["month"].first == dt.date(2027, 2, 1)
    assert browser.get(url, {"month": "x"}).context["month"].first == dt.date(2026, 11, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_the_month_takes_as_many_queries_for_three_days_as_for_one(
    signed_in, dispatcher, count, django_assert_num_queries
):
    for number in range(count):
        holiday(TOMORROW + dt.timedelta(days=number))
    browser = signed_in(dispatcher)

    with django_assert_num_queries(6):
        browser.get(reverse("orders:calendar"))


def test_a_manager_enters_and_removes_a_day(signed_in, manager):
    browser, url = signed_in(manager), reverse("orders:days_off")

    browser.post(url, {"day": "115/12/25", "kind": "holiday", "name": "行憲紀念日"})
    row = CalendarDay.objects.get()
    assert (row.day, row.name, manager.name in row.source) == (dt.date(2026, 12, 25), "行憲紀念日", True)
    browser.post(reverse("orders:remove_day", args=[row.pk]))

    assert not CalendarDay.objects.exists()


def test_a_day_that_is_none_is_said_at_its_field(signed_in, manager):
    response = signed_in(manager, **HTMX).post(reverse("orders:days_off"), {"day": "115/2/30", "kind": "holiday"})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"day", "name"}
    assert not CalendarDay.objects.exists()


def test_a_dispatcher_reads_and_does_not_write(signed_in, dispatcher):
    browser = signed_in(dispatcher)

    assert browser.get(reverse("orders:days_off")).status_code == 200
    browser.post(reverse("orders:days_off"), {"day": "115/12/25", "kind": "holiday", "name": "x"})

    assert not CalendarDay.objects.exists()
    assert browser.post(reverse("orders:remove_day", args=[holiday().pk])).status_code == 403


def test_a_suspensions_hours_are_not_removed_as_a_day_off(signed_in, manager):
    row = CalendarDay.objects.create(day=TOMORROW, kind="suspension", name="颱風")

    assert signed_in(manager).post(reverse("orders:remove_day", args=[row.pk])).status_code == 404


def test_a_list_is_shown_first_and_entered_by_the_second_key(signed_in, manager):
    browser, url = signed_in(manager), reverse("orders:import_days")
    file = SimpleUploadedFile("115.csv", "20260216,一,2,農曆除夕\n20260217,二,2,春節".encode("cp950"))

    shown = browser.post(url, {"text": "", "file": file})
    assert len(shown.context["said"].changes) == 2
    assert not CalendarDay.objects.exists()
    text = shown.context["form"].initial["text"]
    entered = browser.post(url, {"text": text, "enter": "1"})

    assert entered.status_code == 303
    assert list(CalendarDay.objects.values_list("name", flat=True)) == ["農曆除夕", "春節"]


def test_an_empty_list_and_a_picture_are_refused(signed_in, manager):
    browser, url = signed_in(manager), reverse("orders:import_days")

    assert browser.post(url, {"text": ""}).status_code == 422
    picture = SimpleUploadedFile("x.png", b"\x89PNG\x00\x00\x00")
    assert browser.post(url, {"text": "", "file": picture}).status_code == 422


def test_other_weekdays_open_windows_and_name_what_is_stranded(signed_in, manager):
    area = AreaFactory(code="迴", name="南迴線", weekdays=[3])
    order = placed(wish(SiteFactory(area=area), when=When(day=TOMORROW)))
    url = reverse("orders:area_days", args=[area.pk])
    browser = signed_in(manager)

    browser.post(url, {"weekdays": ["5", "4"]})
    assert browser.post(url, {}).status_code == 422

    assert Area.objects.get(pk=area.pk).weekdays == [4, 5]
    assert {slot.day.isoweekday() for slot in Slot.objects.filter(area=area)} == {4, 5}
    assert browser.get(url).context["stranded"] == [order]
