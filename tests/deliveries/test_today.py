"""The day at a glance: the same question asked of today and of last week."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.utils import timezone

from customers.models import Incident, Payment
from deliveries.models import Device, Review
from deliveries.watch.today import Today
from luckygas import health
from orders.handover import Handover
from orders.models import Order
from tests.conftest import MORNING
from tests.factories import (
    ContactFactory,
    CustomerFactory,
    DepotFactory,
    RouteFactory,
    SiteFactory,
    UserFactory,
    placed,
    wish,
)

pytestmark = pytest.mark.django_db

NOON = dt.datetime.fromisoformat(MORNING) + dt.timedelta(hours=3)
WEEK = dt.timedelta(days=7)


def at(moment):
    return time_machine.travel(moment, tick=False)


def delivered(moment) -> Order:
    """An order placed at nine that is handed over at this moment."""
    with at(moment.replace(hour=9)):
        order = placed()
    with at(moment):
        order.deliver(Handover.as_ordered(order, leak_check="passed"), place=DepotFactory().place, by=order.placed_by)
    return order


def figures(moment=NOON):
    with at(moment):
        return [(figure.now, figure.then) for figure in Today.at_a_glance(timezone.now()).figures]


ORDERS, DELIVERED, OUT, UNPLANNED, HELD, LATE, ON_TIME, CASH, REVIEWS = range(9)


def test_an_empty_day_was_not_measured():
    assert figures() == [
        ("0", None),
        ("0", None),
        ("0", None),
        ("0", None),
        ("0", None),
        ("0", None),
        (None, None),
        ("0", None),
        ("0", None),
    ]


def test_last_week_is_asked_at_the_same_time_of_day():
    delivered(NOON - WEEK - dt.timedelta(hours=1))
    delivered(NOON - WEEK + dt.timedelta(hours=1))  # delivered later than now, a week ago: then still to come
    delivered(NOON - dt.timedelta(hours=1))

    found = figures()

    assert found[ORDERS] == ("1", "2")
    assert found[DELIVERED] == ("1", "1")


def test_an_order_placed_later_that_day_was_not_known_yet():
    delivered(NOON - WEEK - dt.timedelta(hours=1))
    with at(NOON - WEEK + dt.timedelta(minutes=30)):
        placed()

    assert figures()[ORDERS] == ("0", "1")


def test_what_was_late_last_week_is_still_told():
    with at((NOON - WEEK).replace(hour=9)):
        order = placed()
    until = NOON - WEEK - dt.timedelta(minutes=30)
    Order.objects.filter(pk=order.pk).update(promised_from=until - dt.timedelta(minutes=30), promised_to=until)

    assert figures()[LATE] == ("0", "1")


def test_what_waits_for_a_manager_is_counted_whenever_it_is_for():
    with at(NOON):
        placed(wish(SiteFactory(customer=CustomerFactory(settlement="monthly", is_blocked=True))))

    assert figures()[HELD] == ("1", None)


def test_a_cancelled_order_is_no_order():
    with at(NOON.replace(hour=9)):
        placed().cancel(by=None, reason="no")

    assert figures()[ORDERS] == ("0", None)


def test_on_time_is_a_share_of_what_was_delivered():
    for late in (False, True):
        order = delivered(NOON - dt.timedelta(hours=1))
        end = order.delivered_at + dt.timedelta(minutes=-10 if late else 10)
        Order.objects.filter(pk=order.pk).update(promised_from=end - dt.timedelta(hours=1), promised_to=end)

    assert figures()[ON_TIME] == ("50.0%", None)


@pytest.mark.parametrize(("method", "expected"), [("cash", "820"), ("transfer", "0")])
def test_cash_is_what_came_in_notes_today(method, expected):
    order = delivered(NOON - dt.timedelta(hours=1))
    for moment in (NOON - dt.timedelta(hours=1), NOON - dt.timedelta(days=1), NOON + dt.timedelta(hours=1)):
        Payment.record(
            operation_id=uuid.uuid4(),
            customer=order.customer,
            method=method,
            received_twd=820,
            by=order.placed_by,
            at=moment,
        )

    assert figures()[CASH][0] == expected


def test_reviews_that_were_open_then():
    by = UserFactory()
    with at(NOON - WEEK - dt.timedelta(hours=2)):
        review = Review.open(Review.Kind.CASH, reason="少 50")
    with at(NOON - WEEK + dt.timedelta(hours=2)):
        review.close(by=by, resolution="好")
    with at(NOON):
        Review.open(Review.Kind.CASH, reason="少 60")

    assert figures()[REVIEWS] == ("1", "1")


def test_reviews_before_the_first_one_were_not_measured():
    with at(NOON):
        Review.open(Review.Kind.CASH, reason="少 60")

    assert figures()[REVIEWS] == ("1", None)


def test_states_lines_and_rows_of_a_day():
    by = UserFactory(name="阿德")
    with at(NOON):
        route = RouteFactory(code="瑞1")
        for _ in range(3):
            route.add(placed(), by=by)
        route.publish(by=by)
        route.depart(by=by)
        route.stops.get(position=1).finish(by=by)
        route.stops.get(position=2).fail(by=by, reason="not_home", next_step="call")
        RouteFactory(code="草1")
        Incident.objects.create(kind="leak", text="聞到味道")
        Device.objects.create(key=uuid.uuid4(), user=by, unsent=3, oldest_unsent_at=timezone.now())
        placed(is_gas_out=True)

        today = Today.at_a_glance(timezone.now())

    (line,) = today.lines
    assert (line.states, line.done, line.failed) == (["done", "failed", "now"], 1, 1)
    states = {state: count for state, _label, count in today.states}
    assert (states["out"], states["confirmed"]) == (2, 2)
    assert [(row.icon, row.is_red) for row in today.rows] == [
        ("leak", True),
        ("noflame", True),
        ("offline", False),
        ("phone", False),
    ]


# --- drawings -------------------------------------------------------------------------------------------------------
def test_the_curve_says_what_the_figures_say():
    delivered(NOON - WEEK - dt.timedelta(hours=1))
    late = delivered(NOON - WEEK + dt.timedelta(hours=1))
    Order.objects.filter(pk=late.pk).update(delivered_at=late.delivered_at + dt.timedelta(days=2))  # not on that day
    delivered(NOON - dt.timedelta(hours=1))

    with at(NOON):
        today = Today.at_a_glance(timezone.now())

    curve, figure = today.delivered, today.figures[DELIVERED]
    assert (f"{curve.done}", f"{curve.done_then}") == (figure.now, figure.then) == ("1", "1")
    assert curve.last_total == 1


def test_orders_that_came_in_stand_in_their_hour_over_last_weeks():
    with at(NOON - WEEK):
        placed()
    for channel, hour in (("phone", 9), ("web", 9), ("counter", 10)):
        with at(NOON.replace(hour=hour)):
            placed(channel=channel)

    with at(NOON):
        bars = Today.at_a_glance(timezone.now()).placed

    counted = {name: (counts, before) for name, counts, before in bars.table if any(counts) or before}
    assert counted == {"9:00": ([1, 1, 0, 0], 0), "10:00": ([0, 0, 0, 1], 0), "12:00": ([0, 0, 0, 0], 1)}
    assert (bars.total, bars.most) == (Order.objects.filter(placed_at__date=NOON.date()).count(), "9:00")


def test_the_shares_are_the_orders_that_are_not_cancelled():
    with at(NOON.replace(hour=9)):
        placed()
        placed().cancel(by=None, reason="no")
    delivered(NOON - dt.timedelta(hours=1))

    with at(NOON):
        today = Today.at_a_glance(timezone.now())

    assert {part.look: part.many for part in today.shares.parts} == {"delivered": 1, "confirmed": 1}
    assert f"{today.shares.total}" == today.figures[ORDERS].now


def test_a_day_without_orders_draws_nothing():
    with at(NOON):
        today = Today.at_a_glance(timezone.now())

    assert (today.delivered.is_empty, today.placed.is_empty, today.shares.is_empty) == (True, True, True)


# --- what the system is measured by -------------------------------------------------------------------------------
WORKERS, UNSENT, PARKED, CALLS, PHONES = range(5)


def gauges():
    with at(NOON):
        return Today.at_a_glance(timezone.now()).gauges


def test_nothing_is_good_before_it_was_measured():
    assert [gauge.state for gauge in gauges()] == ["none"] * 5


@pytest.mark.parametrize(("ago", "state"), [(5, "pass"), (90, "fail")])
def test_workers_that_were_heard(ago, state):
    with at(NOON - dt.timedelta(seconds=ago)):
        health.note_worker()

    assert gauges()[WORKERS].state == state


@pytest.mark.parametrize(("minutes", "state"), [(1, "stale"), (20, "fail")])
def test_phones_that_hold_something_back(minutes, state):
    with at(NOON):
        since = timezone.now() - dt.timedelta(minutes=minutes)
        Device.objects.create(key=uuid.uuid4(), user=UserFactory(), unsent=2, oldest_unsent_at=since)

    assert gauges()[PHONES].state == state


@pytest.mark.parametrize(("minutes", "state"), [(0, "pass"), (5, "fail")])
def test_messages_may_wait_a_minute(minutes, state):
    with at(NOON - dt.timedelta(minutes=minutes)):
        customer = CustomerFactory()
        ContactFactory(customer=customer)
        placed(wish(SiteFactory(customer=customer)))

    found = gauges()

    assert (found[UNSENT].now, found[UNSENT].state) == ("1", state)
    assert (found[PARKED].state, found[CALLS].state) == ("pass", "pass")


def test_a_call_to_make_is_work_and_no_fault():
    with at(NOON):
        placed(wish(SiteFactory()))  # nobody there takes messages

    assert (gauges()[CALLS].now, gauges()[CALLS].state) == ("1", "stale")
