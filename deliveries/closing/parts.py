"""Cylinders that drivers reported as part-empty at the door and nobody has weighed yet."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db.models import Q

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
    came = CylinderMovement.objects.filter(to_place__in=places, day__range=(day - OLDEST, day)).in_effect(
        "taken_part", "collected_part"
    )
    moves = list(came.select_related("product").order_by("pk"))
    if not moves:
        return []
    orders = [int(move.cause_id) for move in moves if move.cause_kind == "order"]
    visits = [int(move.cause_id) for move in moves if move.cause_kind == "stop"]
    of_orders = Q(order__in=orders, kind=Stop.Kind.DELIVER, state=Stop.State.DONE)
    stops = list(Stop.objects.filter(of_orders | Q(pk__in=visits)).select_related("route", "site__customer"))
    found = {("order", str(stop.order_id)): stop for stop in stops if stop.kind == Stop.Kind.DELIVER}
    found |= {("stop", str(stop.pk)): stop for stop in stops}
    left: dict[tuple[Stop, Product], int] = {}
    for move in moves:
        if stop := found.get((move.cause_kind, move.cause_id)):
            left[stop, move.product] = left.get((stop, move.product), 0) + move.quantity
    weighed = Weighing.objects.kept().filter(stop__in=stops, was_reported=True)
    for weighing in weighed.select_related("stop", "product"):
        if (weighing.stop, weighing.product) in left:
            left[weighing.stop, weighing.product] -= 1
    return [Part(stop, product, count) for (stop, product), count in left.items() if count > 0]
