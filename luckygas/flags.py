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
DRIVER_POSITION = "driver_position"
ORDERS_PAUSED, WEB_PAUSED, API_PAUSED = "orders_paused", "web_paused", "api_paused"
STANDING_PAUSED, DESK_PAUSED = "standing_paused", "desk_paused"

FLAGS: dict[str, str] = {
    WEB_ORDERING: gettext_noop("Customers may place orders in the browser."),
    DRIVER_POSITION: gettext_noop("Phones share where the truck is while its route is on the road; kept for 7 days."),
    ORDERS_PAUSED: gettext_noop("Kill switch: web, API and generators take no new orders; desk and drivers go on."),
    WEB_PAUSED: gettext_noop("Kill switch: customers place no orders in the browser."),
    API_PAUSED: gettext_noop("Kill switch: machines place no orders."),
    STANDING_PAUSED: gettext_noop("Kill switch: no orders are made of standing orders; what is due waits."),
    DESK_PAUSED: gettext_noop("Kill switch: the desk saves no orders and writes on numbered paper."),
}
DEFAULTS: dict[str, bool] = dict.fromkeys(FLAGS, False) | {DRIVER_POSITION: True}  # when never stored

WEB, API, STANDING, DESK = "web", "api", "standing", "desk"
CHANNELS: dict[str, str] = {  # by which new orders come, each with a switch of its own
    WEB: gettext_noop("Web"),
    API: "API",
    STANDING: gettext_noop("Standing orders"),
    DESK: gettext_noop("Phone desk"),
}
SWITCHES: dict[str, frozenset[str]] = {  # each kill switch, and what it stops
    ORDERS_PAUSED: frozenset({WEB, API, STANDING}),
    WEB_PAUSED: frozenset({WEB}),
    API_PAUSED: frozenset({API}),
    STANDING_PAUSED: frozenset({STANDING}),
    DESK_PAUSED: frozenset({DESK}),
}
PAPER_FOR = dt.timedelta(days=14)  # after the desk was stopped: so long its paper may still be typed in


@dataclass(frozen=True)
class Decision:
    """What was decided for one request, task or command: asked once, passed on, stored with the order."""

    flags: dict[str, bool]
    decided_at: dt.datetime
    takes_paper: bool = False  # the desk was stopped lately, so orders on numbered paper may come in

    def __getitem__(self, name: str) -> bool:
        return self.flags[name]

    def stops(self, channel: str) -> bool:
        """Whether new orders by this channel are stopped now."""
        return any(self.flags[switch] for switch, channels in SWITCHES.items() if channel in channels)

    @property
    def variant(self) -> str:
        """The path an order takes, one word for its whole life."""
        return "web_ordering" if self.flags[WEB_ORDERING] else "standard"

    def stored(self) -> dict[str, Any]:
        return {"flags": self.flags, "at": self.decided_at.isoformat()}


def decide(*, customer: Any = None, user: User | None = None, at: dt.datetime | None = None) -> Decision:
    """Decide every flag for a customer, or for a person, in one query; the same answer in every process.

    About a customer only the customer counts, so that web, desk, driver, API and command agree, whoever asks; a
    person's roles count where no customer is asked about. A flag that was never stored has its documented default.
    Nothing is cached: a change holds from the next call.
    """
    at = at or timezone.now()
    stored = get_waffle_flag_model().objects.filter(name__in=FLAGS)
    if customer is not None:
        stored = stored.annotate(areas=ArraySubquery(customer.sites.order_by().values("area__code")))
    rows = {flag.name: flag for flag in stored}
    takes_roles = customer is None and user is not None and any(flag.allow_roles for flag in rows.values())
    roles = user.roles if takes_roles and user else frozenset()
    alone = dict(DEFAULTS) | {
        name: flag.decides(customer=customer, areas=frozenset(getattr(flag, "areas", ())), roles=roles, at=at)
        for name, flag in rows.items()
    }
    needs = {name: flag.needs for name, flag in rows.items() if flag.needs}
    flags = {name: _with_needed(name, alone, needs) for name in alone}
    desk = rows.get(DESK_PAUSED)
    takes_paper = bool(desk and (desk.everyone or desk.modified > at - PAPER_FOR) and desk.everyone is not None)
    return Decision(flags=flags, decided_at=at, takes_paper=takes_paper)


def _with_needed(name: str, alone: dict[str, bool], needs: dict[str, str]) -> bool:
    """On by itself, and so is each flag down the line of those it needs; a circle, which no verb writes, is off."""
    seen: set[str] = set()
    while name:
        if name in seen or not alone.get(name, False):
            return False
        seen.add(name)
        name = needs.get(name, "")
    return True


def bucket(flag: str, number: int) -> int:
    """0 … 9999: where a customer falls for a flag; a stable hash, never a cookie, a process or a session."""
    return int.from_bytes(hashlib.sha256(f"{flag}:{number}".encode()).digest()[:8]) % 10_000
