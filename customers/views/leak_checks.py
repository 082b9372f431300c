"""Somebody looked for a leak at a customer's: write down what they found."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from customers.forms.incident import LeakCheckForm
from customers.models import LeakCheck
from customers.views.record import customer_for, record_url
from luckygas.access import allow, note_read, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER


@allow(DISPATCHER, MANAGER)
def check_leak(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Passed, or refused with a signature; the place's orders that waited for it go on."""
    customer = customer_for(request, number)
    note_read(request, "customer", customer.pk)
    site = get_object_or_404(customer.sites.select_related("area"), pk=pk)
    form = LeakCheckForm(request.POST or None)
    if form.is_valid():
        try:
            LeakCheck.record(site, by=person(request), **form.cleaned_data)
            return done(request, record_url(customer), message=_("The leak check is on the record."))
        except Refused as refused:
            refuse(form, refused)
    checks = site.leak_checks.select_related("by").order_by("-at")[:10]
    awaits = LeakCheck.is_awaited_at(site)
    context = {"customer": customer, "site": site, "form": form, "checks": checks, "awaits_check": awaits}
    return show(request, "customers/check_leak.html", context, part="form", status=422 if form.is_bound else 200)
