"""What a driver's pages show of a route: what comes next, what is on the vehicle, and what the day came to."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Case, F, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from customers.models import Payment
from deliveries.models import Request, Route, Stop
from orders.models import CylinderMovement, Place, Product

FULL = CylinderMovement.State.FULL
SHOWN = ("id", "code", "name", "name_en", "family", "gas_kg", "sort")  # what a drawing of a product needs


def of_route(route: Route) -> dict[str, Any]:
    """The stops of a route in three lists (to do, failed, done), and the full cylinders that are on the vehicle."""
    stops = list(route.stops.for_visit().with_reviews())
    for stop in stops:
        stop.route = route
    todo = by_door([stop for stop in stops if not stop.is_finished])
    return {
        "route": route,
        "stops": stops,
        "asked": asked_of(stops),
        "todo": todo,
        "failed": [stop for stop in stops if stop.state == Stop.State.FAILED],
        "finished": [stop for stop in stops if stop.state == Stop.State.DONE],
        "done_count": len(stops) - len(todo),
        "on_board": on_board(route),
    }


def asked_of(stops: list[Stop]) -> list[dict[str, Any]]:
    """What the office asks of the driver and the driver has not seen, by its number on the route."""
    words = dict(Request.Kind.choices)
    asked = [each | {"stop": stop.position, "what": words[each["kind"]]} for stop in stops for each in stop.unseen]  # type: ignore[attr-defined]
    return sorted(asked, key=lambda each: each["number"])


def by_door(todo: list[Stop]) -> list[Stop]:
    """Stops at one address stand together, at the place of the first; each knows how many there are."""
    doors: dict[str, list[Stop]] = {}
    for stop in todo:
        doors.setdefault(stop.site.address, []).append(stop)
    for there in doors.values():
        for place, stop in enumerate(there):
            stop.at_door, stop.is_first_at_door = len(there), place == 0  # type: ignore[attr-defined]
    return [stop for there in doors.values() for stop in there]


def on_board(route: Route) -> list[tuple[Product, int]]:
    """Full cylinders on the vehicle by the ledger; before departure what its stops need. One query."""
    if not route.has_left:
        return sorted(route.load.items(), key=lambda row: row[0].sort)
    truck = Place.objects.filter(kind=Place.Kind.TRUCK, cause_kind="vehicle", cause_id=str(route.vehicle_id))
    came = Q(to_state=FULL, to_place=Subquery(truck.values("pk")[:1]))
    went = Q(from_state=FULL, from_place=Subquery(truck.values("pk")[:1]))
    # Closing a route empties its vehicle, so nothing that came before the oldest one on the road is on it.
    on_the_road = Route.objects.filter(vehicle=route.vehicle_id, state=Route.State.DEPARTED).order_by("day")
    since = Coalesce(Subquery(on_the_road.values("day")[:1]), Value(route.day))
    rows = (
        CylinderMovement.objects.filter(came | went, day__gte=since)
        .values_list(*(f"product__{name}" for name in SHOWN))
        .annotate(held=Sum(Case(When(came, then=F("quantity")), default=-F("quantity"))))
        .filter(held__gt=0)
        .order_by("product__sort")
    )
    return [(Product(**dict(zip(SHOWN, row, strict=False))), row[-1]) for row in rows]


def others(stop: Stop) -> list[Stop]:
    """The open stops beside this one; the first comes after it."""
    return list(stop.route.stops.todo().exclude(pk=stop.pk).order_by("position").only("position"))


def total(route: Route) -> dict[str, Any]:
    """What the day came to: visits, cylinders both ways by product, and money by how it was paid."""
    stops = list(route.stops.for_list())
    given: Counter[Product] = Counter()
    taken: Counter[Product] = Counter()
    orders = [stop.order for stop in stops if stop.order and stop.kind == Stop.Kind.DELIVER and stop.is_finished]
    for order in orders:
        for line in order.lines.all():
            given[line.product] += line.delivered or 0
            taken[line.product] += line.empties_taken or 0
    of_orders = CylinderMovement.objects.filter(cause_kind="order", cause_id__in=[str(order.pk) for order in orders])
    others = of_orders.in_effect("other_empties")
    paid = dict(route.payments.order_by().values_list("method").annotate(Sum("received_twd")))
    products = sorted({*given, *taken}, key=lambda product: product.sort)
    return {
        "route": route,
        "delivered": sum(1 for s in stops if s.state == Stop.State.DONE and s.kind == Stop.Kind.DELIVER),
        "failed": [stop for stop in stops if stop.state == Stop.State.FAILED],
        "left": [stop for stop in stops if not stop.is_finished],
        "rows": [(p, given[p], taken[p]) for p in products if given[p] or taken[p]],
        "other_empties": others.aggregate(count=Sum("quantity", default=0))["count"],
        "cash_twd": paid.get(Payment.Method.CASH, 0) + route.cash_beside_twd,
        "transfer_twd": paid.get(Payment.Method.TRANSFER, 0),
    }
