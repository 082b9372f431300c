"""Evidence that is complete, and the same with one thing wrong."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from luckygas.models import User
from pilot.certificate.assessment import Assessment
from pilot.certificate.criteria import CRITERIA, Criterion
from pilot.certificate.judging import Answer, State
from pilot.certificate.revision import Revision
from pilot.certificate.suites import SUITES, Suite
from pilot.models import Evidence

HERE = Revision("a" * 40, is_clean=True)
ELSEWHERE = "b" * 40
TESTED = [criterion for criterion in CRITERIA if not criterion.is_asked]
ASKED = [criterion for criterion in CRITERIA if criterion.is_asked]
ALL_ANSWER = {criterion.name: Answer(State.PASS) for criterion in ASKED}


def counts(criterion: Criterion, **more: int) -> dict[str, int]:
    """A part that has just as many scenarios as are wanted."""
    least = criterion.at_least
    return {"passed": least, "failed": 0, "skipped": 0, "errors": 0, "scenarios": least} | more


def row(suite: Suite, by: User, **more: Any) -> Evidence:
    """A run of a suite that is as it must be."""
    ended_at = timezone.now() - dt.timedelta(hours=1)
    parts = {criterion.name: counts(criterion) for criterion in suite.criteria}
    values = {
        "suite": suite.name,
        "outcome": "finished",
        "by": by,
        "started_at": ended_at - dt.timedelta(minutes=3),
        "ended_at": ended_at,
        "revision": HERE.name,
        "is_clean": True,
        "command": "pytest",
        "exit_code": 0,
        "parts": parts,
        "passed": sum(part["passed"] for part in parts.values()),
        "figures": {limit.figure: limit.most for criterion in suite.criteria for limit in criterion.limits},
        "report_sha256": "0" * 64,
        "run": uuid.uuid4(),
    }
    return Evidence(**values | more)


def stored(by: User, *, without: str = "", **changed: Evidence) -> list[Evidence]:
    """A run of every suite; some other than usual, one not at all."""
    rows = [changed.get(name) or row(suite, by) for name, suite in SUITES.items() if name != without]
    return Evidence.objects.bulk_create(rows)


def assess(**answers: Answer | None) -> Assessment:
    """What is true when every part answers, but for those that say something else; None says nothing."""
    said = {name: answer for name, answer in (ALL_ANSWER | answers).items() if answer is not None}
    return Assessment.now(answers=said, revision=HERE)
