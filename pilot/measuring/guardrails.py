"""Guardrails: what is measured held against its limit. Not enough to go by is never a pass.

A breach stops enrolment; it never moves anybody who is live.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Said, Words
from luckygas.said import Said as _
from orders.models import Order
from pilot.measuring import minutes
from pilot.measuring.minutes import Levels, Sums
from pilot.models import Cohort, EnrolmentPause, Guardrail, Measure, watch
from pilot.models.enrolment import BY_HAND

PASS, FAIL, NONE = "pass", "fail", "none"
SHARES = frozenset({Measure.ERRORS, Measure.P95, Measure.LATE})  # of a sample; of the others each single one counts
EVERYBODY = _("everybody")
UNITS = {Measure.ERRORS: "%", Measure.P95: " ms", Measure.LATE: "%"}


@dataclass(frozen=True)
class Verdict:
    """One line of a cohort's page: what it is now, what it may be, how much there is to go by, and what that means."""

    measure: str
    word: Words
    now: str
    limit: str
    sample: str
    state: str


def judge(rail: Guardrail, value: float | None, sample: int, *, least: int) -> str:
    """A share needs its sample either way. What must not be there is too much at once, and enough never too early."""
    if value is None or (rail.measure in SHARES and sample < least):
        return NONE
    if value > rail.most:
        return FAIL
    return PASS if sample >= least else NONE


def value_of(measure: str, sums: Sums, levels: Levels | None) -> tuple[float | None, int]:
    """What a measure is, and how many requests or deliveries that is of."""
    if measure == Measure.ERRORS:
        return sums.error_share, sums.requests
    if measure == Measure.P95:
        return sums.p95_ms, sums.requests
    if measure == Measure.LATE:
        return sums.late_share, sums.delivered
    if levels is None:
        return None, sums.delivered
    names = {
        Measure.MONEY: levels.unreconciled_twd, Measure.REVIEWS: levels.open_reviews,
        Measure.COMPLAINTS: levels.complaints,
    }  # fmt: skip
    return names[Measure(measure)], sums.delivered


def said(measure: str, value: float | None) -> str:
    """`0.4%`, `142 ms`, `NT$820`, `3`."""
    if value is None:
        return "–"
    if measure == Measure.MONEY:
        return f"NT${value:,.0f}"
    number = f"{value:.1f}" if UNITS.get(Measure(measure)) == "%" and value != int(value) else f"{value:,.0f}"
    return f"{number}{UNITS.get(Measure(measure), '')}"


def verdicts(cohort: Cohort, at: dt.datetime | None = None) -> list[Verdict]:
    """Everything the gate asks of a cohort, over its whole time; of a closed one as it was at its end."""
    at = cohort.closed_at or at or timezone.now()
    since = cohort.started_at or at
    of_it = minutes.sums(since, at, cohort=cohort.pk).get(cohort.pk, Sums())
    levels = minutes.levels(at).get(cohort.pk)
    found = [orders_verdict(cohort, at)]
    for rail in Guardrail.all():
        value, sample = value_of(rail.measure, of_it, levels)
        found.append(
            Verdict(
                measure=rail.measure,
                word=Measure(rail.measure).label,
                now=said(rail.measure, value),
                limit=f"≤ {said(rail.measure, float(rail.most))}",
                sample=f"{sample:,} / {rail.least:,}",
                state=judge(rail, value, sample, least=rail.least),
            )
        )
    return found


def orders_verdict(cohort: Cohort, at: dt.datetime) -> Verdict:
    """Whether enough orders came, and enough days went by: days alone prove nothing."""
    orders = orders_of(cohort, at)
    is_enough = orders >= cohort.expected_orders and cohort.days >= cohort.planned_days
    return Verdict(
        measure="orders",
        word=_("Enough orders"),
        now=f"{orders:,}",
        limit=f"≥ {cohort.expected_orders:,}",
        sample=str(_("%(days)s / %(planned)s days") % {"days": cohort.days, "planned": cohort.planned_days}),
        state=PASS if is_enough else NONE,
    )


def orders_of(cohort: Cohort, at: dt.datetime) -> int:
    """Orders of its members since it began, those that were cancelled left out."""
    if cohort.started_at is None:
        return 0
    inside = cohort.inside.values("customer")
    came = Order.objects.filter(customer__in=inside, placed_at__range=(cohort.started_at, at))
    return came.exclude(state=Order.State.CANCELLED).count()


# --- breaches --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Breach:
    """A limit that was passed lately: of a cohort, or of everything that this system answers (no cohort)."""

    cohort: Cohort | None
    measure: str
    said: Said

    @property
    def key(self) -> tuple[int | None, str]:
        return (self.cohort.pk if self.cohort else None, self.measure)


def breaches(at: dt.datetime | None = None) -> list[Breach]:
    """Every limit that is passed now, for each running cohort and for everybody together."""
    at = at or timezone.now()
    running: list[Cohort | None] = [*Cohort.objects.running()]
    if not running:
        return []
    rails, levels = Guardrail.all(), minutes.levels(at)
    spans = {(rail.minutes, rail.measure == Measure.LATE) for rail in rails}
    lately = {(n, late): minutes.sums(at - dt.timedelta(minutes=n), at, delivered=late) for n, late in spans}
    found = []
    for rail in rails:
        of = lately[rail.minutes, rail.measure == Measure.LATE]
        for cohort in [*running, None] if rail.measure in {Measure.ERRORS, Measure.P95} else running:
            mine = of.get(cohort.pk, Sums()) if cohort else sum(of.values(), Sums())
            value, sample = value_of(rail.measure, mine, levels.get(cohort.pk) if cohort else None)
            if judge(rail, value, sample, least=rail.least_lately) == FAIL:
                found.append(Breach(cohort, rail.measure, passed(rail.measure, value, float(rail.most), cohort)))
    return found


def passed(measure: str, value: float | None, most: float, cohort: Cohort | None = None) -> Said:
    """A limit is passed, in words: by a cohort, or by everybody together."""
    words = {"who": cohort.name if cohort else EVERYBODY, "what": Measure(measure).label}
    words |= {"now": said(measure, value), "most": said(measure, most)}
    return _("%(who)s: %(what)s %(now)s, at most %(most)s") % words


def look(at: dt.datetime | None = None) -> list[Breach]:
    """Measure, and stop enrolment for every breach that did not stop it yet. Nobody who is live is moved."""
    minutes.write_facts(at)
    stopped = {(pause.cohort_id, pause.measure) for pause in EnrolmentPause.open()}
    fresh = [breach for breach in breaches(at) if breach.key not in stopped]
    for breach in fresh:
        EnrolmentPause.pause(measure=breach.measure, said=breach.said, cohort=breach.cohort)
    return fresh


def resume(*, by: User, why: str) -> int:
    """A person lets customers in again; refused while a limit is still passed."""
    if still := breaches():
        what = {"what": [breach.said for breach in still]}
        raise Refused(_("A limit is still passed: %(what)s.") % what, code="still_breached")
    return EnrolmentPause.resume(by=by, why=why)


@watch("guardrail")
def breached() -> dict[str, Said]:
    """Guardrails that stopped enrolment, until a person resumed it."""
    opened = EnrolmentPause.objects.filter(~Q(measure=BY_HAND), ended_at=None).select_related("cohort")
    return {f"{pause.measure} {pause.cohort or '*'}": pause.said for pause in opened}
