"""Cohorts: the ramp, who is in which, what they have shown, and whether anybody may come in."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import MANAGER, OPS
from pilot.enrolment import ramp
from pilot.enrolment.stages import PLATES
from pilot.forms.cohort import CohortForm, MembersForm, StartForm
from pilot.forms.why import WhyForm
from pilot.measuring import guardrails
from pilot.models import Cohort, EnrolmentPause
from pilot.models.cohort import Step
from pilot.models.enrolment import BY_HAND

ENDED = 20


@allow(OPS, MANAGER)
def cohorts(request: HttpRequest) -> HttpResponse:
    """Every cohort on its step, and whether anybody may come in."""
    return show(request, "pilot/cohorts.html", _all(WhyForm()), part="enrolment")


def _all(form: WhyForm) -> dict[str, Any]:
    ended = EnrolmentPause.objects.exclude(ended_at=None).select_related("cohort", "by", "ended_by")[:ENDED]
    found = Cohort.objects.with_sizes().select_related("area", "owner").order_by("starts_on", "pk")
    return {"cohorts": found, "pauses": EnrolmentPause.open(), "ended": ended, "form": form, "steps": Step.choices}


@allow(OPS, MANAGER)
def create_cohort(request: HttpRequest) -> HttpResponse:
    """Plan one; nobody moves by that."""
    form = CohortForm(request.POST or None, initial={"owner": request.user.pk, "operation_id": uuid.uuid4()})
    if form.is_valid():
        try:
            cohort = Cohort.plan(**form.cleaned_data)
            return done(request, cohort.get_absolute_url(), message=_("%s is planned.") % cohort)
        except Refused as refused:
            refuse(form, refused)
    return show(request, "pilot/create_cohort.html", {"form": form}, part="form", status=422 if form.is_bound else 200)


@allow(OPS, MANAGER)
def cohort(request: HttpRequest, pk: int) -> HttpResponse:
    """What it has shown so far against its limits, and who is in it."""
    return show(request, "pilot/cohort.html", _context(request, _cohort(pk)), part="verdicts")


def _cohort(pk: int) -> Cohort:
    return get_object_or_404(Cohort.objects.with_sizes().select_related("area", "owner"), pk=pk)


def _context(request: HttpRequest, found: Cohort, **forms: Any) -> dict[str, Any]:
    inside = found.inside.select_related("customer", "by").order_by("customer__number")
    may_force = MANAGER in person(request).roles
    return {
        "cohort": found,
        "steps": Step.choices,
        "verdicts": guardrails.verdicts(found),
        "gate": ramp.Gate.to(found.step) if found.state == Cohort.State.PLANNED else None,
        "pauses": EnrolmentPause.open(),
        "members": inside[:200],
        "plates": PLATES,
        "start_form": StartForm(may_force=may_force),
        "close_form": WhyForm(auto_id="close_%s"),
        "members_form": MembersForm(),
    } | forms


@allow(OPS, MANAGER)
@require_POST
def start_cohort(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it begin: the gate to its step is open, or a manager goes past."""
    found, form = _cohort(pk), StartForm(request.POST, may_force=MANAGER in person(request).roles)
    if form.is_valid():
        try:
            ramp.start(found, by=person(request), **form.cleaned_data)
            return done(request, found.get_absolute_url(), changed=f"cohort {pk}", message=_("%s has begun.") % found)
        except Refused as refused:
            refuse(form, refused)
    return show(request, "pilot/cohort.html", _context(request, found, start_form=form), part="start", status=422)


@allow(OPS, MANAGER)
@require_POST
def close_cohort(request: HttpRequest, pk: int) -> HttpResponse:
    """It is over; everybody stays in their stage."""
    found, form = _cohort(pk), WhyForm(request.POST, auto_id="close_%s")
    if form.is_valid():
        try:
            found.close(by=person(request), why=form.cleaned_data["reason"])
            return done(request, found.get_absolute_url(), changed=f"cohort {pk}", message=_("%s is closed.") % found)
        except Refused as refused:
            refuse(form, refused)
    return show(request, "pilot/cohort.html", _context(request, found, close_form=form), part="close", status=422)


@allow(OPS, MANAGER)
@require_POST
def add_members(request: HttpRequest, pk: int) -> HttpResponse:
    """Put customers into it, all or none."""
    found, form = _cohort(pk), MembersForm(request.POST)
    if form.is_valid():
        try:
            count = found.add(form.cleaned_data["numbers"], by=person(request))
            told = ngettext("%(count)s customer came in.", "%(count)s customers came in.", count) % {"count": count}
            return done(request, found.get_absolute_url(), changed=f"cohort {pk}", message=told)
        except Refused as refused:
            refuse(form, refused)
    return show(request, "pilot/cohort.html", _context(request, found, members_form=form), part="add", status=422)


@allow(OPS, MANAGER)
@require_POST
def remove_member(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Take one out; their stage stays."""
    found = _cohort(pk)
    member = get_object_or_404(found.inside.select_related("customer"), customer__number=number)
    found.remove(member.customer, by=person(request), why=request.POST.get("reason", "") or _("taken out"))
    return done(request, found.get_absolute_url(), changed=f"cohort {pk}", message=_("They are out of it."))


@allow(OPS, MANAGER)
@require_POST
def pause_enrolment(request: HttpRequest) -> HttpResponse:
    """Nobody comes in from now on; one person is enough."""
    form = WhyForm(request.POST)
    if form.is_valid():
        EnrolmentPause.pause(measure=BY_HAND, said=form.cleaned_data["reason"], by=person(request))
        return done(request, reverse("pilot:cohorts"), changed="enrolment 0", message=_("Enrolment is paused."))
    return show(request, "pilot/cohorts.html", _all(form), part="enrolment", status=422)


@allow(OPS, MANAGER)
@require_POST
def resume_enrolment(request: HttpRequest) -> HttpResponse:
    """They may come in again; refused while a limit is still passed."""
    form = WhyForm(request.POST)
    if form.is_valid():
        try:
            guardrails.resume(by=person(request), why=form.cleaned_data["reason"])
            told = _("Customers may come in again.")
            return done(request, reverse("pilot:cohorts"), changed="enrolment 0", message=told)
        except Refused as refused:
            refuse(form, refused)
    return show(request, "pilot/cohorts.html", _all(form), part="enrolment", status=422)
