"""What a driver does beside the visits: looks at the stock, asks for a shorter way, calls for help."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deliveries import loading, rounds
from deliveries.forms.sale import SaleForm
from deliveries.forms.shift import AsideForm, CashForm, CheckForm, RouteReport, SosForm
from deliveries.models import DriverEvent, Route, VehicleCheck
from deliveries.tags import tags_at_door
from deliveries.views.telling import after, current, tell
from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import show
from luckygas.models import DRIVER
from orders.models import CylinderMovement, Price, Product
from orders.models.product import Quote

Kind, State = DriverEvent.Kind, CylinderMovement.State


@allow(DRIVER)
def shift(request: HttpRequest) -> HttpResponse:
    """Everything that is not the next stop."""
    return _show_shift(request, Route.objects.current(person(request), on=timezone.localdate()))


def _show_shift(
    request: HttpRequest, route: Route | None, mistaken: RouteReport | None = None, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"route": route, "mistaken": mistaken}
    context |= {"form": RouteReport(route=route), "sos": SosForm(route=route)}
    if route:
        context["given"] = route.takeovers.filter(taken_at=None, to_driver=route.driver).last()
        context["take"] = RouteReport(route=route)
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
def take_over(request: HttpRequest) -> HttpResponse:
    """The vehicle and what is on it are mine from now on."""
    route = current(request)
    form = RouteReport(request.POST, route=route)
    if form.is_valid():
        try:
            event = tell(request, form, Kind.TAKEOVER)
            return after(request, event, _("%(code)s is yours now.") % {"code": route.code})
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


@allow(DRIVER)
def check(request: HttpRequest) -> HttpResponse:
    """Look over the vehicle before it leaves; back again only its odometer."""
    route = current(request)
    when = VehicleCheck.When.END if route.has_left else VehicleCheck.When.START
    last = VehicleCheck.objects.filter(vehicle=route.vehicle).order_by("-odometer_km").first()
    form = CheckForm(request.POST or None, route=route, when=when, least_km=last.odometer_km if last else 0)
    if form.is_valid():
        try:
            event = tell(request, form, Kind.CHECK)
            return after(request, event, _("Checked, written down."), to="shift")
        except Refused as refused:
            refuse(form, refused)
    context = {"route": route, "form": form, "done": route.vehicle_checks.filter(when=when).first(), "last": last}
    return show(request, "deliveries/check.html", context, status=422 if form.is_bound else 200)


@allow(DRIVER)
def cash(request: HttpRequest) -> HttpResponse:
    """What is in the bag, by notes and coins, against what the reports say."""
    route = current(request)
    form = CashForm(request.POST or None, route=route)
    if form.is_valid():
        try:
            event = tell(request, form, Kind.CASH)
            return after(request, event, _("Counted, written down."), to="summary")
        except Refused as refused:
            refuse(form, refused)
    context = {"route": route, "form": form, "due_twd": route.cash_with_driver_twd, "said": route.cash_declared.last()}
    return show(request, "deliveries/cash.html", context, status=422 if form.is_bound else 200)


@allow(DRIVER)
def sale(request: HttpRequest) -> HttpResponse:
    """Somebody waved the truck down: sold from what is on it, at today's prices."""
    route = current(request)
    offers = _offers(route)
    form = SaleForm(request.POST or None, route=route, offers=offers)
    if form.is_valid():
        try:
            return after(request, tell(request, form, Kind.SALE), _("Sold, written down."))
        except Refused as refused:
            refuse(form, refused)
    context = {"route": route, "form": form, "tags": tags_at_door(route, [product for product, _quote in offers])}
    return show(request, "deliveries/sale.html", context, status=422 if form.is_bound else 200)


def _offers(route: Route) -> list[tuple[Product, Quote]]:
    """What has a price today, what is on the vehicle first."""
    quotes = Price.quotes(on=timezone.localdate())
    here = {product.pk for product, _count in rounds.on_board(route)}
    products = Product.objects.filter(is_active=True, pk__in=quotes).exclude(family=Product.Family.METERED)
    return [(each, quotes[each.pk]) for each in sorted(products, key=lambda each: (each.pk not in here, each.sort))]
