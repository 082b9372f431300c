"""A typhoon: who is moved where, who is called, and everything put back when it does not come."""

from __future__ import annotations

import pytest
from django.utils import timezone

from customers.models import CalendarDay, Message, Suspension
from luckygas.errors import Refused
from orders.calendar import suspending
from orders.calendar.suspending import work
from orders.models import Order, StandingDay
from orders.windows import windows_for
from tests.factories import AreaFactory, RouteFactory, SiteFactory, StandingOrderFactory
from tests.orders.typhoon import (
    THURSDAY,
    TOMORROW,
    again,
    at_home,
    come,
    draw_up,
    history,
    order_in,
    outcomes,
    slot,
    told,
)
from tests.soundness import assert_sound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def typhoon(manager):
    """`typhoon()` tomorrow, all day, everywhere; in force and carried out unless `only_drawn`."""

    def strike(*areas, only_drawn=False, **hours) -> Suspension:
        suspension = draw_up(*areas, by=manager, **hours)
        return suspension if only_drawn else come(suspension, by=manager)

    return strike


# --- what it would do ------------------------------------------------------------------------------------------------
def test_drawn_up_it_shows_everybody_and_changes_nothing(typhoon):
    order = order_in(slot())
    order_in(slot(THURSDAY))

    suspension = typhoon(only_drawn=True)

    row = suspension.rows.get()
    assert (row.order, row.outcome, row.day) == (order, "waiting", THURSDAY)
    assert order.promised_on == TOMORROW == Order.objects.get(pk=order.pk).promised_on
    assert not CalendarDay.objects.exists()
    assert told() == []


def test_the_same_form_twice_is_one_and_with_other_contents_refused(typhoon, manager):
    suspension = typhoon(only_drawn=True)
    facts = {"operation_id": suspension.operation_id, "starts_at": suspension.starts_at, "by": manager, "areas": []}

    again = suspending.draw_up(ends_at=suspension.ends_at, reason="颱風", **facts)
    with pytest.raises(Refused) as refused:
        suspending.draw_up(ends_at=suspension.ends_at, reason="地震", **facts)

    assert again == suspension
    assert refused.value.code == "other_body"


def test_the_new_window_respects_hours_closed_days_weekdays_places_and_other_suspensions(typhoon):
    shut, morning_only = at_home(closed_weekdays=[4]), at_home(hours=0b1111)  # 08–12
    line = at_home(area=AreaFactory(code="成", name="成功線", weekdays=[3, 6]))
    orders = [order_in(slot(starts=8, area=site.area), site) for site in (shut, morning_only, line)]
    CalendarDay.objects.create(day=THURSDAY, kind="suspension", from_hour=0, until_hour=10, name="停電")

    typhoon()

    found = [(order.promised_on.isoformat(), timezone.localtime(order.promised_from).hour) for order in again(orders)]
    assert found == [("2026-11-27", 8), ("2026-11-26", 10), ("2026-11-28", 8)]


def test_who_needs_gas_first_gets_the_earlier_place(typhoon):
    window = slot(area=AreaFactory(slot_capacity=1), capacity=3)
    later, dry, sooner = at_home(), at_home(), at_home()
    for site, days in ((later, 60), (sooner, 30)):
        history(site, last_days_ago=5, spans=days)
    orders = [order_in(window, site, is_gas_out=site is dry) for site in (later, dry, sooner)]

    typhoon()

    later_one, dry_one, sooner_one = again(orders)
    assert dry_one.promised_from < sooner_one.promised_from < later_one.promised_from


def test_who_runs_dry_before_the_new_day_is_red_and_called_instead_of_written_to(typhoon):
    site = at_home()
    history(site, last_days_ago=9, spans=10)  # used up tomorrow
    order_in(slot(), site)
    order_in(slot())

    suspension = typhoon()

    first, second = suspension.rows.order_by("order_id")
    assert [(row.is_red, row.is_urgent, row.outcome) for row in (first, second)] == [
        (True, True, "moved"),
        (False, False, "moved"),
    ]
    assert told() == [(first.customer_id, "call"), (second.customer_id, "waiting")]


