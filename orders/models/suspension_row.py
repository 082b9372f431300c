"""Whom a suspension touches: one row for each open order and each standing date in it, and what became of each."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer, Suspension
from luckygas.db import Frozen, Moves, Record, derived_id
from luckygas.errors import Refused
from luckygas.said import SaidField, Words
from orders.models.order import Order
from orders.models.slot import Slot
from orders.models.standing import StandingOrder
from orders.wishes import When

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_TRIED = 4  # windows that an order asks for, when others were faster, before a person looks


class Outcome(models.TextChoices):
    WAITING = "waiting", _("not yet")
    MOVED = "moved", pgettext_lazy("suspension", "another time")
    SKIPPED = "skipped", _("left out")
    REFUSED = "refused", _("not possible")
    GONE = "gone", pgettext_lazy("suspension", "not concerned any more")
    BACK = "back", pgettext_lazy("suspension", "as before")
    KEPT = "kept", pgettext_lazy("suspension", "stays as it is")


OUTCOME_MOVES: dict[str, tuple[str, ...]] = {
    Outcome.WAITING: (Outcome.MOVED, Outcome.SKIPPED, Outcome.REFUSED, Outcome.GONE),
    Outcome.MOVED: (Outcome.BACK, Outcome.KEPT),
    Outcome.SKIPPED: (Outcome.BACK, Outcome.KEPT),
    Outcome.REFUSED: (Outcome.BACK, Outcome.KEPT),
    Outcome.GONE: (),
    Outcome.BACK: (),
    Outcome.KEPT: (),
}
TO_UNDO = (Outcome.MOVED, Outcome.SKIPPED, Outcome.REFUSED)


class SuspensionRow(Record):
    """One order, or one date of a standing order, that a suspension touches: when it comes instead, or why not."""

    Outcome = Outcome

    suspension = models.ForeignKey(Suspension, on_delete=models.PROTECT, related_name="rows")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="suspension_rows")
    standing = models.ForeignKey(StandingOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    was_on = models.DateField(help_text="the day it was for; of a standing order the day its rhythm names")
    was_from = models.DateTimeField(null=True, blank=True)
    was_to = models.DateTimeField(null=True, blank=True)
    before = models.JSONField(default=dict, help_text="the order's promise as it was: what undo writes back")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    day = models.DateField(null=True, blank=True, help_text="the day it comes instead; none: not yet known")
    runs_out_on = models.DateField(null=True, blank=True, help_text="the first day on which their gas may be used up")
    is_urgent = models.BooleanField(default=False, help_text="without gas before that day: somebody calls")
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    sentence = SaidField(blank=True, default=str)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["suspension", "order"],
                condition=Q(order__isnull=False),
                name="a_suspension_moves_an_order_once",
            ),
            models.UniqueConstraint(
                fields=["suspension", "standing", "was_on"],
                condition=Q(standing__isnull=False),
                name="a_suspension_has_a_standing_date_once",
            ),
            models.CheckConstraint(
                condition=Q(order__isnull=False, standing=None) | Q(order=None, standing__isnull=False),
                name="a_suspension_row_is_of_one_thing",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["refused", "skipped", "gone", "kept"]) | ~Q(sentence=""),
                name="what_a_suspension_does_not_move_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="moved") | Q(day__isnull=False), name="what_a_suspension_moves_has_its_day"
            ),
            models.CheckConstraint(
                condition=Q(outcome="waiting", settled_at=None) | (~Q(outcome="waiting") & Q(settled_at__isnull=False)),
                name="an_outcome_has_its_time",
            ),
        ]
        indexes = [models.Index(fields=["suspension", "outcome"], name="rows_of_a_suspension")]
        triggers = [
            Moves(name="outcome_moves", field="outcome", moves=OUTCOME_MOVES),
            Frozen("suspension_id", "order_id", "standing_id", "was_on"),
        ]

    def __str__(self) -> str:
        return f"{self.suspension_id} {self.order_id or self.standing_id} {self.outcome}"

    @property
    def is_red(self) -> bool:
        """A person must act: no other time, or none before their gas is used up."""
        if self.outcome not in {Outcome.WAITING, Outcome.MOVED, Outcome.SKIPPED}:
            return self.outcome == Outcome.REFUSED
        return self.is_urgent or (self.day is None and self.order_id is not None)

    @property
    def operation(self) -> uuid.UUID:
        """The id of what happens to the order because of this row."""
        return derived_id("suspension", self.suspension.operation_id, self.order_id)

    # --- carrying out: the customer and the row are locked by the caller, in one transaction --------------------------
    def move(self, order: Order, slots: Iterable[Slot]) -> None:
        """The first of these windows that still takes the order; with none it is red until somebody calls."""
        self.before = order.promise
        why: Words = ""
        for slot in list(slots)[:MOST_TRIED]:
            try:
                with transaction.atomic():
                    order.reschedule(
                        When(slot=slot), by=self._by(), reason=self.suspension.reason, operation_id=self.operation
                    )
            except Refused as refused:
                why = refused.sentence
                continue
            self.slot, self.day = slot, slot.day
            self.settle(Outcome.MOVED)
            return
        self.refuse(why or _("No window has a place in the next two weeks."))

    def refuse(self, why: Words) -> None:
        """It stays where it is, red, and somebody calls."""
        self.slot = self.day = None
        if self.order:
            self.before = self.before or self.order.promise
            self.order.lose_day(by=self._by(), reason=self.suspension.reason, operation_id=self.operation)
        self.settle(Outcome.REFUSED, why)

    def put_back(self, order: Order) -> None:
        """As it was before, unless somebody changed it since; then it is left and says so."""
        try:
            with transaction.atomic():
                order.put_back(
                    dict(self.before), after=self.operation, by=self._undone_by(), reason=self.suspension.reason
                )
        except Refused as refused:
            self.settle(Outcome.KEPT, refused.sentence)
        else:
            self.settle(Outcome.BACK)

    def settle(self, outcome: str, sentence: Words = "", **fields: Any) -> None:
        """The one writer of `outcome`."""
        for name, value in fields.items():
            setattr(self, name, value)
        if self.runs_out_on and self.day:
            self.is_urgent = self.is_urgent or self.runs_out_on < self.day
        self.outcome, self.sentence, self.settled_at = outcome, sentence, timezone.now()
        self.save(
            update_fields=["outcome", "sentence", "settled_at", "before", "slot", "day", "is_urgent", *fields]
        )  # fmt: skip

    def _by(self) -> Any:
        return self.suspension.confirmed_by

    def _undone_by(self) -> Any:
        return self.suspension.undone_by
