"""Many orders moved with one form: each by its own verb, in its own transaction, with its own outcome."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from luckygas.db import Frozen, Moves, Record, derived_id, digest
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import SaidField, Words
from orders.models.order import Order
from orders.wishes import When

MOST_AT_ONCE = 200


class BulkMove(Record):
    """What somebody asked for many orders at once, and with which reason."""

    class Verb(models.TextChoices):
        CONFIRM = "confirm", _("confirm")
        RESCHEDULE = "reschedule", _("another day")
        CANCEL = "cancel", _("cancel")
        RELEASE = "release", pgettext_lazy("order", "release")
        DECLINE = "decline", _("turn down")

    operation_id = models.UUIDField(unique=True)
    body_digest = models.CharField(max_length=64)
    verb = models.CharField(max_length=10, choices=Verb)
    day = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verb="confirm", day=None)
                | Q(verb__in=["cancel", "release", "decline"], day=None) & ~Q(reason="")
                | Q(verb="reschedule", day__isnull=False) & ~Q(reason=""),
                name="a_bulk_move_says_what_and_why",
            )
        ]
        triggers = [Frozen("operation_id", "body_digest", "verb", "day", "reason", "by_id")]

    def __str__(self) -> str:
        return f"{self.verb} {self.asked_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("orders:bulk_outcome", args=[self.pk])

    @classmethod
    @transaction.atomic
    def ask(
        cls,
        verb: str,
        orders: Iterable[Order],
        *,
        by: User,
        reason: str = "",
        day: dt.date | None = None,
        operation_id: uuid.UUID,
    ) -> BulkMove:
        """Write down what is asked, with a row for each order that waits to be moved. Once per operation."""
        chosen = sorted({order.pk for order in orders})
        body = digest({"verb": verb, "orders": chosen, "reason": reason, "day": day})
        if known := cls.objects.filter(operation_id=operation_id).first():
            if known.body_digest != body:
                raise Refused(_t("This form was already sent with other contents."), code="other_body")
            return known
        if not 0 < len(chosen) <= MOST_AT_ONCE:
            raise Refused(_t("Mark at least one order, and at most 200."), code="how_many")
        move = cls.objects.create(operation_id=operation_id, body_digest=body, verb=verb, day=day, reason=reason, by=by)
        BulkRow.objects.bulk_create(BulkRow(move=move, order_id=pk) for pk in chosen)
        return move

    def carry_out(self) -> None:
        """Move every order that still waits; what has its outcome keeps it, so this may be called again and again."""
        for row in self.rows.filter(outcome=BulkRow.Outcome.WAITING).order_by("pk"):
            try:
                row.carry_out(self)
            except Refused as refused:
                row.refuse(refused.sentence)

    def apply(self, order: Order) -> None:
        """The same verb as on the order's own page, by the same person, once."""
        once = derived_id("bulk", self.operation_id, order.pk)
        if self.verb == self.Verb.CANCEL:
            order.cancel(by=self.by, reason=self.reason, operation_id=once)
        elif self.verb == self.Verb.RESCHEDULE:
            order.reschedule(When(day=self.day), by=self.by, reason=self.reason, operation_id=once)
        elif self.verb == self.Verb.DECLINE:
            order.decline(by=self.by, note=self.reason, operation_id=once)
        elif self.verb == self.Verb.RELEASE:
            order.release(by=self.by, note=self.reason, operation_id=once)
        else:
            order.confirm(by=self.by, reason=self.reason, operation_id=once)


class BulkRow(Record):
    """One order of a bulk move, and what became of it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("not yet")
        DONE = "done", _("done")
        REFUSED = "refused", _("not possible")

    move = models.ForeignKey(BulkMove, on_delete=models.PROTECT, related_name="rows")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    sentence = SaidField(blank=True, default=str)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["move", "order"], name="an_order_is_moved_once_in_bulk"),
            models.CheckConstraint(
                condition=Q(outcome="refused") & ~Q(sentence="") | ~Q(outcome="refused") & Q(sentence=""),
                name="what_is_refused_in_bulk_says_why",
            ),
        ]
        triggers = [
            Moves(
                name="outcome_moves",
                field="outcome",
                moves={"waiting": ("done", "refused"), "done": (), "refused": ()},
            )
        ]

    def __str__(self) -> str:
        return f"{self.move_id} {self.order_id} {self.outcome}"

    @transaction.atomic
    def carry_out(self, move: BulkMove) -> None:
        """The move and its outcome, together or neither. Refused leaves the order as it was."""
        self.lock()
        if self.outcome == self.Outcome.WAITING:
            move.apply(self.order)
            self._settle(self.Outcome.DONE)

    @transaction.atomic
    def refuse(self, sentence: Words) -> None:
        """It was not possible, and why; unless somebody else carried it out meanwhile."""
        self.lock()
        if self.outcome == self.Outcome.WAITING:
            self._settle(self.Outcome.REFUSED, sentence)

    def _settle(self, outcome: str, sentence: Words = "") -> None:
        self.outcome, self.sentence = outcome, sentence
        self.save(update_fields=["outcome", "sentence"])
