"""Visits of customers who are still in the old system: planned by the office, counted by the driver."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from deliveries import rounds
from deliveries.forms.drive import ReportForm
from deliveries.forms.legacy import AddLegacyForm, LegacyForm
from deliveries.models import DriverEvent, Route, Stop
from deliveries.views.telling import after, tell
from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER
from orders.models import Product


@allow(DISPATCHER, MANAGER)
def add_legacy(request: HttpRequest, pk: int) -> HttpResponse:
    """Cylinders and cash of a visit that no order of ours stands behind."""
    route = get_object_or_404(Route.objects.for_count(), pk=pk)
    form = AddLegacyForm(request.POST or None, products=_products())
    if form.is_valid():
        said = form.cleaned_data
        try:
            stop = route.add_legacy(said["buyer"], form.planned(), due_twd=said["due_twd"] or 0, by=person(request))
            words = _("Stop %(number)s is a visit of the old system.") % {"number": stop.position}
            return done(request, reverse("deliveries:route", args=[pk]), message=words)
        except Refused as refused:
            refuse(form, refused)
    context = {"route": route, "form": form}
    return show(request, "deliveries/add_legacy.html", context, part="form", status=422 if form.is_bound else 200)


def visit_legacy(request: HttpRequest, visit: Stop) -> HttpResponse:
    """The driver's side of it, at the address of the stop."""
    is_report = request.method == "POST" and request.POST.get("kind") != DriverEvent.Kind.ARRIVE
    form = LegacyForm(request.POST if is_report else None, stop=visit, products=_products())
    if form.is_valid():
        try:
            event = tell(request, form, DriverEvent.Kind.LEGACY, stop=visit)
            return after(request, event, _("Stop %(number)s is done.") % {"number": visit.position})
        except Refused as refused:
            refuse(form, refused)
    context = {"stop": visit, "form": form, "arrive_form": ReportForm(), "others": rounds.others(visit)}
    return show(request, "deliveries/legacy.html", context, status=422 if form.is_bound else 200)


def _products() -> list[Product]:
    return list(Product.objects.filter(is_active=True).exclude(family=Product.Family.METERED))
