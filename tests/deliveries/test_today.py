"""The day at a glance: the same question asked of today and of last week."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.utils import timezone

from customers.models import Incident, Payment
from deliveries.models import Device, Review
from deliveries.today import Today
from orders.handover import Handover
from orders.models import Order
from tests.conftest import MORNING
from tests.factories import DepotFactory, RouteFactory, UserFactory, placed

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


ORDERS, DELIVERED, OUT, UNPLANNED, LATE, ON_TIME, CASH, REVIEWS = range(8)


def test_an_empty_day_was_not_measured():
    assert figures() == [
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


def test_phones_that_never_reported_were_not_measured():
    with at(NOON):
        (phones,) = [gauge for gauge in Today.at_a_glance(timezone.now()).gauges if gauge.limit.startswith("15")]

    assert phones.state == "none"


@pytest.mark.parametrize(("minutes", "state"), [(1, "stale"), (20, "fail")])
def test_phones_that_hold_something_back(minutes, state):
    with at(NOON):
        since = timezone.now() - dt.timedelta(minutes=minutes)
        Device.objects.create(key=uuid.uuid4(), user=UserFactory(), unsent=2, oldest_unsent_at=since)

        gauge = Today.at_a_glance(timezone.now()).gauges[-1]

    assert gauge.state == state


def test_messages_waiting_longer_than_a_minute_are_not_good():
    with at(NOON - dt.timedelta(minutes=5)):
        from tests.factories import ContactFactory, CustomerFactory, SiteFactory, wish

        customer = CustomerFactory()
        ContactFactory(customer=customer)
        placed(wish(SiteFactory(customer=customer)))
    with at(NOON):
        gauge = Today.at_a_glance(timezone.now()).gauges[0]

    assert (gauge.now, gauge.state) == ("1", "fail")
