"""Messages to customers: rows with a state, sent by workers, never lost with Redis."""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from customers.messages.notices import NOTICES
from customers.models.contact import Contact
from customers.models.customer import Customer
from customers.querysets import MessageQuerySet
from luckygas.db import Moves, Record
from luckygas.doorbell import ring
from luckygas.errors import Refused
from luckygas.models import User

MOST_TRIES = 5
CODE = re.compile(r"\d{6}")
MESSAGE_MOVES: dict[str, tuple[str, ...]] = {
    "waiting": ("sending", "parked"),
    "sending": ("sent", "waiting", "parked"),
    "sent": (),
    "parked": ("waiting", "called"),
    "call": ("called",),
    "called": (),
}


class Message(Record):
    """One thing to tell one person: an SMS to a mobile, or a line on the office's call list."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        PARKED = "parked", _("parked after five failures")
        CALL = "call", _("to be called")
        CALLED = "called", _("called")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="messages")
    kind = models.CharField(max_length=20)
    recipient = models.CharField(max_length=16, blank=True, help_text="E.164; empty when nobody can be reached")
    body = models.CharField(max_length=400)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    cause_kind = models.CharField(max_length=20)
    cause_id = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    failure = models.CharField(max_length=200, blank=True)
    gateway_id = models.CharField(max_length=60, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cause_kind", "cause_id", "kind"], name="a_change_is_announced_once"),
            models.CheckConstraint(
                condition=~Q(recipient="") | ~Q(state__in=["waiting", "sending", "sent"]),
                name="only_a_reachable_number_is_sent_to",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=["waiting", "sending"]), name="messages_to_send"),
            models.Index(fields=["state"], condition=Q(state__in=["parked", "call"]), name="messages_for_a_person"),
            models.Index(fields=["customer", "-created_at"], name="messages_of_a_customer"),
        ]
        triggers = [Moves(name="state_moves", field="state", moves=MESSAGE_MOVES)]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @classmethod
    def announce(
        cls,
        kind: str,
        *,
        customer: Customer,
        cause: tuple[str, object],
        context: dict[str, Any] | None = None,
        words: Callable[[], dict[str, Any]] = dict,
        must_call: bool = False,
    ) -> "Message":
        """Tell a customer that something changed, once per cause. Who cannot take SMS goes on the call list.

        `words` are asked for in the customer's language; `must_call`: no SMS will do, somebody talks to them.
        """
        contact = Contact.objects.filter(customer=customer, is_active=True).order_by("-can_sms", "pk").first()
        with translation.override(customer.language):
            body = str(NOTICES[kind].text) % ((context or {}) | words())
        reachable = bool(contact and contact.can_sms) and not must_call
        return cls.write(
            kind=kind,
            customer=customer,
            recipient=contact.phone if contact else "",
            body=body,
            cause=cause,
            state=cls.State.WAITING if reachable else cls.State.CALL,
        )

    @classmethod
    def spread(
        cls,
        kind: str,
        contacts: Iterable[Contact],
        *,
        cause: Callable[[int], tuple[str, object]],
        words: Callable[[], dict[str, Any]],
    ) -> None:
        """Tell many the same thing, each in their language. Nobody is rung: the sweep finds them, some at a time."""
        said: dict[str, str] = {}
        rows = []
        for contact in contacts:
            customer = contact.customer
            if customer.language not in said:
                with translation.override(customer.language):
                    said[customer.language] = str(NOTICES[kind].text) % words()
            cause_kind, cause_id = cause(customer.pk)
            rows.append(
                cls(
                    kind=kind,
                    customer=customer,
                    recipient=contact.phone,
                    body=said[customer.language],
                    cause_kind=cause_kind,
                    cause_id=str(cause_id),
                )
            )
        Message.objects.bulk_create(rows)

    @classmethod
    def write(
        cls,
        *,
        kind: str,
        recipient: str,
        body: str,
        cause: tuple[str, object],
        customer: Customer | None = None,
        state: str = State.WAITING,
    ) -> "Message":
        """The row itself; on commit its task is rung, and a sweep rings again for rows left alone."""
        from customers.tasks import send_message

        message = cls.objects.create(
            kind=kind,
            customer=customer,
            recipient=recipient,
            body=body,
            state=state,
            cause_kind=cause[0],
            cause_id=str(cause[1]),
        )
        if state == cls.State.WAITING:
            ring(send_message, message.pk)
        return message

    @transaction.atomic(durable=True)
    def claim(self) -> bool:
        """Take this message to send it; False when another worker has it or it is not due.

        Committed before the gateway is called: inside somebody's transaction the call would hold locks for seconds.
        """
        now = timezone.now()
        waiting = type(self).objects.filter(pk=self.pk, state=self.State.WAITING, due_at__lte=now)
        taken = waiting.update(state=self.State.SENDING, claimed_at=now, tries=models.F("tries") + 1)
        self.refresh_from_db()
        return bool(taken)

    def sent(self, *, gateway_id: str, is_on_screen: bool = False) -> bool:
        """The gateway took it; a code is readable here no longer, except on the demo's screen until it is too old."""
        body = self.body if is_on_screen else self.without_code
        return self._release(
            state=self.State.SENT, gateway_id=gateway_id[:60], done_at=timezone.now(), failure="", body=body
        )

    def failed(self, *, failure: str, is_final: bool = False) -> bool:
        """The gateway did not take it: later again; after five tries, or when no try can help, parked for a person."""
        if is_final or self.tries >= MOST_TRIES:
            return self._release(state=self.State.PARKED, failure=failure[:200], body=self.without_code)
        due_at = timezone.now() + dt.timedelta(seconds=15 * 2**self.tries)
        return self._release(state=self.State.WAITING, failure=failure[:200], due_at=due_at)

    def take_back(self) -> bool:
        """The worker that claimed it died: wait again at once, or park it when it has killed five workers."""
        failure = "its worker died"
        if self.tries >= MOST_TRIES:
            return self._release(state=self.State.PARKED, failure=failure, body=self.without_code)
        return self._release(state=self.State.WAITING, failure=failure)

    def _release(self, **fields: Any) -> bool:
        """End this claim; False when the lease ran out and somebody else holds the row by now."""
        mine = type(self).objects.filter(pk=self.pk, state=self.State.SENDING, claimed_at=self.claimed_at)
        changed = mine.update(**fields)
        self.refresh_from_db()
        return bool(changed)

    def expire(self) -> bool:
        """A code that nobody took in its ten minutes: it helps nobody any more."""
        fields = {"state": self.State.PARKED, "failure": "too old", "body": self.without_code}
        changed = type(self).objects.filter(pk=self.pk, state=self.State.WAITING).update(**fields)
        self.refresh_from_db()
        return bool(changed)

    def forget_code(self) -> None:
        """Blank the code in the text."""
        self.body = self.without_code
        self.save(update_fields=["body"])

    @property
    def without_code(self) -> str:
        """The text, with a code's digits blanked; other messages as they are."""
        return CODE.sub("••••••", self.body) if self.kind == "code" else self.body

    @transaction.atomic
    def mark_called(self, *, by: User) -> None:
        """Somebody told the customer by phone."""
        self.lock()
        if self.state not in {self.State.CALL, self.State.PARKED}:
            raise Refused(_("This message needs no call."))
        self.state, self.done_at, self.done_by = self.State.CALLED, timezone.now(), by
        self.save(update_fields=["state", "done_at", "done_by"])

    @transaction.atomic
    def retry(self, *, by: User) -> None:
        """Try a parked message again, from the first try."""
        self.lock()
        if self.state != self.State.PARKED:
            raise Refused(_("This message is not parked."))
        if self.kind == "code":
            raise Refused(_("This code is too old. The person has to ask for a new one."))
        self.state, self.tries, self.due_at = self.State.WAITING, 0, timezone.now()
        self.save(update_fields=["state", "tries", "due_at"])
