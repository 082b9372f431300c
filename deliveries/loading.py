"""What goes on a vehicle in the morning and comes off it at night, as movements between depot and truck."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from django.db.models import Sum

from deliveries.models import Review, Route
from luckygas.clock import business_day
from luckygas.models import User
from luckygas.said import Said as _
from orders.models import CylinderMovement, Place, Product
from orders.tagged import Lot, Tagged, lots, serials_at

State = CylinderMovement.State
Stock = list[tuple[Product, str, int]]
Goods = Counter[tuple[Product, str]]  # so many of a product in a state; less than none was given away


def load(
    route: Route,
    on_board: Mapping[Product, int] | None,
    *,
    by: User,
    at: dt.datetime,
    tagged: Mapping[Product, Sequence[Tagged]] | None = None,
) -> None:
    """Full cylinders from the depot to the vehicle, once a route: what was counted, or what its stops need.

    What is overdue by its serial or tag is on the vehicle too, but put aside, and the office is told.
    """
    depot, truck, overdue = route.depot.place, route.vehicle.place, Counter[Product]()
    for product, quantity in (route.load if on_board is None else on_board).items():
        looked, day = (tagged or {}).get(product, ()), business_day(at)
        for lot in lots(product, quantity, looked, place=depot, state=State.FULL, on=day):
            if lot.is_overdue:
                overdue[product] += lot.quantity
                end, purpose = (route.vehicle.quarantine, State.FULL), "overdue"
            else:
                end, purpose = (truck, State.FULL), "load"
            _move(route, product, lot, (depot, State.FULL), end, purpose, by=by, at=at)
    if overdue:
        said = {"plate": route.vehicle, "what": [f"{product} × {count}" for product, count in overdue.items()]}
        reason = _("%(plate)s left with cylinders that are overdue for inspection: %(what)s") % said
        Review.open(Review.Kind.STOCK, reason=reason, route=route)


def put_aside(
    route: Route, product: Product, tagged: Sequence[Tagged], *, cause: tuple[str, object], by: User, at: dt.datetime
) -> None:
    """Into the vehicle's quarantine: from the vehicle, or from the depot while it stands there. Once a cause."""
    start = route.vehicle.place if route.has_left else route.depot.place
    # Whoever puts them aside has seen why; the oldest day on which anything is overdue asks nobody's date.
    for lot in lots(product, len(tagged), tagged, place=start, state=State.FULL, on=dt.date.min):
        CylinderMovement.post(
            product=product, quantity=lot.quantity, cylinder=lot.cylinder, inspect_by=lot.inspect_by,
            start=(start, State.FULL), end=(route.vehicle.quarantine, State.FULL), cause=cause, purpose="aside", by=by,
            at=at,
        )  # fmt: skip


def unload(route: Route, *, by: User, at: dt.datetime) -> None:
    """Everything that the vehicle still holds goes back to the depot; less than nothing goes to the office.

    A vehicle that nobody loaded in the ledger has an unknown stock, which is no difference.
    """
    depot, truck = route.depot.place, route.vehicle.place
    is_counted = CylinderMovement.objects.filter(cause_kind="route", cause_id=str(route.pk), purpose="load").exists()
    missing: list[str] = []
    for product, state, lot in _lots_at(truck):
        if lot.quantity > 0:
            _move(route, product, lot, (truck, state), (depot, state), f"unload_{state}", by=by, at=at)
        elif is_counted:
            missing.append(f"{product} × {-lot.quantity}")
    aside = route.vehicle.quarantine
    for product, state, lot in _lots_at(aside):
        _move(route, product, lot, (aside, state), (route.depot.quarantine, state), "aside_unload", by=by, at=at)
    if missing:
        reason = _("%(plate)s gave away more than was loaded: %(what)s")
        Review.open(Review.Kind.STOCK, reason=reason % {"plate": route.vehicle, "what": missing}, route=route)


def _lots_at(place: Place) -> list[tuple[Product, str, Lot]]:
    """What a place holds, each known serial by itself and the others together.

    A serial that went without being read is still known here; there are never more of them than cylinders.
    """
    held = place.stock()
    products = Product.objects.in_bulk({product for product, _state in held})
    found = []
    for move in serials_at(place):
        if held[move.product_id, move.to_state] > 0:
            held[move.product_id, move.to_state] -= 1
            found.append((move.product, move.to_state, Lot(1, move.cylinder)))
    found += [(products[pk], state, Lot(quantity)) for (pk, state), quantity in held.items() if quantity]
    return sorted(found, key=lambda row: (row[0].sort, row[0].pk, row[1]))


