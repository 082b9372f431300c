"""What the telephone exchange and the office say to each other: signed calls, and who of us is told of them."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any, Self

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from customers.models import Contact, Customer, IncomingCall
from customers.models.incoming_call import RINGS_FOR

TIME, SIGNATURE = "X-Call-Timestamp", "X-Call-Signature"
WINDOW = dt.timedelta(minutes=5)  # a signed call that is older was recorded by somebody and is played again
MOST_SHOWN = 4


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the time and the body, in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256).hexdigest()


def is_signed(secret: str, timestamp: str, body: bytes, signature: str) -> bool:
    """Whether it comes from our exchange, and just now."""
    expected = sign(secret, timestamp, body)
    if not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12:
        return False
    is_fresh = abs(timezone.now().timestamp() - int(timestamp)) <= WINDOW.total_seconds()
    return hmac.compare_digest(expected.encode(), signature.encode()) and is_fresh


@dataclass(frozen=True)
class Told:
    """What the exchange says of one call."""

    call_id: str
    number: str
    at: dt.datetime

    @classmethod
    def read(cls, body: bytes) -> Self:
        """ValueError with what is wrong, for the machine at the other end."""
        said: Any = json.loads(body)
        if not isinstance(said, dict):
            raise ValueError("an object with call_id, number and time is expected")
        call_id, number, time = (said.get(name, "") for name in ("call_id", "number", "time"))
        if not isinstance(call_id, str) or not 0 < len(call_id) <= 64:
            raise ValueError("call_id: text of 1 to 64 signs")
        if not isinstance(number, str) or len(number) > 40:
            raise ValueError("number: text of at most 40 signs, empty when it is withheld")
        at = parse_datetime(time) if isinstance(time, str) else None
        if at is None or timezone.is_naive(at):
            raise ValueError("time: ISO 8601 with its zone")
        return cls(call_id, number, at)


def ringing(at: dt.datetime | None = None) -> list[tuple[IncomingCall, list[Customer]]]:
    """Calls that nobody answered yet, the oldest first, each with whose number it is; in two queries."""
    since = (at or timezone.now()) - RINGS_FOR
    calls = list(IncomingCall.objects.filter(answered_at=None, rang_at__gte=since).order_by("rang_at")[:MOST_SHOWN])
    if not calls:
        return []
    numbers = {call.number for call in calls}
    contacts = Contact.objects.filter(phone__in=numbers, is_active=True, customer__merged_into=None)
    known: dict[str, dict[int, Customer]] = {}
    for contact in contacts.select_related("customer").order_by("customer__number"):
        known.setdefault(contact.phone, {})[contact.customer_id] = contact.customer
    return [(call, list(known.get(call.number, {}).values())) for call in calls]
