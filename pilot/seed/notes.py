"""Message rows of what was announced: sent, called, or waiting for somebody to call."""

from __future__ import annotations

import datetime as dt
import random

from django.conf import settings
from django.utils import translation

from customers.messages.notices import NOTICES
from customers.models import Message
from pilot.seed.rows import Table
from pilot.seed.slip import Slip

NEW = dt.timedelta(minutes=45)
PARKED = 0.006


class Notes:
    """Writes one message a change, as `Message.announce` would have."""

    def __init__(self, *, throw: random.Random, at: dt.datetime) -> None:
        self.throw, self.at, self.ids = throw, at, Table.numbers(Message)
        self.table = Table(
            Message, "id", "customer_id", "kind", "recipient", "body", "state", "cause_kind", "cause_id", "created_at",
            "due_at", "tries", "claimed_at", "done_at", "done_by_id", "failure", "gateway_id", at=at,
        )  # fmt: skip

    def tell(self, slip: Slip, event: int, kind: str, at: dt.datetime) -> None:
        """An SMS that went out, or a call that the office made; the newest calls still wait on the list."""
        door = slip.door
        with translation.override("zh-hant"):
            body = str(NOTICES[kind].text) % {
                "number": slip.number, "promise": slip.promise, "track": f"{settings.PUBLIC_URL}/track/{slip.token}/",
            }  # fmt: skip
        pk = self.ids.next()
        cause = ("order_event", str(event))
        done = at + dt.timedelta(seconds=4)
        if not door.can_sms:
            is_new = self.at - at < NEW or kind == "failed"
            state, done_at, by = (
                ("call", None, None) if is_new else ("called", at + dt.timedelta(minutes=6), slip.placed_by)
            )
            self.table.add(
                pk, door.customer, kind, door.phone, body, state, *cause, at, at, 0, None, done_at, by, "", ""
            )  # fmt: skip
        elif kind == "confirmed" and self.throw.random() < PARKED:
            self.table.add(
                pk, door.customer, kind, door.phone, body, "parked", *cause, at, at, 5, at, None, None,
                "the gateway did not answer", "",
            )  # fmt: skip
        else:
            self.table.add(
                pk, door.customer, kind, door.phone, body, "sent", *cause, at, at, 1, at, min(done, self.at), None, "",
                f"seed-{pk}",
            )  # fmt: skip
