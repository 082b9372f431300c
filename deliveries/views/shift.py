"""What a driver does beside the visits: looks at the stock, asks for a shorter way, calls for help."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deliveries import loading
from deliveries.forms.shift import AsideForm, RouteReport, SosForm
from deliveries.models import DriverEvent, Route
from deliveries.tags import tags_at_door
from deliveries.views.telling import after, current, tell
from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import show
from luckygas.models import DRIVER
from orders.models import CylinderMovement

Kind, State = DriverEvent.Kind, CylinderMovement.State


@allow(DRIVER)
def shift(request: HttpRequest) -> HttpResponse:
    """Everything that is not the next stop."""
    return _show_shift(request, Route.objects.current(person(request), on=timezone.localdate()))


def _show_shift(
    request: HttpRequest, route: Route | None, mistaken: RouteReport | None = None, *, status: int = 200
) -> HttpResponse:
    context = {"route": route, "mistaken": mistaken, "form": RouteReport(route=route), "sos": SosForm(route=route)}
    return show(request, "deliveries/shift.html", context, status=status)


@allow(DRIVER)
def stock(request: HttpRequest) -> HttpResponse:
    """What is on the vehicle, in which state, and what was put aside; from here more is put aside."""
    route = current(request)
    held = [(product, State(state).label, count) for product, state, count in loading.held_by(route.vehicle.place)]
    products = list(dict.fromkeys(product for product, _state, _count in held))
    form = AsideForm(request.POST or None, route=route, products=products)
    if form.is_valid():
        try:
            event = tell(request, form, Kind.QUARANTINE)
            return after(request, event, _("Put aside."), to="stock")
        except Refused as refused:
            refuse(form, refused)
    context = {
        "route": route, "form": form, "held": held, "aside": loading.held_by(route.vehicle.quarantine),
        "tags": tags_at_door(route, products),
    }  # fmt: skip
    return show(request, "deliveries/stock.html", context, status=422 if form.is_bound else 200)


@allow(DRIVER)
@require_POST
def reorder(request: HttpRequest) -> HttpResponse:
    """A shorter way through what is left."""
    route = current(request)
    form = RouteReport(request.POST, route=route)
    if form.is_valid():
        try:
            event = tell(request, form, Kind.REORDER)
            return after(request, event, _("The stops are in a new order, the nearest first."))
        except Refused as refused:
            refuse(form, refused)
    return _show_shift(request, route, form, status=422)


@allow(DRIVER)
@require_POST
def sos(request: HttpRequest) -> HttpResponse:
    """Help, now: with a route or without one."""
    route = Route.objects.current(person(request), on=timezone.localdate())
    form = SosForm(request.POST, route=route)
    if form.is_valid():
        try:
            event = tell(request, form, Kind.SOS)
            return after(request, event, _("The office knows. Somebody calls you."))
        except Refused as refused:
            refuse(form, refused)
    return _show_shift(request, route, form, status=422)
