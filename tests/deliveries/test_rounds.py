"""What a driver's pages say is on the vehicle."""

import datetime as dt

import pytest
from django.utils import timezone

from deliveries.models import Route
from deliveries.rounds import on_board
from orders.models import CylinderMovement, Place
from tests.factories import RouteFactory, priced

pytestmark = pytest.mark.django_db


def move(product, quantity, start, end, *, at, purpose="load"):
    CylinderMovement.post(
        product=product,
        quantity=quantity,
        start=(start, "full"),
        end=(end, "full"),
        cause=("test", f"{purpose}-{at}"),
        purpose=purpose,
        by=None,
        at=at,
    )


@pytest.fixture
def on_the_road():
    return RouteFactory(state=Route.State.DEPARTED, departed_at=timezone.now())


def test_full_cylinders_are_what_was_loaded_less_what_was_given(on_the_road):
    twenty, truck, depot = priced(), on_the_road.vehicle.place, on_the_road.depot.place
    move(twenty, 9, depot, truck, at=timezone.now())
    move(twenty, 4, truck, Place.of(Place.Kind.OTHER_DEALER), at=timezone.now(), purpose="given")

    assert on_board(on_the_road) == [(twenty, 5)]


def test_what_happened_before_the_vehicle_was_last_emptied_does_not_count(on_the_road):
    twenty, truck, depot = priced(), on_the_road.vehicle.place, on_the_road.depot.place
    move(twenty, 3, depot, truck, at=timezone.now() - dt.timedelta(days=40))
    move(twenty, 9, depot, truck, at=timezone.now())

    assert on_board(on_the_road) == [(twenty, 9)]


def test_what_an_older_route_still_carries_is_on_board_too(on_the_road):
    twenty, truck, depot = priced(), on_the_road.vehicle.place, on_the_road.depot.place
    yesterday = timezone.now() - dt.timedelta(days=1)
    RouteFactory(
        driver=on_the_road.driver, day=timezone.localdate(yesterday), state=Route.State.DEPARTED, departed_at=yesterday
    )
    move(twenty, 3, depot, truck, at=yesterday)
    move(twenty, 9, depot, truck, at=timezone.now())

    assert on_board(on_the_road) == [(twenty, 12)]
