"""What goes on a vehicle in the morning and comes off it at night, as movements between depot and truck."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from django.db.models import Sum
from django.utils.translation import gettext as _

from deliveries.models import Review, Route
from luckygas.models import User
from orders.models import CylinderMovement, Place, Product

State = CylinderMovement.State
Stock = list[tuple[Product, str, int]]
Goods = Counter[tuple[Product, str]]  # so many of a product in a state; less than none was given away


def load(route: Route, on_board: Mapping[Product, int] | None, *, by: User, at: dt.datetime) -> None:
    """Full cylinders from the depot to the vehicle, once a route: what was counted, or what its stops need."""
    depot, truck = route.depot.place, route.vehicle.place
    for product, quantity in (route.load if on_board is None else on_board).items():
        _move(route, product, quantity, (depot, State.FULL), (truck, State.FULL), "load", by=by, at=at)


def unload(route: Route, *, by: User, at: dt.datetime) -> None:
    """Everything that the vehicle still holds goes back to the depot; less than nothing goes to the office.

    A vehicle that nobody loaded in the ledger has an unknown stock, which is no difference.
    """
    depot, truck = route.depot.place, route.vehicle.place
    is_counted = CylinderMovement.objects.filter(cause_kind="route", cause_id=str(route.pk), purpose="load").exists()
    missing: list[str] = []
    for product, state, quantity in held_by(truck):
        if quantity > 0:
            _move(route, product, quantity, (truck, state), (depot, state), f"unload_{state}", by=by, at=at)
        elif is_counted:
            missing.append(f"{product} × {-quantity}")
    if missing:
        reason = _("%(plate)s gave away more than was loaded: %(what)s")
        Review.open(
            Review.Kind.STOCK, reason=reason % {"plate": route.vehicle, "what": ", ".join(missing)}, route=route
        )


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


def _move(
    route: Route,
    product: Product,
    quantity: int,
    start: tuple[Place, str],
    end: tuple[Place, str],
    purpose: str,
    *,
    by: User,
    at: dt.datetime,
) -> None:
    CylinderMovement.post(
        product=product,
        quantity=quantity,
        start=start,
        end=end,
        cause=("route", route.pk),
        purpose=purpose,
        by=by,
        at=at,
    )
