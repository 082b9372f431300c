"""Leaks and complaints: open, taken by somebody, closed with how it ended."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.forms.incident import CloseForm, IncidentForm
from customers.models import Customer, Incident, Site
from luckygas.access import allow, note_read
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER

CLOSED_SHOWN = 20


@allow(DISPATCHER, MANAGER)
def incidents(request: HttpRequest) -> HttpResponse:
    """What is open, leaks first; below it what was closed lately."""
    return show(request, "customers/incidents.html", _context(), part="incident-list")


@allow(DISPATCHER, MANAGER)
def alarm(request: HttpRequest) -> HttpResponse:
    """The red plate in the office's bar, fetched again when an incident changes."""
    return show(request, "customers/incidents.html", _context(), part="alarm")


def _context(**more: Any) -> dict[str, Any]:
    found = Incident.objects.select_related("customer", "site", "owner", "opened_by")
    return {
        "open": found.filter(closed_at=None).order_by("-kind", "opened_at"),
        "closed": found.exclude(closed_at=None).order_by("-closed_at")[:CLOSED_SHOWN],
        "form": CloseForm(),
    } | more


@allow(DISPATCHER, MANAGER)
def open_incident(request: HttpRequest) -> HttpResponse:
    """F8: the five steps to read out, then what they said. `?customer=` and `?site=` name the caller."""
    customer, site = _caller(request)
    form = IncidentForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        incident = Incident.open(
            kind=data["kind"],
            text=data["text"],
            by=request.user,  # type: ignore[arg-type]
            customer=customer,
            site=site,
            cause=("desk", data["operation_id"]),
        )
        told = _("Written down. It stays red until somebody closes it.")
        return done(request, reverse("customers:incidents"), changed=f"incident {incident.pk}", message=told)
    status = 422 if request.method == "POST" else 200
    context = {"customer": customer, "site": site, "form": form}
    return show(request, "customers/leak.html", context, part="form", status=status)


def _caller(request: HttpRequest) -> tuple[Customer | None, Site | None]:
    number, pk = request.GET.get("customer", ""), request.GET.get("site", "")
    if not number.isdecimal():
        return None, None
    customer = get_object_or_404(Customer.objects.visible_to(request.user), number=number)  # type: ignore[arg-type]
    note_read(request, "customer", customer.pk)
    return customer, customer.sites.filter(pk=pk).first() if pk.isdecimal() else None


@allow(DISPATCHER, MANAGER)
@require_POST
def take_incident(request: HttpRequest, pk: int) -> HttpResponse:
    incident = get_object_or_404(Incident, pk=pk)
    try:
        incident.take(by=request.user)  # type: ignore[arg-type]
    except Refused as refused:
        context = _context(refused=str(refused))
        return show(request, "customers/incidents.html", context, part="incident-list", status=422)
    return _done(request, incident, _("It is yours now."))


@allow(DISPATCHER, MANAGER)
@require_POST
def close_incident(request: HttpRequest, pk: int) -> HttpResponse:
    incident, form = get_object_or_404(Incident, pk=pk), CloseForm(request.POST)
    if form.is_valid():
        try:
            incident.close(by=request.user, outcome=form.cleaned_data["outcome"])  # type: ignore[arg-type]
            return _done(request, incident, _("Closed."))
        except Refused as refused:
            refuse(form, refused)
    context = _context(form=form, closing=incident)
    return show(request, "customers/incidents.html", context, part="incident-list", status=422)


def _done(request: HttpRequest, incident: Incident, sentence: str) -> HttpResponse:
    here: dict[str, Any] = {"template": "customers/incidents.html", "part": "incident-list", "context": _context()}
    return done(request, reverse("customers:incidents"), changed=f"incident {incident.pk}", message=sentence, **here)
