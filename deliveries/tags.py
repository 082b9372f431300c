"""What a driver's page carries so that tags and serials are judged without a connection: as little as it takes."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.utils import timezone

from deliveries import rounds
from deliveries.models import Route
from orders.models import CylinderMovement, Product
from orders.tagged import limits_at

FULL = CylinderMovement.State.FULL


def tags_to_load(route: Route, products: Iterable[Product]) -> dict[str, str]:
    """In the depot: the serials and full cylinders of what may be loaded."""
    wanted = {product.pk: product for product in products}
    stock = route.depot.place.stock()
    full = {product.code: stock[pk, FULL] for pk, product in wanted.items() if stock[pk, FULL] > 0}
    return _page([route.depot.place], wanted.values(), full)


def tags_at_door(route: Route, products: Iterable[Product]) -> dict[str, str]:
    """At a stop: those of its products on the vehicle; before it left, those in the depot too."""
    places = [route.vehicle.place] if route.has_left else [route.vehicle.place, route.depot.place]
    full = {product.code: count for product, count in rounds.on_board(route)}
    return _page(places, products, full)


def _page(places: list, products: Iterable[Product], full: dict[str, int]) -> dict[str, str]:
    products = list(products)
    here = {product.code: full.get(product.code, 0) for product in products}
    today = timezone.localdate().isoformat()
    return {"today": today, "limits": json.dumps(limits_at(places, products)), "full": json.dumps(here)}
