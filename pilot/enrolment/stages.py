"""One page of the customers with their stage and cohort, and one customer's way through the pilot."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, Subquery

from customers.models import Customer, StageMove
from customers.models.customer import Stage
from customers.querysets import CustomerQuerySet
from luckygas.models import User
from luckygas.said import spoken
from pilot.forms.stages import StageFilterForm
from pilot.models import CohortMember

PAGE = 50
PLATES = {
    Stage.LEGACY: "legacy", Stage.IMPORTED: "none", Stage.SHADOW: "planned", Stage.LIVE: "out",
    Stage.SETTLED: "delivered", Stage.ROLLED_BACK: "failed",
}  # fmt: skip


@dataclass(frozen=True)
class Stages:
    """What the list shows: fifty customers, and how many of those that were chosen are in which stage."""

    form: StageFilterForm
    page: Page[Customer]
    counts: list[tuple[str, str, int]]

    @classmethod
    def of(cls, form: StageFilterForm, *, page: str | None) -> Stages:
        """In two queries beside those of the form."""
        chosen = form.chosen()
        found = dict(chosen.order_by().values_list("stage").annotate(Count("pk")))
        paginator = Paginator(chosen if "text" in form.asked else chosen.order_by("number"), PAGE)
        paginator.count = sum(found.values())
        shown = paginator.get_page(page)
        found_here: CustomerQuerySet = shown.object_list  # type: ignore[assignment]  # a slice of what was chosen
        fifty = Customer.objects.filter(pk__in=found_here.values("pk"))
        shown.object_list = _with_more(fifty).order_by(*found_here.query.order_by)
        counts = [(stage.value, str(stage.label), found[stage]) for stage in Stage if stage in found]
        return cls(form, shown, counts)


def _with_more(customers):  # noqa: ANN001, ANN202  (querysets of customers)
    """Each with its area, its cohort and since when it is where it is."""
    inside = CohortMember.objects.inside().filter(customer=OuterRef("pk"))
    moves = StageMove.objects.filter(customer=OuterRef("pk")).order_by("-pk")
    return customers.with_area().annotate(
        cohort_id=Subquery(inside.values("cohort")[:1]),
        cohort_name=Subquery(inside.values("cohort__name")[:1]),
        since=Subquery(moves.values("at")[:1]),
    )


@dataclass(frozen=True)
class Passage:
    """One move of a customer, as it is told: from where to where, who, why, and the guards that were gone past."""

    at: dt.datetime
    start: str
    end: str
    plate: str
    by: User | None
    reason: str
    guards: list[dict[str, str]]


def way_of(customer: Customer) -> list[Passage]:
    """Every move, newest first, in one query."""
    moves = customer.stage_moves.select_related("by", "forced").order_by("-pk")
    return [
        Passage(
            at=move.at,
            start=str(Stage(move.from_stage).label),
            end=str(Stage(move.to_stage).label),
            plate=PLATES[Stage(move.to_stage)],
            by=move.by,
            reason=move.reason,
            guards=spoken(move.forced.guards) if hasattr(move, "forced") else [],
        )
        for move in moves
    ]


def cohorts_of(customer: Customer) -> list[CohortMember]:
    """The cohorts a customer is and was in, the newest first."""
    return list(customer.cohort_times.select_related("cohort").order_by(F("left_at").desc(nulls_first=True)))
