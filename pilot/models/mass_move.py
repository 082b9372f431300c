"""Many customers moved with one form: agreed to by a second person, each by itself, with its own outcome."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.models.customer import Stage
from luckygas import live
from luckygas.db import Frozen, Moves, Record, digest
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import SaidField, Words
from pilot.models.cohort import Cohort


class MassMove(Record):
    """What somebody asked for many customers at once: where to, why, and who agreed."""

    class State(models.TextChoices):
        ASKED = "asked", _("waits for a second person")
        WORKING = "working", _("at work")
        DONE = "done", _("done")

    operation_id = models.UUIDField(unique=True)
    body_digest = models.CharField(max_length=64)
    to_stage = models.CharField(max_length=12, choices=Stage)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, null=True, blank=True, related_name="mass_moves")
    reason = models.CharField(max_length=200)
    is_forced = models.BooleanField(default=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    worked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_mass_move_says_why"),
            models.CheckConstraint(
                condition=Q(state="asked", agreed_by=None)
                | ~Q(state="asked") & Q(agreed_by__isnull=False) & ~Q(agreed_by=models.F("by")),
                name="two_people_move_many",
            ),
        ]
        indexes = [models.Index(fields=["worked_at"], condition=Q(state="working"), name="mass_moves_at_work")]
        triggers = [
            Moves(name="state_moves", field="state", moves={"asked": ("working",), "working": ("done",), "done": ()}),
            Frozen("operation_id", "body_digest", "to_stage", "cohort_id", "reason", "is_forced", "by_id"),
        ]

    def __str__(self) -> str:
        return f"{self.to_stage} {self.asked_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("pilot:mass_move", args=[self.pk])

    @classmethod
    @transaction.atomic
    def draw_up(
        cls, to_stage: str, customers: Iterable[tuple[int, str]], *, operation_id: uuid.UUID, by: User, **facts: Any
    ) -> MassMove:
        """Write down what is asked, with a row for each customer (id, stage) that waits. Once per operation."""
        chosen = sorted(customers)
        body = digest({"to": to_stage, "customers": chosen, "reason": facts["reason"], "force": facts["is_forced"]})
        if known := cls.objects.filter(operation_id=operation_id).first():
            if known.body_digest != body:
                raise Refused(_("This form was already sent with other contents."), code="other_body")
            return known
        if not chosen:
            raise Refused(_("Nobody like that can move there."), code="nobody")
        move = cls.objects.create(operation_id=operation_id, body_digest=body, to_stage=to_stage, by=by, **facts)
        rows = (MassMoveRow(move=move, customer_id=pk, from_stage=stage) for pk, stage in chosen)
        MassMoveRow.objects.bulk_create(rows, batch_size=2000)
        return move

    @transaction.atomic
    def agree(self, *, by: User) -> None:
        """The second person agreed: a worker moves them now. Twice is once."""
        self.lock()
        if self.state != self.State.ASKED:
            return
        self.state, self.agreed_by, self.agreed_at, self.worked_at = "working", by, timezone.now(), timezone.now()
        self.save(update_fields=["state", "agreed_by", "agreed_at", "worked_at"])
        live.changed("move", self.pk)

    @transaction.atomic
    def finish(self) -> bool:
        """Whether everybody has an outcome; then it is done."""
        self.lock()
        if self.rows.filter(outcome=MassMoveRow.Outcome.WAITING).exists():
            return False
        if self.state == self.State.WORKING:
            self.state = self.State.DONE
            self.save(update_fields=["state"])
            live.changed("move", self.pk)
        return True

    def counts(self) -> dict[str, int]:
        """How many have which outcome."""
        found = dict(self.rows.order_by().values_list("outcome").annotate(models.Count("pk")))
        return {outcome: found.get(outcome, 0) for outcome in MassMoveRow.Outcome.values}


class MassMoveRow(Record):
    """One customer of a mass move: where they stood when it was asked, and what became of it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("not yet")
        DONE = "done", _("done")
        REFUSED = "refused", _("not possible")

    move = models.ForeignKey(MassMove, on_delete=models.PROTECT, related_name="rows")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    from_stage = models.CharField(max_length=12, choices=Stage)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    sentence = SaidField(blank=True, default=str)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["move", "customer"], name="a_customer_once_a_mass_move"),
            models.CheckConstraint(
                condition=Q(outcome="refused") & ~Q(sentence="") | ~Q(outcome="refused") & Q(sentence=""),
                name="who_is_not_moved_is_told_why",
            ),
        ]
        indexes = [models.Index(fields=["move", "id"], condition=Q(outcome="waiting"), name="mass_move_rows_waiting")]
        triggers = [
            Moves(
                name="outcome_moves",
                field="outcome",
                moves={"waiting": ("done", "refused"), "done": (), "refused": ()},
            ),
            Frozen("move_id", "customer_id", "from_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.move_id} {self.customer_id} {self.outcome}"

    def settle(self, outcome: str, sentence: Words = "") -> None:
        """What became of it; under the row's lock, once."""
        self.outcome, self.sentence = outcome, sentence
        self.save(update_fields=["outcome", "sentence"])
