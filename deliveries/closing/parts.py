"""Cylinders that drivers reported as part-empty at the door and nobody has weighed yet."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from deliveries.models import Stop, Weighing
from orders.models import CylinderMovement, Place, Product

OLDEST = dt.timedelta(days=60)


class Part(NamedTuple):
    """So many part-empties of a product from one stop that still have to be weighed."""

    stop: Stop
    product: Product
    waiting: int


def waiting(day: dt.date) -> list[Part]:
    """Those that came back until that day, the oldest first; in four queries."""
    places = Place.objects.filter(kind__in=[Place.Kind.TRUCK, Place.Kind.DEPOT]).values("pk")
    came = CylinderMovement.objects.filter(
        to_place__in=places, day__range=(day - OLDEST, day), purpose="taken_part", cause_kind="order"
    )
    back = {(int(move.cause_id), move.product): move.quantity for move in came.select_related("product")}
    if not back:
        return []
    stops = Stop.objects.filter(order__in=[order for order, _product in back], kind=Stop.Kind.DELIVER, state="done")
    by_order = {stop.order_id: stop for stop in stops.select_related("route", "site__customer")}
    for weighing in (
        Weighing.objects.kept().filter(stop__in=by_order.values(), was_reported=True).select_related("stop", "product")
    ):
        back[weighing.stop.order_id or 0, weighing.product] -= 1
    return [
        Part(by_order[order], product, count)
        for (order, product), count in sorted(back.items(), key=lambda item: item[0][0])
        if count > 0 and order in by_order
    ]
