"""What a driver's report says: its shape as the phone wrote it, read once and refused when it says nothing."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from customers.models import Payment
from luckygas.errors import Refused
from luckygas.said import Said as _
from orders.handover import Handed, Handover
from orders.models import Order, OrderLine, Product
from orders.tagged import Tagged

LARGEST_SEQ = 2**31 - 1
LARGEST_ID = 2**63 - 1
MOST_OF_A_KIND = 99
LONGEST_SIGNATURE = 8000
WEIGHT = re.compile(r"\d{1,3}(\.\d{1,2})?")
SIGNATURE = re.compile(r"[Ml0-9 .\-]+")
LEAK = "leak"


@dataclass(frozen=True)
class Report:
    """One event as it was sent. Only an id is demanded: whatever else is wrong with it, it is kept and looked at."""

    id: uuid.UUID
    seq: int | None
    stop: int | None
    kind: str
    body: dict[str, Any]
    happened_at: dt.datetime

    @classmethod
    def read(cls, raw: Any) -> Self:
        """From one element of `events`; refused without an id, since then it cannot be told from any other."""
        raw = storable(raw) if isinstance(raw, dict) else {}
        try:
            event_id = uuid.UUID(str(raw.get("id")))
        except ValueError:
            raise Refused(_("This report has no id."), code="malformed") from None
        body = raw.get("body")
        return cls(
            id=event_id,
            seq=whole(raw.get("seq"), most=LARGEST_SEQ),
            stop=whole(raw.get("stop"), most=LARGEST_ID),
            kind=str(raw.get("kind", ""))[:20],
            body=body if isinstance(body, dict) else {"unread": body},
            happened_at=moment(raw.get("happened_at")) or timezone.now(),
        )


@dataclass(frozen=True)
class Money:
    """What the customer gave the driver; nothing when it stays on account."""

    method: str
    received_twd: int

    @classmethod
    def read(cls, raw: Any) -> Self:
        """Refused when the amount is no whole number of NT$, or nobody knows how it was paid."""
        raw = raw if isinstance(raw, dict) else {}
        method, received = str(raw.get("method") or ""), raw.get("received_twd") or 0
        if method in {"", "account"}:
            return cls("account", 0)
        twd = whole(received, least=0, most=10_000_000)
        if twd is None or method not in Payment.Method.values:
            raise Refused(_("Nobody can read what was paid: %(paid)s") % {"paid": json.dumps(raw)[:80]}, code="payment")
        return cls(method, twd)


@dataclass(frozen=True)
class Delivery:
    """What a report of a handover says: the exchange, the leak check, the signature and whether money is left owed."""

    handover: Handover
    has_leak: bool
    is_left_owed: bool
    signature: str
    money: Any
    weighed: Mapping[str, Decimal]  # kg of gas left by product code, weighed at the door

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """Refused with `malformed` when it cannot be said what was handed over."""
        check = str(body.get("leak_check") or "")
        return cls(
            handover=Handover(
                items=tuple(exchanged(body.get("items"))),
                leak_check=check if check in Order.LeakCheck.values else "",
                substitutes_agreed=bool(body.get("substitutes_agreed")),
                signature=signature_of(body),
            ),
            has_leak=check == LEAK,
            is_left_owed=bool(body.get("left_owed")),
            signature=signature_of(body),
            money=body.get("payment"),
            weighed=weights(body.get("items")),
        )

    @property
    def is_empty_handed(self) -> bool:
        """Nothing went over the doorstep in either direction."""
        return not any(item.delivered or item.empties or item.other_empties for item in self.handover.items)


def exchanged(raw: Any) -> list[Handed]:
    """The cylinders of each product, added up when a product is named twice."""
    rows = [row for row in raw if isinstance(row, dict)] if isinstance(raw, list) else []
    if not rows or not isinstance(raw, list) or len(rows) != len(raw):
        raise Refused(_("This report does not say what was handed over."), code="malformed")
    products = {
        product.code: product for product in Product.objects.filter(code__in=[str(r.get("product")) for r in rows])
    }
    counted: dict[str, list[int]] = {}
    rests: dict[str, str] = {}
    looked: dict[str, tuple[Tagged, ...]] = {}
    for row in rows:
        code = str(row.get("product"))
        if code not in products:
            raise Refused(_("Nobody knows the product %(code)s.") % {"code": code[:20]}, code="malformed")
        numbers = [count_of(row.get(what)) for what in ("delivered", "empties", "other_empties", "parts")]
        counted[code] = [a + b for a, b in zip(counted.get(code, [0, 0, 0, 0]), numbers, strict=True)]
        rests[code] = str(row["rest"]) if row.get("rest") in OrderLine.Rest.values else rests.get(code, "")
        looked[code] = looked.get(code, ()) + _tags(row.get("tagged"))
    return [
        Handed(
            products[code],
            delivered=given,
            empties=back,
            rest=rests[code],
            other_empties=others,
            parts=min(part, back),
            tagged=looked[code],
        )
        for code, (given, back, others, part) in counted.items()
    ]


def loaded(raw: Any) -> list[Handed] | None:
    """Full cylinders that the driver says are on the vehicle; None when the report does not say."""
    return None if raw is None else exchanged(raw)


def asides(body: Mapping[str, Any]) -> dict[Product, tuple[Tagged, ...]]:
    """What was put aside of each product, loading or at a door."""
    lists = [body.get(name) for name in ("items", "loaded")]
    rows = [row for raw in lists if isinstance(raw, list) for row in raw if isinstance(row, dict) and row.get("aside")]
    found = {str(row.get("product")): _tags(row["aside"]) for row in rows}
    products = Product.objects.filter(code__in=found) if found else ()
    return {product: found[product.code] for product in products if found[product.code]}


def _tags(raw: Any) -> tuple[Tagged, ...]:
    """What was read on single cylinders: serials and dates."""
    texts = raw[:MOST_OF_A_KIND] if isinstance(raw, list) else []
    return tuple(tagged for text in texts if (tagged := Tagged.read(str(text))))


def weights(raw: Any) -> dict[str, Decimal]:
    """The kg of gas left of each product that was weighed at the door; what is no weight was not weighed."""
    rows = [row for row in raw if isinstance(row, dict)] if isinstance(raw, list) else []
    found = {str(row.get("product")): str(row.get("part_kg") or "") for row in rows}
    return {code: Decimal(kg) for code, kg in found.items() if WEIGHT.fullmatch(kg) and Decimal(kg)}


def count_of(raw: Any) -> int:
    number = whole(raw or 0, least=0, most=MOST_OF_A_KIND)
    if number is None:
        raise Refused(_("Between 0 and 99 cylinders of one kind."), code="malformed")
    return number


def whole(raw: Any, *, least: int = 1, most: int) -> int | None:
    """A whole number inside its limits, also written as text; None for anything else."""
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < 20:
        raw = int(raw)
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and least <= raw <= most else None


def moment(raw: Any) -> dt.datetime | None:
    """An aware moment from ISO 8601; None when it is none."""
    try:
        at = parse_datetime(str(raw or ""))
    except ValueError:
        return None
    return timezone.make_aware(at) if at and timezone.is_naive(at) else at


def signature_of(body: Mapping[str, Any]) -> str:
    """The path the sign pad drew: moves and lines, nothing that could be anything else inside an SVG; else nothing."""
    path = str(body.get("signature") or "")
    return path if len(path) <= LONGEST_SIGNATURE and SIGNATURE.fullmatch(path) else ""


def storable(raw: Any) -> Any:
    """The same without what PostgreSQL cannot keep as JSON: NUL and half characters."""
    if isinstance(raw, str):
        return raw.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(raw, dict):
        return {storable(str(key)): storable(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [storable(value) for value in raw]
    return raw
