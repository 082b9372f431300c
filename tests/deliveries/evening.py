"""A route that came back: what the tests of the end of a day begin with."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

from customers.models import Payment
from deliveries.models import CashCount, Route
from orders.handover import Handed, Handover
from orders.models import Price
from tests.factories import RouteFactory, UserFactory, placed, priced

FULL, EMPTY, PART = "full", "empty", "part"


def came_back(*, orders: int = 2, paid: int = 820, parts: int = 0, spare: int = 1, **more) -> SimpleNamespace:
    """A departed route whose every stop is done: each order gave one 20 kg and took one back, and paid in notes."""
    by, route, twenty = UserFactory(name="阿芬", roles=["dispatcher"]), RouteFactory(**{"code": "瑞1"} | more), priced()
    Price.objects.get_or_create(
        product=twenty, kind=Price.Kind.RESIDUAL, valid_from="2020-01-01", defaults={"amount_twd": 33}
    )
    for _ in range(orders):
        route.add(placed(by=by), by=by)
    route.publish(by=by)
    route.depart(by=by, on_board={twenty: orders + spare})
    for stop in route.stops.select_related("order__customer"):
        stop.finish(by=route.driver.user)
        handover = Handover((Handed(twenty, 1, 1, parts=parts),), leak_check="passed")
        stop.order.deliver(handover, place=route.vehicle.place, by=route.driver.user)
        if paid:
            pay(stop, paid)
    return SimpleNamespace(route=Route.objects.get(pk=route.pk), by=by, twenty=twenty, stop=route.stops.first())


def pay(stop, twd: int) -> Payment:
    cause, by = ("stop", stop.pk), stop.route.driver.user
    return Payment.record(
        operation_id=uuid.uuid4(), customer=stop.order.customer, method="cash", received_twd=twd, by=by, cause=cause
    )


def count(back, twd: int = 1640, *, full: int = 1, empty: int = 2, part: int = 0, operation=None, by=None):
    """Count the route in."""
    cylinders = {(back.twenty, FULL): full, (back.twenty, EMPTY): empty, (back.twenty, PART): part}
    return CashCount.record(
        route=Route.objects.get(pk=back.route.pk), counted_twd=twd, cylinders=cylinders, by=by or back.by,
        operation_id=operation or uuid.uuid4(),
    )  # fmt: skip
