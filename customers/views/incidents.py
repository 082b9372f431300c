"""Leaks and complaints: open, taken by somebody, closed with how it ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.forms.incident import CloseForm, IncidentForm, NoteForm
from customers.models import Customer, Incident, IncidentEvent, LeakCheck, OnCall, Site
from luckygas.access import allow, note_read, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER

PAGE = "customers/incident.html"
CLOSED_SHOWN = 20


@allow(DISPATCHER, MANAGER)
def incidents(request: HttpRequest) -> HttpResponse:
    """What is open, leaks first; below it what was closed lately."""
    return show(request, "customers/incidents.html", _lists(), part="incident-list")


@allow(DISPATCHER, MANAGER)
def alarm(request: HttpRequest) -> HttpResponse:
    """The red plate in the office's bar, fetched again when an incident changes."""
    return show(request, "customers/incidents.html", _lists(), part="alarm")


def _lists() -> dict[str, Any]:
    found = Incident.objects.select_related("customer", "site", "owner", "opened_by")
    return {
        "open": found.filter(closed_at=None).order_by("-kind", "opened_at"),
        "closed": found.exclude(closed_at=None).order_by("-closed_at")[:CLOSED_SHOWN],
    }


@allow(DISPATCHER, MANAGER)
def open_incident(request: HttpRequest) -> HttpResponse:
    """F8: the five steps to read out; the first one pressed, or what they said, opens it.

    `?customer=` and `?site=` name the caller.
    """
    customer, site = _caller(request)
    form = IncidentForm(request.POST or None)
    if form.is_valid():
        incident = _open(request, form.cleaned_data, customer, site)
        told = _("Written down. It stays red until somebody closes it.")
        return done(request, _url(incident), changed=f"incident {incident.pk}", message=told)
    status = 422 if request.method == "POST" else 200
    context = {"customer": customer, "site": site, "form": form, "steps": _steps([])}
    return show(request, "customers/leak.html", context, part="form", status=status)


def _open(request: HttpRequest, data: dict[str, Any], customer: Customer | None, site: Site | None) -> Incident:
    by = person(request)
    facts = {"kind": data["kind"], "text": data["text"], "customer": customer, "site": site}
    incident = Incident.open(**facts, by=by, cause=("desk", data["operation_id"]))
    if data["step"]:
        incident.step(data["step"], by=by)
    return incident


def _caller(request: HttpRequest) -> tuple[Customer | None, Site | None]:
    number, pk = request.GET.get("customer", ""), request.GET.get("site", "")
    if not number.isdecimal():
        return None, None
    customer = get_object_or_404(Customer.objects.visible_to(person(request)), number=number)
    note_read(request, "customer", customer.pk)
    return customer, customer.sites.filter(pk=pk).first() if pk.isdecimal() else None


def _steps(events: list[IncidentEvent]) -> list[tuple[str, Any, IncidentEvent | None]]:
    """The five of the script, each with its stamp once it was done."""
    stamps = {event.step: event for event in events if event.step}
    return [(value, word, stamps.get(value)) for value, word in IncidentEvent.Step.choices]


# --- one of them ----------------------------------------------------------------------------------------------------
@allow(DISPATCHER, MANAGER)
def incident(request: HttpRequest, pk: int) -> HttpResponse:
    """The script with its stamps, who was paged and who answered, and what may be done."""
    found = _incident(pk)
    if found.customer_id:
        note_read(request, "customer", found.customer_id)
    return show(request, PAGE, _context(found), part="incident")


def _incident(pk: int) -> Incident:
    return get_object_or_404(Incident.objects.select_related("customer", "site", "owner", "opened_by"), pk=pk)


def _url(incident: Incident) -> str:
    return reverse("customers:incident", args=[incident.pk])


def _context(incident: Incident, **more: Any) -> dict[str, Any]:
    events = list(incident.events.select_related("person", "by"))
    return {
        "incident": incident,
        "events": [event for event in events if not event.step],
        "steps": _steps(events),
        "on_call": [] if incident.closed_at else list(OnCall.objects.select_related("person")),
        "awaits_check": incident.is_leak and incident.site and LeakCheck.is_awaited_at(incident.site),
        "note_form": NoteForm(),
        "close_form": CloseForm(),
    } | more


def _act(request: HttpRequest, pk: int, verb: Callable[[Incident], object], sentence: str, form: Any = None) -> Any:
    """Do it and show the incident again; refused, with the sentence at the form or on top."""
    found = _incident(pk)
    name = {NoteForm: "note_form", CloseForm: "close_form"}.get(type(form))
    more: dict[str, Any] = {name: form} if name else {}
    if form is None or form.is_valid():
        try:
            verb(found)
        except Refused as refused:
            refuse(form, refused) if form else more.update(refused=refused.sentence)
        else:
            context = _context(_incident(pk))
            here: dict[str, Any] = {"template": PAGE, "part": "incident", "context": context}
            return done(request, _url(found), changed=f"incident {pk}", message=sentence, **here)
    return show(request, PAGE, _context(_incident(pk), **more), part="incident", status=422)


@allow(DISPATCHER, MANAGER)
@require_POST
def step_incident(request: HttpRequest, pk: int) -> HttpResponse:
    """They did one of the five."""
    step = request.POST.get("step", "")
    return _act(request, pk, lambda found: found.step(step, by=person(request)), "")


@allow(DISPATCHER, MANAGER)
@require_POST
def note_incident(request: HttpRequest, pk: int) -> HttpResponse:
    form = NoteForm(request.POST)
    text = form.data.get("text", "")
    return _act(request, pk, lambda found: found.note(text, by=person(request)), _("Written down."), form)


@allow(DISPATCHER, MANAGER)
@require_POST
def acknowledge_incident(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody on call answered."""
    _incident(pk)
    number = request.POST.get("person", "")
    who = get_object_or_404(OnCall.objects.select_related("person"), pk=number if number.isdecimal() else 0).person
    words = _("%(name)s looks after it.") % {"name": who}
    return _act(request, pk, lambda found: found.acknowledge(who, by=person(request)), words)


@allow(DISPATCHER, MANAGER)
@require_POST
def take_incident(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, lambda found: found.take(by=person(request)), _("It is yours now."))


@allow(DISPATCHER, MANAGER)
@require_POST
def close_incident(request: HttpRequest, pk: int) -> HttpResponse:
    form = CloseForm(request.POST)
    outcome = form.data.get("outcome", "")
    return _act(request, pk, lambda found: found.close(by=person(request), outcome=outcome), _("Closed."), form)
