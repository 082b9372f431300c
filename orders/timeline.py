"""An order's life as its customer may read it: stations on a line, without names and without our reasons."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orders.models import Order
from orders.models.order_event import promise_text


@dataclass(frozen=True)
class Station:
    """One stop of the line: `state` is done, now, failed, late, you or nothing."""

    text: str
    state: str = "done"
    at: dt.datetime | None = None
    note: str = ""


def timeline(order: Order) -> list[Station]:
    """What happened, where it stands, and what comes."""
    stations = [_station(event.from_state, event.to_state, event.at, event.data) for event in order.events.all()]
    told = [station for station in stations if station]
    if order.state in {Order.State.DELIVERED, Order.State.CANCELLED}:
        return told
    if told:
        told[-1] = Station(told[-1].text, "now", told[-1].at, told[-1].note)
    if order.state == Order.State.REVIEW:
        return [*told, Station(_("We check what happened and call you."), "late")]
    if order.needs_day:
        return [*told, Station(_("We call you to agree on a day."), "late")]
    if order.is_late:
        return [*told, Station(_("Later than we said. It is on our list in red."), "late", note=promise_text(order))]
    return [*told, Station(_("with you"), "you", note=promise_text(order))]


def _station(start: str, end: str, at: dt.datetime, data: dict) -> Station | None:
    words = {
        ("", "placed"): _("received"),
        ("placed", "confirmed"): _("confirmed"),
        ("held", "confirmed"): _("confirmed"),
        ("placed", "held"): _("We look at it and call you."),
        ("confirmed", "planned"): _("on a route"),
        ("planned", "confirmed"): _("on another route soon"),
        ("confirmed", "out"): _("on the truck"),
        ("planned", "out"): _("on the truck"),
    }
    if start == end and "request" in data:
        return _asked(data, at)
    if start == end:
        is_theirs = data and not {"customer", "leak_check"} & data.keys()  # a merge or a check of ours changes nothing
        return Station(_("changed"), at=at) if is_theirs else None
    if start == "out" and end == "confirmed":
        return Station(_("could not be delivered"), "failed", at)
    if end == "delivered":
        return Station(_("delivered"), at=at)
    if end == "cancelled":
        return Station(_("cancelled"), "failed", at)
    if end == "review":
        return Station(_("being checked"), "late", at)
    return Station(words[start, end], at=at) if (start, end) in words else None


def _asked(data: dict, at: dt.datetime) -> Station | None:
    """What they asked after the truck had left: open until the driver has seen it."""
    if data["request"] == "insert":
        return None
    if data["said"] == "asked":
        word = _("asked to cancel it") if data["request"] == "cancel" else _("asked for a change")
        return Station(word, at=at, note=_("We tell the driver. It counts once the driver knows."))
    if data["said"] == "seen":
        return Station(_("the driver knows"), at=at)
    return Station(_("it was too late for that"), at=at)
