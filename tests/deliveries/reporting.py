"""A driver's phone, for tests: what it would send, and a route to send it from."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from django.db import models
from django.utils import timezone

from deliveries.models import Device, DriverEvent, Route, Stop
from deliveries.reporting import events
from luckygas.models import User
from orders.models import Order, Product
from tests.factories import RouteFactory, UserFactory, placed, priced

_numbers = itertools.count(1)


def phone_of(user: User) -> Device:
    return events.device_of(user, uuid.uuid4())


def published(driver, *orders: Order) -> Route:
    """A published route of this driver with these orders."""
    office = UserFactory()
    route = RouteFactory(driver=driver)
    for order in orders or (placed(),):
        route.add(order, by=office)
    route.publish(by=office)
    return route


def departed(driver, *orders: Order) -> Route:
    route = published(driver, *orders)
    route.depart(by=driver.user)
    return route


def again[Row: models.Model](row: Row) -> Row:
    """The row as it stands now."""
    row.refresh_from_db()
    return row


def stop_of(order: Order) -> Stop:
    return Stop.objects.get(order=order, kind=Stop.Kind.DELIVER)


def raw(kind: str, stop: Stop | int | None = None, *, event_id: uuid.UUID | None = None, **body: Any) -> dict[str, Any]:
    """One event as a phone writes it."""
    return {
        "id": str(event_id or uuid.uuid4()),
        "seq": next(_numbers),
        "stop": getattr(stop, "pk", stop),
        "kind": kind,
        "body": body,
        "happened_at": timezone.now().isoformat(),
    }


def row(product: Product | None = None, delivered: int = 1, empties: int = 1, **more: Any) -> dict[str, Any]:
    return {"product": (product or priced()).code, "delivered": delivered, "empties": empties} | more


def handed(stop: Stop | int | None, *rows: dict[str, Any], cash: int = 820, **more: Any) -> dict[str, Any]:
    """A handover of one 20 kg cylinder, an empty back, the leak check passed and NT$820 in cash."""
    body = {
        "items": list(rows) or [row()],
        "leak_check": "passed",
        "payment": {"method": "cash", "received_twd": cash},
    } | more
    return raw("deliver", stop, **body)


def send(driver_or_user, sent: dict[str, Any], device: Device | None = None) -> dict[str, Any]:
    """What the server answers this driver's phone."""
    user = getattr(driver_or_user, "user", driver_or_user)
    return events.take(sent, device=device or phone_of(user))


def event_of(sent: dict[str, Any]) -> DriverEvent:
    return DriverEvent.objects.get(pk=sent["id"])
