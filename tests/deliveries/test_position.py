"""Where a truck was last: told on the road only, at most every 30 s, gone after a week."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from deliveries.models import Position, Route
from luckygas import flags
from pilot.models import Flag
from tests.deliveries.reporting import departed, published
from tests.factories import placed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
HERE = {"latitude": "22.754321", "longitude": "121.15", "accuracy": "12.4"}


def test_a_place_on_the_road_is_kept_to_the_metre_and_shown_to_the_office(driver, twenty, phone, dispatcher, signed_in):
    departed(driver, placed())

    assert phone.post("/drive/positions/", HERE).status_code == 204

    told = Position.objects.get()
    assert (told.latitude, told.longitude, told.accuracy_m) == (Decimal("22.75432"), Decimal("121.15000"), 12)
    clock = f"{timezone.localtime(told.at):%H:%M} 有看到"
    office = signed_in(dispatcher)
    assert all(clock in office.get(path).content.decode() for path in ("/monitor/", "/dispatch/"))


def test_the_phone_is_asked_only_on_the_road(driver, twenty, phone):
    route = published(driver, placed())
    assert "share-position" not in phone.get("/drive/").content.decode()
    route.depart(by=driver.user)

    assert "share-position" in phone.get("/drive/").content.decode()


def test_off_shift_nothing_is_kept(driver, twenty, phone):
    assert phone.post("/drive/positions/", HERE).status_code == 204
    route = published(driver, placed())
    phone.post("/drive/positions/", HERE)
    route.depart(by=driver.user)
    Route.objects.update(state="closed")
    phone.post("/drive/positions/", HERE)

    assert Position.objects.count() == 0


def test_switched_off_nothing_is_asked_and_nothing_kept(driver, twenty, phone):
    departed(driver, placed())
    Flag.objects.create(name=flags.DRIVER_POSITION, everyone=False)

    phone.post("/drive/positions/", HERE)

    assert Position.objects.count() == 0
    assert "share-position" not in phone.get("/drive/").content.decode()


def test_at_most_every_thirty_seconds(driver, twenty, phone):
    route = departed(driver, placed())
    now = timezone.now()
    place = {"latitude": Decimal(22), "longitude": Decimal(121), "accuracy_m": 5}

    told = [Position.share(route, at=now + dt.timedelta(seconds=after), **place) for after in (0, 10, 27, 40, 61)]

    assert [each is not None for each in told] == [True, False, False, True, False]


@pytest.mark.parametrize("wrong", [{"latitude": "91"}, {"longitude": "x"}, {"accuracy": ""}, {"latitude": "NaN"}])
def test_no_place_is_422(driver, phone, wrong):
    assert phone.post("/drive/positions/", HERE | wrong).status_code == 422


def test_after_a_week_it_is_gone(driver, twenty):
    route = departed(driver, placed())
    place = {"latitude": 22, "longitude": 121, "accuracy_m": 5, "route": route}
    for days in (6, 8):
        Position.objects.create(at=timezone.now() - dt.timedelta(days=days), **place)

    assert (Position.forget(), Position.objects.count()) == (1, 1)
