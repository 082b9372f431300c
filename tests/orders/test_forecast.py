"""Where a day of a standing order leads, and why."""

import datetime as dt

import pytest
from django.utils import timezone

from customers.models import CalendarDay
from orders.standing.forecast import MADE, REFUSED, SKIPPED, plan
from tests.factories import AreaFactory, CustomerFactory, SiteFactory, StandingOrderFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

TUESDAY = dt.date(2026, 11, 24)
WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (TUESDAY + dt.timedelta(days=n) for n in range(1, 6))


def planned(standing, on, *, taken=None, at=None):
    return plan(standing, on, at=at or timezone.now(), taken=taken or {})


# --- which days a rhythm names ----------------------------------------------------------------------------------------
def days_of(count=6, **facts):
    standing = StandingOrderFactory.build(site=None, items=[], **facts)
    days = (standing.starts_on + dt.timedelta(days=n) for n in range(800))
    return [day for day in days if standing.falls_on(day)][:count]


def test_weekdays_one_three_and_five():
    assert days_of(weekdays=[1, 3, 5], starts_on=TUESDAY, count=4) == [
        WEDNESDAY,
        FRIDAY,
        dt.date(2026, 11, 30),
        dt.date(2026, 12, 2),
    ]


def test_every_ten_days_counts_from_the_first():
    assert days_of(rhythm="every", every_days=10, starts_on=TUESDAY, count=3) == [
        TUESDAY,
        dt.date(2026, 12, 4),
        dt.date(2026, 12, 14),
    ]


def test_the_31st_is_the_last_day_of_a_shorter_month():
    assert days_of(rhythm="monthly", month_day=31, starts_on=dt.date(2027, 1, 31), count=4) == [
        dt.date(2027, 1, 31),
        dt.date(2027, 2, 28),
        dt.date(2027, 3, 31),
        dt.date(2027, 4, 30),
    ]
    assert days_of(rhythm="monthly", month_day=30, starts_on=dt.date(2028, 2, 1), count=1) == [dt.date(2028, 2, 29)]


def test_a_list_of_days_is_those_days_that_are_not_before_the_start():
    assert days_of(rhythm="custom", dates=[FRIDAY, TUESDAY, SUNDAY], starts_on=WEDNESDAY) == [FRIDAY, SUNDAY]


def test_a_template_names_no_day():
    assert days_of(rhythm="none", starts_on=TUESDAY) == []


def test_nothing_comes_after_the_last_day():
    assert days_of(weekdays=[1, 3, 5], starts_on=TUESDAY, ends_on=FRIDAY) == [WEDNESDAY, FRIDAY]


# --- where a day leads ------------------------------------------------------------------------------------------------
def test_an_ordinary_day_is_itself():
    found = planned(StandingOrderFactory(), WEDNESDAY)

    assert (found.day, found.reason, found.state) == (WEDNESDAY, "", MADE)


def closed(what, area):
    if what == "weekday":
        return {"closed_weekdays": [3]}
    if what == "holiday":
        CalendarDay.objects.create(day=WEDNESDAY, kind="holiday", name="測試節")
        return {"closed_on_holidays": True}
    if what == "suspension":
        CalendarDay.objects.create(day=WEDNESDAY, kind="suspension", name="颱風", area=area)
    if what == "undriven":
        area.weekdays = [1, 2, 4, 5]
        area.save()
    return {}


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("weekday", "公休"),
        ("holiday", "公休"),
        ("suspension", "颱風"),
        ("undriven", "瑞光"),
    ],
)
@pytest.mark.parametrize(("if_closed", "day", "state"), [("next", THURSDAY, MADE), ("skip", None, SKIPPED)])
def test_an_impossible_day_is_moved_or_left_out_as_the_row_says(what, says, if_closed, day, state):
    area = AreaFactory()
    standing = StandingOrderFactory(site=SiteFactory(area=area, **closed(what, area)), if_closed=if_closed)

    found = planned(standing, WEDNESDAY)

    assert (found.day, found.state, found.was_missed) == (day, state, False)
    assert says in found.reason


def test_a_holiday_counts_only_where_the_site_is_closed_then():
    CalendarDay.objects.create(day=WEDNESDAY, kind="holiday", name="測試節")

    assert planned(StandingOrderFactory(), WEDNESDAY).day == WEDNESDAY


