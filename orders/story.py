"""What happened to an order, in words: who, when, through which channel and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from luckygas.templatetags.luckygas_format import short_date
from orders.models import Order, OrderEvent

BAD = frozenset({Order.State.HELD, Order.State.REVIEW, Order.State.CANCELLED})
SAID_BY_ITSELF = frozenset({"changed", "rescheduled", "merged", "leak", "leak_check"})  # the words say it already


@dataclass(frozen=True)
class Station:
    """One thing that happened, as a line draws it."""

    state: str
    at: dt.datetime
    text: str
    note: str


def story(order: Order) -> list[Station]:
    """The events of an order, oldest first; the last one is where it stands."""
    events = list(order.events.all())
    return [_station(event, is_last=event is events[-1]) for event in events]


def _station(event: OrderEvent, *, is_last: bool) -> Station:
    is_over = event.to_state == Order.State.DELIVERED
    state = "failed" if event.to_state in BAD else "now" if is_last and not is_over else "done"
    if event.from_state == Order.State.OUT and event.to_state == Order.State.CONFIRMED:
        state = "failed"
    who = str(event.by) if event.by else _("by itself")
    said = "" if event.reason in SAID_BY_ITSELF else event.why
    late = _("entered later") if event.recorded_at - event.at > dt.timedelta(minutes=5) else ""
    note = " · ".join(part for part in (short_date(event.at), who, said, late) if part)
    return Station(state, event.at, _words(event), note)


def _words(event: OrderEvent) -> str:
    if event.from_state == event.to_state:
        if "due_twd" in event.data:
            return _("Priced for its day")
        if "amended" in event.data:
            return _("What was handed over is put right")
        if "request" in event.data:
            return _asked(event.data)
        said = {
            "merged": _("Two records became one"),
            "changed": _("Changed"),
            "leak": _("Gas leaked there: it waits for a leak check"),
            "leak_check": _("Somebody looked for a leak"),
        }
        return said.get(event.reason, _("Another time"))
    if not event.from_state:
        return _("Received by %(channel)s") % {"channel": event.get_channel_display()}
    return str(event.get_to_state_display())


def _asked(data: dict) -> str:
    """What was asked of the driver after departure, by its number on the route."""
    words = {
        ("insert", "asked"): _("Urgent stop for the driver (no. %(number)s): not seen yet"),
        ("cancel", "asked"): _("Driver asked not to deliver (no. %(number)s): not seen yet"),
        ("change", "asked"): _("Driver asked for a change (no. %(number)s): not seen yet"),
    }
    late, seen = _("The driver was asked too late (no. %(number)s)"), _("The driver knows (no. %(number)s)")
    return words.get((data["request"], data["said"]), seen if data["said"] == "seen" else late) % data
