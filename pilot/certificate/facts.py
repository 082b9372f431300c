"""What page, paper, Markdown and JSON all show: one plain dictionary, kept as it is when a certificate is issued."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from luckygas.said import Said
from pilot.certificate import judging
from pilot.certificate.assessment import Assessment, Finding
from pilot.certificate.criteria import CRITERIA, PARTS, Criterion
from pilot.certificate.judging import State
from pilot.certificate.suites import SUITES
from pilot.models import ReviewPlan

WORST = (State.FAIL, State.STALE, State.NOT_RUN, State.WAIVED, State.PASS)  # of several, this one is shown
FRIDAY, TEN = 4, dt.time(10)  # the weekly gate, when nobody has set another
RISKS = {  # of the parts that are asked now
    "revision": _("What was tested may not be what runs."),
    "api": _("Machines cannot order."),
    "web": _("Nobody can order."),
    "database": _("Nothing can be written."),
    "signin": _("Nobody can sign in."),
    "monitoring": _("Nobody would be told when it stops."),
    "flags": _("Nobody could be taken out in a second."),
    "documentation": _("On the bad day nobody knows what to do."),
    "backups": _("After a broken disk the records may be gone."),
    "workers": _("Messages, standing orders and billing wait."),
    "messages": _("Customers are not told."),
}


def facts_of(assessment: Assessment) -> dict[str, Any]:
    """Everything the certificate says, with sentences still in no language (see `said`)."""
    states = Counter(finding.state for finding in assessment.findings)
    return {
        "number": "",
        "issued_by": "",
        "seen_at": assessment.at.isoformat(),
        "verdict": assessment.verdict,
        "revision": assessment.revision.name,
        "is_clean": assessment.revision.is_clean,
        "red": len(assessment.red),
        "counts": {state.value: states[state] for state in State} | {"all": len(assessment.findings)},
        "findings": _findings(assessment),
        "never_run": [Said(suite.label).stored for name, suite in SUITES.items() if _never_ran(name, assessment)],
        "suites": [_suite(name, assessment) for name in SUITES],
        "components": [_component(each) for each in assessment.findings if each.criterion.is_asked],
        "requirements": [_requirement(each) for each in assessment.findings],
        "waivers": [_waiver(each) for each in assessment.findings if each.waiver],
        "review": _review(assessment),
        "evidence": [each.number for each in assessment.evidence],
        "digest": assessment.digest,
    }


def _findings(assessment: Assessment) -> list[dict[str, Any]]:
    """Why it is no: one line for each suite or part and state, what failed before what is too old or missing."""
    red = sorted(assessment.red, key=lambda each: (WORST.index(each.state), _order(each.criterion)))
    found = []
    for (state, _place), several in groupby(red, key=lambda each: (each.state, _order(each.criterion))):
        each = list(several)
        first = each[0]
        found.append(
            {
                "state": state.value,
                "what": Said(_name(first.criterion)).stored,
                "why": _why(first) if len(each) == 1 else None,
                "parts": [] if first.criterion.is_asked else [Said(one.criterion.label).stored for one in each],
                "risk": Said(_risk(first.criterion)).stored,
                "evidence": first.evidence.number if first.evidence else "",
                "is_asked": first.criterion.is_asked,
                "is_never_run": not first.criterion.is_asked and _never_ran(first.criterion.group, assessment),
            }
        )
    return found


def _never_ran(suite: str, assessment: Assessment) -> bool:
    """Whether nothing at all of a suite has run; the paper says so in one line for all of them."""
    return {each.state for each in assessment.findings if each.criterion.group == suite} == {State.NOT_RUN}


def _order(criterion: Criterion) -> tuple[int, str]:
    """Parts as they are listed, each for itself, then suites."""
    if criterion.is_asked:
        return CRITERIA.index(criterion) - len(CRITERIA), criterion.name
    return list(SUITES).index(criterion.group), criterion.group


def _name(criterion: Criterion) -> str:
    return criterion.label if criterion.is_asked else SUITES[criterion.group].label


def _risk(criterion: Criterion) -> str:
    return RISKS[criterion.name] if criterion.is_asked else SUITES[criterion.group].risk


def _why(finding: Finding) -> dict[str, Any] | None:
    return finding.judged.why.stored if finding.judged.why else None


def worst(states: list[State]) -> State:
    """Of several requirements of a suite, the state that is shown for all."""
    return min(states, key=WORST.index)


def _suite(name: str, assessment: Assessment) -> dict[str, Any]:
    """A line of the results: what counted, and the worst of its requirements."""
    suite, evidence = SUITES[name], assessment.runs.get(name)
    return {
        "suite": name,
        "label": Said(suite.label).stored,
        "risk": Said(suite.risk).stored,
        "is_there": suite.is_there,
        "state": worst([each.state for each in assessment.findings if each.criterion.group == name]).value,
        "evidence": evidence.number if evidence else "",
        "run_at": evidence.moment.isoformat() if evidence else None,
        "revision": evidence.revision if evidence else "",
        "is_clean": bool(evidence and evidence.is_clean),
        "source": evidence.source if evidence else "",
        "passed": evidence.passed if evidence else None,
        "total": evidence.total if evidence else None,
        "figures": evidence.figures if evidence else {},
    }


def _component(finding: Finding) -> dict[str, Any]:
    said = {"part": finding.criterion.name, "label": Said(finding.criterion.label).stored}
    return said | {"state": finding.state.value, "why": _why(finding)}


def _requirement(finding: Finding) -> dict[str, Any]:
    criterion = finding.criterion
    return {
        "key": criterion.key,
        "part": criterion.group,
        "name": criterion.name,
        "group": None if criterion.is_asked else Said(SUITES[criterion.group].label).stored,
        "label": Said(criterion.label).stored,
        "limits": limits_of(criterion),
        "state": finding.state.value,
        "why": _why(finding),
        "evidence": finding.evidence.number if finding.evidence and finding.state != State.NOT_RUN else "",
    }


def limits_of(criterion: Criterion) -> list[dict[str, Any]]:
    """What is wanted, in words."""
    if criterion.group == PARTS:
        return [Said(_("answers now")).stored]
    said = [
        Said(_("%(count)s scenarios"), {"count": criterion.at_least}),
        *(
            Said("%(figure)s ≤ %(most)s", {"figure": each.figure, "most": f"{each.most:g}"})
            for each in criterion.limits
        ),
        Said(_("%(days)s days"), {"days": criterion.days}),
        *([Said(_("same revision"))] if criterion.same_revision else []),
    ]
    return [each.stored for each in said]


def _waiver(finding: Finding) -> dict[str, Any]:
    waiver = finding.waiver
    assert waiver is not None  # noqa: S101  (only waived findings come here)
    return {
        "id": waiver.pk,
        "key": waiver.criterion,
        "group": None if finding.criterion.is_asked else Said(_name(finding.criterion)).stored,
        "label": Said(finding.criterion.label).stored,
        "reason": waiver.reason,
        "asked_by": str(waiver.asked_by),
        "agreed_by": str(waiver.agreed_by),
        "until_on": waiver.until.isoformat(),
    }


def _review(assessment: Assessment) -> dict[str, Any]:
    """What ops set; else the weekly gate: the next Friday at ten, and a week later somebody else decides."""
    plan = assessment.plan or weekly(assessment.at)
    return {
        "next_at": plan.review_at.isoformat(),
        "escalates_on": plan.escalates_on.isoformat(),
        "escalates_to": plan.escalates_to,
        "set_by": str(plan.by) if plan.pk else "",
        "is_overdue": plan.review_at < assessment.at,
        "is_escalated": assessment.verdict == judging.NO_GO and plan.escalates_on <= timezone.localdate(assessment.at),
    }


def weekly(at: dt.datetime) -> ReviewPlan:
    """The plan when nobody made one; it is not stored."""
    day = timezone.localdate(at)
    day += dt.timedelta(days=(FRIDAY - day.weekday()) % 7 or 7)
    review_at = timezone.make_aware(dt.datetime.combine(day, TEN))
    return ReviewPlan(review_at=review_at, escalates_on=day + dt.timedelta(days=7), escalates_to="")
