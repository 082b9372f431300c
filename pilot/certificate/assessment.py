"""What is true now: every requirement with its state, drawn from stored runs, open waivers and live answers."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from luckygas.said import Said
from pilot.certificate import judging, probes
from pilot.certificate.criteria import CRITERIA, Criterion
from pilot.certificate.judging import Answer, Judged, Run, State
from pilot.certificate.revision import Revision, running
from pilot.certificate.suites import SUITES
from pilot.models import Evidence, ReviewPlan, Waiver


@dataclass(frozen=True)
class Finding:
    """One requirement with its state and what that was drawn from."""

    criterion: Criterion
    judged: Judged
    evidence: Evidence | None = None
    waiver: Waiver | None = None

    @property
    def state(self) -> State:
        return self.judged.state

    @property
    def is_red(self) -> bool:
        return self.state not in (State.PASS, State.WAIVED)


@dataclass(frozen=True)
class Assessment:
    """The living certificate. Looking at it stores nothing."""

    at: dt.datetime
    revision: Revision
    findings: tuple[Finding, ...]
    runs: Mapping[str, Evidence]  # the run of each suite that counts
    plan: ReviewPlan | None

    @classmethod
    def now(cls, *, answers: Mapping[str, Answer] | None = None, revision: Revision | None = None) -> Assessment:
        """Ask everything. Tests bring `answers` and `revision` along; else each part is asked itself."""
        answers = probes.ask_all() if answers is None else answers
        at, revision = timezone.now(), revision or running()
        runs = counting(at)
        waivers = {each.criterion: each for each in _open_waivers() if each.is_in_force(at)}
        findings = tuple(
            _find(criterion, runs.get(criterion.group), answers, waivers.get(criterion.key), revision.name, at)
            for criterion in CRITERIA
        )
        return cls(at, revision, findings, runs, ReviewPlan.objects.select_related("by").first())

    @cached_property
    def verdict(self) -> str:
        return judging.verdict((finding.state for finding in self.findings), wanted=len(CRITERIA))

    @cached_property
    def red(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.is_red]

    @property
    def evidence(self) -> list[Evidence]:
        """The runs it rests on, oldest first."""
        return sorted(self.runs.values(), key=lambda each: each.pk)

    @property
    def digest(self) -> str:
        return digest_of(self.revision.name, [each.number for each in self.evidence])


def digest_of(revision: str, numbers: list[str]) -> str:
    """SHA-256 of the revision and the numbers of the evidence, a line each: anybody can count it again."""
    return hashlib.sha256("".join(f"{line}\n" for line in [revision, *numbers]).encode()).hexdigest()


def counting(at: dt.datetime) -> dict[str, Evidence]:
    """For each suite the run that counts: the one that ended last, or a later one that should have ended long ago."""
    found: dict[str, Evidence] = {}
    for row in Evidence.objects.newest():
        if row.suite not in SUITES:
            continue
        is_open = row.outcome == Evidence.Outcome.BEGUN
        if is_open and at - row.started_at <= dt.timedelta(minutes=SUITES[row.suite].minutes + 5):
            continue  # it still runs
        if row.suite not in found or row.moment > found[row.suite].moment:
            found[row.suite] = row
    return found


def _open_waivers() -> list[Waiver]:
    return list(Waiver.objects.filter(ended_at=None).select_related("asked_by", "agreed_by"))


def _find(
    criterion: Criterion,
    evidence: Evidence | None,
    answers: Mapping[str, Answer],
    waiver: Waiver | None,
    revision: str,
    at: dt.datetime,
) -> Finding:
    if criterion.is_asked:
        judged = judging.judge_answer(answers.get(criterion.name))
    else:
        judged = judging.judge_run(criterion, run_of(criterion, evidence), revision=revision, at=at)
        if judged.state == State.NOT_RUN and not SUITES[criterion.group].has(criterion):
            judged = Judged(State.NOT_RUN, Said(_("There are no such tests yet.")))
    judged = judging.waive(judged, is_waived=waiver is not None)
    return Finding(criterion, judged, evidence, waiver if judged.state == State.WAIVED else None)


def run_of(criterion: Criterion, evidence: Evidence | None) -> Run | None:
    """What a run of the suite showed about this part of it; None when it had no test of it."""
    if evidence is None:
        return None
    part = evidence.parts.get(criterion.name)
    if part is None and evidence.is_whole:
        return None
    whole = {
        "revision": evidence.revision,
        "is_clean": evidence.is_clean,
        "is_whole": evidence.is_whole,
        "ended_at": evidence.moment,
        "figures": evidence.figures,
    }
    return Run(**whole, **(part or {}))