# --- what it does ----------------------------------------------------------------------------------------------------
def test_everybody_is_moved_and_told_once(typhoon, manager):
    site = at_home()
    orders = [order_in(slot(starts=hour), site) for hour in (10, 12, 14, 16)]
    nobody = order_in(slot(), SiteFactory())  # no phone: a line on the call list

    suspension = typhoon()

    assert suspension.state == "done"
    assert outcomes(suspension) == {"moved": 5}
    assert {order.promised_on for order in again(orders)} == {THURSDAY}
    event = orders[0].events.last()
    assert (event.by, event.reason) == (manager, "颱風")
    assert told() == sorted([(site.customer_id, "waiting"), (nobody.customer_id, "call")])
    body = Message.objects.get(customer=site.customer, kind="suspended").body
    assert orders[0].number in body
    assert orders[3].number not in body  # three are named, and how many more
    assert_sound()


def test_only_its_areas_and_hours_are_touched(typhoon):
    here, there = at_home(), at_home(area=AreaFactory(code="成", name="成功"))
    inside = order_in(slot(starts=14), here)
    before, elsewhere = order_in(slot(starts=10), here), order_in(slot(starts=14, area=there.area), there)

    suspension = typhoon(here.area, first=14, last=20)

    assert [row.order for row in suspension.rows.all()] == [inside]
    assert [order.promised_on for order in again([inside, before, elsewhere])] == [THURSDAY, TOMORROW, TOMORROW]
    offered = {(window.slot.day, window.slot.starts) for window in windows_for(here)}
    assert (TOMORROW, 10) in offered
    assert (TOMORROW, 14) not in offered


def test_what_stands_on_a_route_is_not_moved_but_red_and_called(typhoon, dispatcher):
    order, route = order_in(slot()), RouteFactory(day=TOMORROW)
    route.add(order, by=dispatcher)
    route.publish(by=dispatcher)
    Order.objects.filter(pk=order.pk).update(state="planned")

    suspension = typhoon()

    row, (order,) = suspension.rows.get(), again([order])
    assert (row.outcome, row.is_red, bool(row.sentence)) == ("refused", True, True)
    assert (order.promised_on, order.needs_day, order.is_red) == (TOMORROW, True, True)
    assert told() == [(order.customer_id, "call")]


def test_a_planned_place_that_somebody_took_meanwhile_becomes_the_next_one(typhoon, manager):
    area = AreaFactory(slot_capacity=1)
    order = order_in(slot(capacity=1, area=area))
    suspension = typhoon(only_drawn=True)
    planned = suspension.rows.get().slot
    order_in(planned)

    suspending.confirm(suspension, by=manager)
    work(suspension.pk)

    row = suspension.rows.get()
    assert (row.outcome, row.slot == planned) == ("moved", False)
    assert Order.objects.get(pk=order.pk).slot == row.slot


def test_what_was_cancelled_before_it_holds_is_not_concerned_and_nobody_is_told(typhoon, manager):
    order = order_in(slot())
    suspension = typhoon(only_drawn=True)
    order.cancel(by=manager, reason="")

    suspending.confirm(suspension, by=manager)
    work(suspension.pk)

    assert outcomes(suspension) == {"gone": 1}
    assert told() == []
    assert_sound()


def test_a_standing_date_goes_where_the_calendar_sends_it_and_its_customer_hears_of_it(typhoon):
    site = at_home()
    moved = StandingOrderFactory(site=site, weekdays=[3], if_closed="next")
    left_out = StandingOrderFactory(site=at_home(), weekdays=[3], if_closed="skip")

    suspension = typhoon()

    rows = {row.standing: (row.outcome, row.was_on, row.day) for row in suspension.rows.all()}
    assert rows == {moved: ("moved", TOMORROW, THURSDAY), left_out: ("skipped", TOMORROW, None)}
    assert told() == sorted((each.site.customer_id, "waiting") for each in (moved, left_out))
    assert not StandingDay.objects.exists()
    assert_sound()
