"""What goes on a vehicle in the morning and comes off it at night, as movements between depot and truck."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _

from deliveries.models import Review, Route
from luckygas.models import User
from orders.models import CylinderMovement, Place, Product

State = CylinderMovement.State
Stock = list[tuple[Product, str, int]]


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