def held_by(place: Place) -> Stock:
    """What a place holds, by product in the order of the price list, and by state."""
    stock = place.stock()
    products = {product.pk: product for product in Product.objects.filter(pk__in={pk for pk, _state in stock})}
    rows = [(products[pk], state, quantity) for (pk, state), quantity in stock.items()]
    return sorted(rows, key=lambda row: (row[0].sort, row[0].pk, row[1]))


def due_back(route: Route) -> Goods:
    """What the depot must find when the route is counted: what came off the vehicle, and what is still on it."""
    unloaded = CylinderMovement.objects.filter(
        cause_kind="route", cause_id=str(route.pk), purpose__startswith="unload_"
    ).order_by()
    rows = unloaded.values_list("product", "to_state").annotate(Sum("quantity"))
    products = Product.objects.in_bulk([product for product, _state, _quantity in rows])
    due: Goods = Counter({(products[product], state): quantity for product, state, quantity in rows})
    due.update(left_on_truck(route))
    return due


def on_truck(route: Route) -> Goods:
    """What the vehicle holds by the ledger while it drives."""
    return Counter({(product, state): quantity for product, state, quantity in held_by(route.vehicle.place)})


def left_on_truck(route: Route) -> Goods:
    """What the ledger still has on a closed route's vehicle: what was reported late. Nothing while it drives again.

    A vehicle that nobody loaded in the ledger has an unknown stock: less than nothing says nothing there.
    """
    if Route.objects.filter(vehicle=route.vehicle_id, state=Route.State.DEPARTED).exists():
        return Counter()
    loads = CylinderMovement.objects.filter(cause_kind="route", cause_id=str(route.pk), purpose="load")
    held = held_by(route.vehicle.place)
    is_known = not any(quantity < 0 for _product, _state, quantity in held) or loads.exists()
    return Counter({(product, state): count for product, state, count in held if count > 0 or is_known})


def count_off(route: Route, due: Goods, counted: Goods, *, cause: tuple[str, str], by: User, at: dt.datetime) -> None:
    """Empty the vehicle in the ledger, and book each difference between the depot and what is lost."""
    depot, truck = route.depot.place, route.vehicle.place
    for (product, state), quantity in left_on_truck(route).items():
        start, end = ((truck, state), (depot, state)) if quantity > 0 else ((depot, state), (truck, state))
        CylinderMovement.post(
            product=product, quantity=abs(quantity), start=start, end=end, cause=cause, purpose=f"late_{state}", by=by,
            at=at,
        )  # fmt: skip
    for product, state in {*due, *counted}:
        difference = counted[product, state] - due[product, state]
        settle_difference(route, product, state, difference, cause=cause, by=by, at=at)


def settle_difference(
    route: Route,
    product: Product,
    state: str,
    difference: int,
    *,
    cause: tuple[str, object],
    by: User,
    at: dt.datetime,
) -> None:
    """So many more (less than nothing: fewer) in the depot than the ledger had: from or to those that are lost."""
    depot, lost = route.depot.place, Place.of(Place.Kind.LOST)
    start, end = ((lost, state), (depot, state)) if difference > 0 else ((depot, state), (lost, state))
    CylinderMovement.post(
        product=product, quantity=abs(difference), start=start, end=end, cause=cause, purpose=f"differs_{state}", by=by,
        at=at,
    )  # fmt: skip


def miss_on_truck(
    route: Route, product: Product, state: str, difference: int, *, cause: tuple[str, object], by: User, at: dt.datetime
) -> None:
    """So many more (less than nothing: fewer) on the vehicle than the ledger had: from or to those that are lost."""
    truck, lost = (route.vehicle.place, state), (Place.of(Place.Kind.LOST), state)
    start, end = (lost, truck) if difference > 0 else (truck, lost)
    CylinderMovement.post(
        product=product, quantity=abs(difference), start=start, end=end, cause=cause, purpose=f"differs_{state}", by=by,
        at=at,
    )  # fmt: skip


def _move(
    route: Route,
    product: Product,
    lot: Lot,
    start: tuple[Place, str],
    end: tuple[Place, str],
    purpose: str,
    *,
    by: User,
    at: dt.datetime,
) -> None:
    CylinderMovement.post(
        product=product, quantity=lot.quantity, cylinder=lot.cylinder, inspect_by=lot.inspect_by, start=start, end=end,
        cause=("route", route.pk), purpose=purpose, by=by, at=at,
    )  # fmt: skip
