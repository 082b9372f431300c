"""What happened to an order, and what its customer is told of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from customers.models import Message
from luckygas.db import AppendOnly
from luckygas.models import User
from luckygas.said import Words, kept, spoken
from luckygas.templatetags.luckygas_format import short_date
from orders.credit.exposure import because
from orders.models.order_state import Channel, State

if TYPE_CHECKING:
    from orders.models.order import Order


class OrderEvent(models.Model):
    """One thing that happened to an order: from, to, who, when, through which channel and why."""

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="events")
    from_state = models.CharField(max_length=10, choices=State, blank=True)
    to_state = models.CharField(max_length=10, choices=State)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    channel = models.CharField(max_length=8, choices=Channel)
    reason = models.CharField(max_length=200, blank=True)
    announces = models.CharField(max_length=20, blank=True)
    operation_id = models.UUIDField(unique=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["order", "id"], name="events_of_an_order")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.order_id} {self.from_state} → {self.to_state}"

    @property
    def why(self) -> str:
        """The reason in the reader's language when it is a sentence of ours; a person's words as they are."""
        return spoken(self.data["why"]) if "why" in self.data else because(self.reason)

    @classmethod
    def write(
        cls,
        order: Order,
        start: str,
        end: str,
        *,
        by: User | None,
        at: dt.datetime | None = None,
        reason: Words = "",
        announces: str = "",
        operation_id: uuid.UUID | None = None,
        data: dict[str, Any] | None = None,
    ) -> OrderEvent:
        """Add the event, and the message row it announces, in the transaction of the move.

        A reason that is a sentence of ours is kept as one beside its text: `why` speaks it.
        """
        why = {"why": kept(reason)} if not isinstance(reason, str) else {}
        event = cls.objects.create(
            order=order,
            from_state=start,
            to_state=end,
            by=by,
            at=at or timezone.now(),
            channel=order.channel,
            reason=str(reason)[:200],
            announces=announces,
            operation_id=operation_id or uuid.uuid4(),
            data=_plain(data or {}) | why,
        )
        if announces:
            context = {"number": order.number, "promise": promise_text(order), "track": track_url(order)}
            Message.announce(announces, customer=order.customer, cause=("order_event", event.pk), context=context)
        return event


def promise_text(order: Order) -> str:
    """`11/24（二）14:40–15:20`"""
    start, end = timezone.localtime(order.promised_from), timezone.localtime(order.promised_to)
    return f"{short_date(order.promised_on)} {start:%H:%M}–{end:%H:%M}"


def track_url(order: Order) -> str:
    """For messages to customers: it works without signing in, and ends some days after the delivery."""
    return f"{settings.PUBLIC_URL}/track/{order.track_token}/"


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in data.items()}
