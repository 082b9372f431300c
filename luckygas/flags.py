"""Every flag's name with one line of meaning, and the one place that decides them."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.utils import timezone
from django.utils.translation import gettext_noop
from waffle import get_waffle_flag_model

if TYPE_CHECKING:
    from luckygas.models import User

WEB_ORDERING = "pilot_web_ordering"
ORDERS_PAUSED = "orders_paused"
DRIVER_POSITION = "driver_position"

FLAGS: dict[str, str] = {
    WEB_ORDERING: gettext_noop("Customers may place orders in the browser."),
    ORDERS_PAUSED: gettext_noop("Kill switch: web, API and generators take no new orders; desk and drivers go on."),
    DRIVER_POSITION: gettext_noop("Phones share where the truck is while its route is on the road; kept for 7 days."),
}
DEFAULTS: dict[str, bool] = {WEB_ORDERING: False, ORDERS_PAUSED: False, DRIVER_POSITION: True}  # when never stored


@dataclass(frozen=True)
class Decision:
    """What was decided for one request, task or command: asked once, passed on, stored with the order."""

    flags: dict[str, bool]
    decided_at: dt.datetime

    def __getitem__(self, name: str) -> bool:
        return self.flags[name]

    @property
    def is_paused(self) -> bool:
        return self.flags[ORDERS_PAUSED]

    @property
    def variant(self) -> str:
        """The path an order takes, one word for its whole life."""
        return "web_ordering" if self.flags[WEB_ORDERING] else "standard"

    def stored(self) -> dict[str, Any]:
        return {"flags": self.flags, "at": self.decided_at.isoformat()}


def decide(*, customer: Any = None, user: User | None = None, at: dt.datetime | None = None) -> Decision:
    """Decide every flag for a customer or a person, in one query; the same answer in every process.

    A flag that was never stored has its documented default. Nothing is cached: a change holds from the next call.
    """
    at = at or timezone.now()
    stored = get_waffle_flag_model().objects.filter(name__in=FLAGS)
    if customer is not None:
        stored = stored.annotate(areas=ArraySubquery(customer.sites.order_by().values("area__code")))
    rows = {flag.name: flag for flag in stored}
    flags = dict(DEFAULTS)
    for name, flag in rows.items():
        areas = frozenset(getattr(flag, "areas", ()))
        flags[name] = flag.decides(customer=customer, areas=areas, at=at)
    return Decision(flags=flags, decided_at=at)


def bucket(flag: str, number: int) -> int:
    """0 … 9999: where a customer falls for a flag; a stable hash, never a cookie, a process or a session."""
    return int.from_bytes(hashlib.sha256(f"{flag}:{number}".encode()).digest()[:8]) % 10_000
