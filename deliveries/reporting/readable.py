"""A driver's report in words, for whoever decides: nothing of it is left out because nobody expected it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from customers.models import Payment
from deliveries.models import DriverEvent, Stop
from orders.models import Order, OrderLine, Product

Fact = tuple[str, str]
DRAWN = frozenset({"signature"})  # a path nobody can read; that there is one is the fact
KNOWN = frozenset({"amends", "order", "route"})  # what the review says itself: which order, which stop
LONGEST = 200


def in_words(events: Iterable[DriverEvent]) -> dict[UUID, list[Fact]]:
    """Label and text of each thing an event says, by event; one query for the products of all."""
    events = list(events)
    codes = {str(item.get("product")) for event in events for item in _items(event.body)}
    names = {product.code: str(product) for product in Product.objects.filter(code__in=codes)} if codes else {}
    return {event.pk: _facts(event.body, names) for event in events}


def _items(body: Any) -> list[dict[str, Any]]:
    items = body.get("items") if isinstance(body, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _facts(body: Any, names: dict[str, str]) -> list[Fact]:
    if not isinstance(body, dict):
        return [(_("Report"), _short(body))]
    facts = [_item(item, names) for item in _items(body)]
    for key, value in body.items():
        if (key == "items" and _items(body)) or key in KNOWN or value in (None, "", [], {}):
            continue
        facts.append(_fact(key, value))
    return facts


def _item(item: dict[str, Any], names: dict[str, str]) -> Fact:
    said = [
        _("%s handed over") % item.get("delivered", 0),
        _("%s empties back") % item.get("empties", 0),
    ]
    if item.get("parts"):
        said.append(_("%s with gas left") % item["parts"])
    if item.get("part_kg"):
        said.append(_("%s kg of gas left, weighed there") % item["part_kg"])
    if item.get("other_empties"):
        said.append(_("%s of other dealers") % item["other_empties"])
    if rest := dict(OrderLine.Rest.choices).get(str(item.get("rest") or "-")):
        said.append(str(rest))
    code = str(item.get("product"))
    return names.get(code, code), _(", ").join(said)


def _fact(key: str, value: Any) -> Fact:
    labels = {
        "leak_check": _("Leak check"),
        "payment": _("Paid"),
        "left_owed": _("Left, money owed"),
        "signature": _("Signature"),
        "reason": _("Why not"),
        "next_step": _("What next"),
        "note": _("Note"),
        "buyer": _("To whom"),
        "odometer_km": _("Odometer, km"),
        "counts": _("Notes and coins"),
        "why": _("Why is it put right?"),
        "unsigned": _("The customer did not sign"),
        "substitutes_agreed": _("The customer agreed to another kind"),
    }
    return labels.get(key, key), _value(key, value)


def _value(key: str, value: Any) -> str:
    if key in DRAWN:
        return _("yes")
    if key == "payment" and isinstance(value, dict):
        method = dict(Payment.Method.choices).get(str(value.get("method")), value.get("method") or _("on account"))
        return f"{method} NT${value.get('received_twd') or 0}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = {"leak_check": Order.LeakCheck, "reason": Stop.Reason, "next_step": Stop.NextStep}.get(key)
    return str(dict(choices.choices).get(value, value)) if choices and isinstance(value, str) else _short(value)


def _short(value: Any) -> str:
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))[:LONGEST]