def test_a_typhoon_elsewhere_changes_nothing_here():
    CalendarDay.objects.create(day=WEDNESDAY, kind="suspension", name="颱風", area=AreaFactory(code="成", name="成功"))

    assert planned(StandingOrderFactory(), WEDNESDAY).day == WEDNESDAY


def test_it_is_moved_over_several_impossible_days():
    for day in (WEDNESDAY, THURSDAY):
        CalendarDay.objects.create(day=day, kind="suspension", name="颱風")

    assert planned(StandingOrderFactory(weekdays=[3]), WEDNESDAY).day == FRIDAY


def test_what_would_be_moved_onto_another_of_its_days_is_left_out():
    for day in (WEDNESDAY, THURSDAY):
        CalendarDay.objects.create(day=day, kind="suspension", name="颱風")

    found = planned(StandingOrderFactory(), WEDNESDAY)

    assert (found.day, found.state) == (None, SKIPPED)
    assert "11/27" in found.reason


def test_what_would_be_moved_onto_a_day_that_has_its_order_is_left_out():
    CalendarDay.objects.create(day=WEDNESDAY, kind="suspension", name="颱風")

    found = planned(StandingOrderFactory(), WEDNESDAY, taken={THURSDAY: "1151124-1"})

    assert (found.day, found.state) == (None, SKIPPED)


def test_where_no_day_in_two_weeks_is_possible_a_person_decides():
    area = AreaFactory(weekdays=[2])
    standing = StandingOrderFactory(site=SiteFactory(area=area, closed_weekdays=[2]))

    found = planned(standing, WEDNESDAY)

    assert (found.day, found.state) == (None, REFUSED)


def test_it_is_not_moved_past_its_last_day():
    CalendarDay.objects.create(day=WEDNESDAY, kind="suspension", name="颱風")

    assert planned(StandingOrderFactory(ends_on=WEDNESDAY), WEDNESDAY).state == SKIPPED


def test_a_pause_leaves_days_out_until_it_ends():
    standing = StandingOrderFactory(paused_at=timezone.now(), paused_until=FRIDAY)

    assert planned(standing, WEDNESDAY).state == SKIPPED
    assert planned(standing, FRIDAY).day == FRIDAY


def test_a_pause_without_an_end_leaves_every_day_out():
    assert planned(StandingOrderFactory(paused_at=timezone.now()), FRIDAY).state == SKIPPED


def test_a_day_that_has_its_order_is_left_out_with_its_number():
    found = planned(StandingOrderFactory(), WEDNESDAY, taken={WEDNESDAY: "1151124-7"})

    assert (found.day, found.state) == (None, SKIPPED)
    assert "1151124-7" in found.reason


def test_a_stopped_one_and_a_day_of_an_older_rhythm_are_left_out():
    assert planned(StandingOrderFactory(is_active=False, ended_at=timezone.now()), WEDNESDAY).state == SKIPPED
    assert planned(StandingOrderFactory(weekdays=[1]), WEDNESDAY).state == SKIPPED


# --- days that were missed --------------------------------------------------------------------------------------------
def test_a_missed_day_is_never_made_for_the_past():
    monday = TUESDAY - dt.timedelta(days=1)
    facts = {"weekdays": [1], "starts_on": dt.date(2026, 11, 1)}

    moved, refused = (planned(StandingOrderFactory(if_closed=how, **facts), monday) for how in ("next", "skip"))

    assert (moved.day, moved.was_missed) == (TUESDAY, True)
    assert (refused.day, refused.state, refused.was_missed) == (None, REFUSED, True)


@pytest.mark.parametrize(("clock", "day"), [("09:00", TUESDAY), ("16:59", TUESDAY), ("17:00", WEDNESDAY)])
def test_today_counts_as_long_as_a_truck_can_still_come(clock, day):
    standing = StandingOrderFactory(weekdays=[2], starts_on=dt.date(2026, 11, 1))

    assert planned(standing, TUESDAY, at=dt.datetime.fromisoformat(f"2026-11-24T{clock}+08:00")).day == day


def test_missed_days_in_a_row_become_one_order():
    """An order for every day, and nobody looked for three: today's comes, the others are left out."""
    standing = StandingOrderFactory(rhythm="every", every_days=1, starts_on=dt.date(2026, 11, 1))

    found = [planned(standing, TUESDAY - dt.timedelta(days=n)) for n in (3, 2, 1, 0)]

    assert [each.state for each in found] == [SKIPPED, SKIPPED, SKIPPED, MADE]
    assert CustomerFactory._meta.model.objects.count() == 1
