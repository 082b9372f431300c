"""The driver's phone: the route, the load, one visit, and the end of the day. Each tap becomes a driver event."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from deliveries import rounds
from deliveries.forms.amend import SeenForm
from deliveries.forms.drive import CloseForm, DepartForm, FailForm, PhotoReport, ReportForm
from deliveries.forms.payment import PaymentForm
from deliveries.forms.shift import SosForm
from deliveries.forms.visit import CollectForm, HandoverForm
from deliveries.models import DriverEvent, Route, Stop
from deliveries.reporting.photos import keep_photo
from deliveries.tags import tags_at_door, tags_to_load
from deliveries.views.legacy import visit_legacy
from deliveries.views.positions import shares
from deliveries.views.telling import after, current, tell
from deliveries.views.worker import in_pocket
from luckygas.access import allow, note_read, person
from luckygas.db import derived_id
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DRIVER

Kind = DriverEvent.Kind


@allow(DRIVER)
def drive(request: HttpRequest) -> HttpResponse:
    """Today's route: the next stop big, then the others, then what is done."""
    route = Route.objects.current(person(request), on=timezone.localdate())
    context = rounds.of_route(route) if route else {}
    context["visits"] = [(stop, ReportForm()) for stop in context.get("todo", ())]  # arriving is a report of each stop
    if route and (asked := context.get("asked")):
        context["seen"] = SeenForm(route=route, initial={"numbers": ",".join(str(each["number"]) for each in asked)})
    context |= in_pocket(request, route, context)
    return show(request, "deliveries/drive.html", context, part="drive-route")


@allow(DRIVER)
def load(request: HttpRequest) -> HttpResponse:
    """What goes on the vehicle, with its weight; from here it departs."""
    route = current(request)
    form = DepartForm(request.POST or None, route=route)
    if request.method == "POST" and form.is_valid():
        try:
            event = tell(request, form, Kind.DEPART)
            return after(request, event, _("On the road. %(code)s has left.") % {"code": route.code})
        except Refused as refused:
            refuse(form, refused)
    status = 422 if form.is_bound else 200
    context = {"route": route, "form": form, "tags": tags_to_load(route, form.products)}
    return show(request, "deliveries/load.html", context, status=status)


@allow(DRIVER)
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit: arrive, then hand over or collect."""
    visit = _visit(request, pk)
    kind = request.POST.get("kind", "")
    if request.method != "POST":
        note_read(request, "customer", visit.site.customer_id)
    elif kind == Kind.ARRIVE:
        return _arrive(request, visit)
    if visit.kind == Stop.Kind.LEGACY:
        return visit_legacy(request, visit)
    if request.method != "POST":
        return _show_visit(request, visit, _visit_form(visit))
    form = _visit_form(visit, request.POST, request.FILES)
    if form.is_valid():
        try:
            event = tell(request, form, _kind_of(form), stop=visit)
            _keep_photo(request, visit, form, event)
            return after(request, event, _("Stop %(number)s is done.") % {"number": visit.position})
        except Refused as refused:
            refuse(form, refused)
    return _show_visit(request, visit, form, status=422)


@allow(DRIVER)
def fail(request: HttpRequest, pk: int) -> HttpResponse:
    """Could not deliver: why, and what happens next."""
    visit = _visit(request, pk)
    form = FailForm(request.POST or None, request.FILES or None, initial={"reason": request.GET.get("reason")})
    if request.method == "POST" and form.is_valid():
        try:
            event = tell(request, form, Kind.FAIL, stop=visit)
            _keep_photo(request, visit, form, event)
            return after(request, event, _("Stop %(number)s is written down as failed.") % {"number": visit.position})
        except Refused as refused:
            refuse(form, refused)
    status = 422 if form.is_bound else 200
    return show(request, "deliveries/fail.html", {"stop": visit, "form": form}, status=status)


@allow(DRIVER)
def summary(request: HttpRequest) -> HttpResponse:
    """What the day came to, the cash to hand in, and the end of the route."""
    route = current(request)
    form = CloseForm(request.POST or None, route=route)
    if request.method == "POST" and form.is_valid():
        try:
            event = tell(request, form, Kind.CLOSE)
            return after(request, event, _("Route %(code)s is closed.") % {"code": route.code}, to="summary")
        except Refused as refused:
            refuse(form, refused)
    status = 422 if form.is_bound else 200
    context = rounds.total(route) | {"form": form, "sos": SosForm(route=route)}
    return show(request, "deliveries/summary.html", context, part="drive-summary", status=status)


def _visit(request: HttpRequest, pk: int) -> Stop:
    return get_object_or_404(Stop.objects.of_driver(person(request)).for_visit(), pk=pk)


def _visit_form(visit: Stop, *data: Any) -> HandoverForm | CollectForm:
    return (HandoverForm if visit.kind == Stop.Kind.DELIVER else CollectForm)(*data, stop=visit)


def _show_visit(request: HttpRequest, visit: Stop, form: PaymentForm, *, status: int = 200) -> HttpResponse:
    context = {"stop": visit, "form": form, "arrive_form": ReportForm(), "others": rounds.others(visit)}
    context["shares_position"] = shares(person(request), visit.route)
    if isinstance(form, HandoverForm):
        context["tags"] = tags_at_door(visit.route, form.lines)
    return show(request, "deliveries/stop.html", context, status=status)


def _kind_of(form: PaymentForm) -> str:
    """A leak is no handover: the visit failed, and the office is told at once."""
    if isinstance(form, CollectForm):
        return Kind.COLLECT
    return Kind.FAIL if getattr(form, "has_leak", False) else Kind.DELIVER


def _arrive(request: HttpRequest, visit: Stop) -> HttpResponse:
    form = ReportForm(request.POST)
    if form.is_valid():
        try:
            tell(request, form, Kind.ARRIVE, stop=visit)
            return done(request, reverse("deliveries:stop", args=[visit.pk]))
        except Refused as refused:
            refuse(form, refused)
    return _show_visit(request, visit, _visit_form(visit), status=422)


def _keep_photo(request: HttpRequest, visit: Stop, form: PhotoReport, event: DriverEvent) -> None:
    """The photo of a visit never holds it up: what happened is written down already."""
    if not (photo := form.cleaned_data.get("photo")):
        return
    operation = derived_id("photo", event.pk)
    try:
        keep_photo(visit, photo, operation_id=operation, by=person(request), at=timezone.now())
    except (Refused, OSError, ValidationError):
        messages.warning(request, _("The photo could not be kept. Take it again."))
