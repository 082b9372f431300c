"""Days of drivers for a proof: each has a published route, and all that will be reported of it."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from dataclasses import dataclass, field
from typing import Any

import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from luckygas.models import DRIVER
from orders.wishes import Item
from tests import factories
from tests.deliveries.reporting import published

GAS_TWD = 820
LIMIT_KG = 9_000  # so that sixty stops go on one vehicle
OPENS = dt.time(9)
PHONES = 2  # of one driver
SESSIONS = 4  # of one driver: each sign-in after an expired one is another
FAILS = 12  # one visit in so many
SIGNATURE_POINTS = 120


@dataclass(frozen=True)
class Told:
    """One event that the phone is given to keep."""

    id: str
    kind: str
    stop: int | None
    number: int | None
    body: dict[str, Any]


@dataclass
class Shift:
    """One driver's day: what is reported, in the order of its happening, by which of two phones."""

    user: int
    route: int
    cookies: list[str]
    events: list[list[Told]] = field(default_factory=lambda: [[] for _ in range(PHONES)])

    @property
    def all_events(self) -> list[Told]:
        return [told for events in self.events for told in events]


def build(days: int, stops: int, *, seed: int, say: Any) -> list[Shift]:
    """Fill the empty database with as many drivers, each with a route of so many stops."""
    opens = timezone.make_aware(dt.datetime.combine(timezone.localdate(), OPENS))
    dice = random.Random(seed)
    factories.priced("20", gas=GAS_TWD)
    shifts = []
    with time_machine.travel(opens, tick=True):
        area, office = factories.AreaFactory(slot_capacity=30_000, crews=30), factories.UserFactory()
        for number in range(days):
            shifts.append(_shift(stops, area=area, office=office, dice=dice))
            say(f"  {number + 1} of {days} routes with {stops} stops")
    return shifts


def _shift(stops: int, *, area: object, office: object, dice: random.Random) -> Shift:
    product = factories.priced("20", gas=GAS_TWD)
    driver = factories.DriverFactory(user=factories.UserFactory(roles=[DRIVER]), vehicle__limit_kg=LIMIT_KG)
    orders = []
    for _ in range(stops):
        count = dice.choice((1, 1, 1, 2, 2, 3))
        site = factories.SiteFactory(area=area)
        orders.append(factories.placed(factories.wish(site, items=(Item(product, count, count),)), by=office))
    route = published(driver, *orders)
    shift = Shift(driver.user.pk, route.pk, [_session(driver.user) for _ in range(SESSIONS)])
    main = shift.events[0]
    main.append(_told("depart", None, None, route=route.pk))
    for stop in route.stops.select_related("order").order_by("position"):
        events = shift.events[dice.random() < 0.25]  # some doors are the mate's, with a phone of their own
        events.append(_told("arrive", stop.pk, stop.position))
        events.append(_visit(stop, dice))
    return shift


def _told(kind: str, stop: int | None, number: int | None, **body: Any) -> Told:
    return Told(str(uuid.uuid4()), kind, stop, number, body)


def _visit(stop: Any, dice: random.Random) -> Told:
    """Handed over as ordered with the exact money or some of it; now and then nobody was there."""
    if dice.randrange(FAILS) == 0:
        return _told("fail", stop.pk, stop.position, reason="not_home", next_step="call", note="")
    count = stop.order.lines.get().ordered
    money = {"method": "cash", "received_twd": count * GAS_TWD - dice.choice((0, 0, 0, 50))}
    items = [{"product": "20", "delivered": count, "empties": count, "rest": ""}]
    return _told(
        "deliver", stop.pk, stop.position, order=stop.order.number, items=items, leak_check="passed",
        substitutes_agreed=False, payment=money, left_owed=False, unsigned=False, signature=signature(dice),
    )  # fmt: skip


def signature(dice: random.Random) -> str:
    """A path as the sign pad draws it."""
    points = (f"{dice.randrange(320)} {dice.randrange(110)}" for _ in range(SIGNATURE_POINTS))
    return "M" + "l".join(points)


def _session(user: object) -> str:
    browser = Client()
    browser.force_login(user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value
