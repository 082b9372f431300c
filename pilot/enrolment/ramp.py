"""The ramp: 5, 10, 20, an area, everybody. The next step opens when the one before held every limit."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from luckygas.errors import Refused
from luckygas.models import MANAGER, User
from luckygas.said import Said as _
from luckygas.said import Words
from pilot.measuring.guardrails import PASS, Verdict, verdicts
from pilot.models import Cohort, EnrolmentPause
from pilot.models.cohort import Step

STEPS: list[str] = [*Step.values]


@dataclass(frozen=True)
class Gate:
    """What the step before must have shown, and what is missing of it. The first step has none before."""

    before: Cohort | None
    verdicts: list[Verdict]
    is_first: bool

    @property
    def is_open(self) -> bool:
        return self.is_first or (self.before is not None and all(each.state == PASS for each in self.verdicts))

    @property
    def why_not(self) -> Words:
        """The sentence for who is refused; empty when it is open."""
        if self.is_open:
            return ""
        if self.before is None:
            return _("No cohort of the step before has run.")
        words = [each.word for each in self.verdicts if each.state != PASS]
        return _("%(cohort)s has not shown it yet: %(what)s.") % {"cohort": self.before.name, "what": words}

    @classmethod
    def to(cls, step: str) -> Gate:
        """The gate that leads to a step: the newest cohort of the step before that ran, over its whole time."""
        place = STEPS.index(step)
        if place == 0:
            return cls(None, [], is_first=True)
        ran = Cohort.objects.filter(step=STEPS[place - 1], started_at__isnull=False)
        before = ran.order_by("-started_at").first()
        return cls(before, verdicts(before) if before else [], is_first=False)


@transaction.atomic
def start(cohort: Cohort, *, by: User, reason: str, force: bool = False) -> None:
    """Let a cohort begin: the gate to its step is open and enrolment is not paused, or a manager goes past with why."""
    if not reason.strip():
        raise Refused(_("Write why."), field="reason", code="no_reason")
    if force and MANAGER not in by.roles:
        raise Refused(_("Only a manager goes past a guard."), field="force", code="not_manager")
    cohort.lock()
    if cohort.state == Cohort.State.PLANNED and not force:
        if why_not := EnrolmentPause.why_not():
            raise Refused(why_not, code="paused")
        if not (gate := Gate.to(cohort.step)).is_open:
            raise Refused(gate.why_not, code="gate")
    cohort.begin(by=by, why=reason)
