"""Whether customers may come in: pauses of enrolment, and moves that went past a guard."""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from customers.models import StageMove
from luckygas import live
from luckygas.db import AppendOnly, Frozen, Record
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Said as _
from luckygas.said import SaidField, Words
from pilot.models.cohort import Cohort

BY_HAND = "by_hand"


class EnrolmentPause(Record):
    """Nobody becomes live: a guardrail was breached, or a person said so. Who is live stays live."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, null=True, blank=True, related_name="pauses")
    measure = models.CharField(max_length=10, help_text="the guardrail, or by_hand")
    said = SaidField(help_text="what a guardrail said, or a person's own words")
    since = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "measure"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="one_open_pause_a_guardrail",
            ),
            models.CheckConstraint(
                condition=~Q(said="") & (~Q(measure=BY_HAND) | Q(by__isnull=False)), name="a_pause_says_why"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_why=""),
                name="a_person_ends_a_pause_and_says_why",
            ),
        ]
        triggers = [Frozen("cohort_id", "measure", "said", "since", "by_id")]

    def __str__(self) -> str:
        return f"{self.measure} {self.since:%Y-%m-%d %H:%M}"

    @classmethod
    def open(cls) -> list[EnrolmentPause]:
        """Why nobody comes in now; empty when they may."""
        return list(cls.objects.filter(ended_at=None).select_related("cohort", "by").order_by("since", "pk"))

    @classmethod
    def why_not(cls) -> Words:
        """Why nobody comes in now, in a sentence; empty when they may."""
        pauses = cls.open()
        return _("Enrolment is paused: %(why)s.") % {"why": [pause.said for pause in pauses]} if pauses else ""

    @classmethod
    def pause(cls, *, measure: str, said: Words, cohort: Cohort | None = None, by: User | None = None) -> None:
        """Stop enrolment; what is open already stays as it is, whoever says it again."""
        words = said.strip()[:200] if isinstance(said, str) else said
        if not words:
            raise Refused(_("Write why."), field="reason", code="no_reason")
        row = EnrolmentPause(measure=measure, said=words, cohort=cohort, by=by)
        EnrolmentPause.objects.bulk_create([row], ignore_conflicts=True)
        live.changed("enrolment", measure)

    @classmethod
    @transaction.atomic
    def resume(cls, *, by: User, why: str) -> int:
        """Customers may come in again. Answers how many pauses ended; `pilot.measuring.guardrails` asked before."""
        if not why.strip():
            raise Refused(_("Write why."), field="reason", code="no_reason")
        opened = cls.objects.filter(ended_at=None)
        ended = opened.update(ended_at=timezone.now(), ended_by=by, ended_why=why.strip())
        live.changed("enrolment", "resumed")
        return ended


class Forced(models.Model):
    """A move that a manager made past guards: which ones, in the words that refused it."""

    move = models.OneToOneField(StageMove, on_delete=models.PROTECT, related_name="forced")
    guards = models.JSONField(help_text="the code and the sentence of each")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.move_id} {', '.join(guard['code'] for guard in self.guards)}"
