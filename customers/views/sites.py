"""The places of a customer's."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from customers.forms.site import SiteForm
from customers.models import Area, Site
from customers.pin import PinMap
from customers.views.record import customer_for, record_url
from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show, wants_part
from luckygas.models import DISPATCHER, MANAGER


@allow(DISPATCHER, MANAGER)
def add_site(request: HttpRequest, number: int) -> HttpResponse:
    """Another address of this customer's."""
    customer = customer_for(request, number)
    form = SiteForm(request.POST or None, instance=Site(customer=customer))
    if form.is_valid():
        try:
            Site.add(customer=customer, by=person(request), **form.facts())
            return done(request, record_url(customer), message=_("The address is on the record."))
        except Refused as refused:
            refuse(form, refused)
    return _answer(request, {"customer": customer, "form": form})


@allow(DISPATCHER, MANAGER)
def edit_site(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Correct an address, its hours, its pin."""
    customer = customer_for(request, number)
    site = get_object_or_404(customer.sites, pk=pk)
    form = SiteForm(request.POST or None, instance=site)
    if form.is_valid():
        site.change(by=person(request), **form.changed())
        return done(request, record_url(customer), message=_("Saved."))
    return _answer(request, {"customer": customer, "site": site, "form": form})


def _answer(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The form with its map; when another area was chosen in it, only the map."""
    typed = request.POST or request.GET
    context["map"] = _map(context["form"], typed.get("area", ""))
    if wants_part(request) and request.method == "GET":
        return show(request, "customers/site.html", context, part="pin-map")
    status = 422 if request.method == "POST" else 200
    return show(request, "customers/site.html", context, part="form", status=status)


def _map(form: SiteForm, area: str) -> PinMap:
    site = form.instance
    chosen = Area.objects.filter(pk=area).first() if area.isdecimal() else site.area if site.area_id else None
    pin = (float(site.latitude), float(site.longitude)) if site.latitude and site.longitude else None
    return PinMap.of(chosen, pin=pin, site=site)
