"""Customers by stage, one customer's way through the pilot, and moving one or many."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.models import Customer
from customers.models.customer import Stage
from luckygas.access import allow, note_read, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import MANAGER, OPS
from pilot.enrolment import guards, moving
from pilot.enrolment.stages import PAGE, PLATES, Stages, cohorts_of, way_of
from pilot.forms.stages import MoveForm, MoveManyForm, StageFilterForm
from pilot.models import Approval, MassMove


@allow(OPS, MANAGER)
def customers(request: HttpRequest) -> HttpResponse:
    """Everybody with their stage and cohort, fifty to a page."""
    stages = Stages.of(StageFilterForm(request.GET), page=request.GET.get("page"))
    context = {"stages": stages, "plates": PLATES, "moves": MassMove.objects.select_related("by", "cohort")[:5]}
    return show(request, "pilot/customers.html", context, part="stage-list")


@allow(OPS, MANAGER)
def customer(request: HttpRequest, number: int) -> HttpResponse:
    """One customer's way through the pilot, and where they can go; the look is written down."""
    found = get_object_or_404(Customer, number=number)
    note_read(request, "customer", found.pk)
    return show(request, "pilot/customer.html", _context(request, found, _form(request, found)))


@allow(OPS, MANAGER)
@require_POST
def move(request: HttpRequest, number: int) -> HttpResponse:
    """Move one customer, when every guard agrees or a manager goes past it."""
    found = get_object_or_404(Customer, number=number)
    form = _form(request, found, request.POST)
    if form.is_valid():
        try:
            guards.move(found, form.cleaned_data["to"], by=person(request), **form.values)
            told = _("%(name)s: %(stage)s.") % {"name": found.name, "stage": found.get_stage_display()}
            here = reverse("pilot:customer", args=[number])
            return done(request, here, changed=f"customer {number}", message=told)
        except Refused as refused:
            refuse(form, refused)
    return show(request, "pilot/customer.html", _context(request, found, form), part="form", status=422)


def _form(request: HttpRequest, found: Customer, typed: Any = None) -> MoveForm:
    return MoveForm.for_one(typed, found, may_force=_is_manager(request))


def _context(request: HttpRequest, found: Customer, form: MoveForm) -> dict[str, Any]:
    asked = guards.Guards()
    against = {str(Stage(end).label): asked.against(found, end) for end, _word in form.fields["to"].choices}  # type: ignore[attr-defined]
    return {
        "customer": found,
        "plate": PLATES[Stage(found.stage)],
        "way": way_of(found),
        "times": cohorts_of(found),
        "against": {word: refused for word, refused in against.items() if refused},
        "form": form,
    }


@allow(OPS, MANAGER)
def move_many(request: HttpRequest) -> HttpResponse:
    """Ask to move those that the list shows; a second person agrees before anybody moves."""
    chosen = StageFilterForm(request.GET)
    found = chosen.chosen()
    form = MoveManyForm.for_many(request.POST or None, found, may_force=_is_manager(request))
    if form.is_valid():
        data: dict[str, Any] = {"operation_id": form.cleaned_data["operation_id"], "cohort": chosen.of_cohort}
        try:
            drawn = moving.ask(form.cleaned_data["to"], found, by=person(request), **data, **form.values)
            return done(request, drawn.get_absolute_url(), message=_("A second person must agree now."))
        except Refused as refused:
            refuse(form, refused)
    context = {"form": form, "chosen": chosen, "count": found.count()}
    return show(request, "pilot/move_many.html", context, part="form", status=422 if form.is_bound else 200)


def _is_manager(request: HttpRequest) -> bool:
    return MANAGER in person(request).roles


@allow(OPS, MANAGER)
def mass_move(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, and what became of each customer: those that were refused first."""
    drawn = get_object_or_404(MassMove.objects.select_related("by", "agreed_by", "cohort"), pk=pk)
    rows = drawn.rows.select_related("customer").order_by("-outcome", "pk")
    counts = drawn.counts()
    total = sum(counts.values())
    asked = Approval.objects.filter(kind=moving.KIND, subject=str(pk)).order_by("-pk").first()
    context = {
        "move": drawn,
        "approval": asked,
        "is_dead": bool(asked and drawn.state == MassMove.State.ASKED and (asked.outcome or not asked.is_current)),
        "counts": counts,
        "total": total,
        "settled": total - counts["waiting"],
        "share": 100 * (total - counts["waiting"]) // max(total, 1),
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
    }
    return show(request, "pilot/mass_move.html", context, part="progress")
