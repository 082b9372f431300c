"""The judge: a requirement, the run or the answer there is for it, and a waiver, to one of five states.

Nothing here asks anybody anything. tests/pilot/test_mutants.py changes each line of it and must notice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_noop as _

from luckygas.said import Said
from pilot.certificate.criteria import Criterion


class State(StrEnum):
    """Of a requirement. Only the first and the last let anybody go."""

    PASS = "PASS"  # noqa: S105  (no password)
    FAIL = "FAIL"
    STALE = "STALE"
    NOT_RUN = "NOT RUN"
    WAIVED = "WAIVED"


GO, NO_GO = "GO", "NO-GO"


@dataclass(frozen=True)
class Run:
    """What one run of a suite showed about one requirement."""

    revision: str
    is_clean: bool
    is_whole: bool
    ended_at: dt.datetime
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    errors: int = 0
    scenarios: int = 0
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.passed + self.failed + self.skipped + self.errors


@dataclass(frozen=True)
class Answer:
    """What a part of the system said when it was asked."""

    state: State
    why: Said | None = None


@dataclass(frozen=True)
class Judged:
    """A requirement, its state, and why it is not passed."""

    state: State
    why: Said | None = None


def judge_run(criterion: Criterion, run: Run | None, *, revision: str, at: dt.datetime) -> Judged:
    """Red is red whatever its age; what was green must be of this revision, and not too old."""
    if run is None:
        return Judged(State.NOT_RUN, Said(_("Never run.")))
    if not run.is_whole:
        return Judged(State.FAIL, Said(_("The run did not come to its end.")))
    if run.failed + run.errors > 0:
        said = {"count": run.failed + run.errors, "total": run.total}
        return Judged(State.FAIL, Said(_("%(count)s of %(total)s failed."), said))
    if run.skipped > 0:
        return Judged(State.FAIL, Said(_("%(count)s skipped, which is not passed."), {"count": run.skipped}))
    if run.scenarios < criterion.at_least:
        said = {"count": run.scenarios, "least": criterion.at_least}
        return Judged(State.FAIL, Said(_("%(count)s scenarios of at least %(least)s."), said))
    for limit in criterion.limits:
        value = run.figures.get(limit.figure)
        if value is None or value > limit.most:
            words = {"figure": limit.figure, "value": value, "most": f"{limit.most:g}"}
            return Judged(State.FAIL, Said(_("%(figure)s is %(value)s, at most %(most)s."), words))
    if criterion.same_revision and not run.is_clean:
        return Judged(State.STALE, Said(_("It ran with changes that no revision has.")))
    if criterion.same_revision and run.revision != revision:
        return Judged(State.STALE, Said(_("It ran at another revision, %(name)s."), {"name": run.revision[:8] or "–"}))
    age = at - run.ended_at
    if age > dt.timedelta(days=criterion.days):
        return Judged(
            State.STALE, Said(_("%(age)s days old, at most %(days)s."), {"age": age.days, "days": criterion.days})
        )
    return Judged(State.PASS)


def judge_answer(answer: Answer | None) -> Judged:
    """Who says nothing in time does not answer."""
    if answer is None:
        return Judged(State.FAIL, Said(_("No answer in time.")))
    return Judged(answer.state, answer.why)


def waive(judged: Judged, *, is_waived: bool) -> Judged:
    """A waiver stands in for a pass; what passed by itself needs none."""
    if is_waived and judged.state != State.PASS:
        return Judged(State.WAIVED, judged.why)
    return judged


def verdict(states: Iterable[State], *, wanted: int) -> str:
    """GO only when all that is wanted was judged, and each is passed or waived."""
    judged = list(states)
    if len(judged) == wanted and all(state in (State.PASS, State.WAIVED) for state in judged):
        return GO
    return NO_GO
