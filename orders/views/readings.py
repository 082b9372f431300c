"""Gas meters: which are to be read this month, what they showed, what was wrong."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Area, Site
from luckygas.access import allow, note_read, person
from luckygas.clock import business_day
from luckygas.db import derived_id
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER
from luckygas.templatetags.luckygas_format import money
from orders.billing.meters import history, never_read, to_read
from orders.billing.monthly import Month
from orders.forms.readings import CorrectReadingForm, MetersFilterForm, ReadingForm, ReadingsForm
from orders.models import MeterReading

MOST_METERS = 60  # in one form: about a day's round


@allow(DISPATCHER, MANAGER)
def readings(request: HttpRequest) -> HttpResponse:
    """The meters to read this month with their last reading; what was read is typed in one go."""
    chosen = MetersFilterForm(request.GET)
    area: Area | None = chosen.cleaned_data["area"] if chosen.is_valid() else None
    month = Month.of(business_day())
    meters = to_read(month, area=area)
    form = ReadingsForm(request.POST or None, meters=meters[:MOST_METERS])
    if form.is_valid():
        count = _record(request, form)
        if count and not form.errors:
            told = ngettext("%(count)d meter read and billed.", "%(count)d meters read and billed.", count)
            return done(request, request.get_full_path(), message=told % {"count": count})
    context = {
        "chosen": chosen, "form": form, "month": month, "count": len(meters), "most": MOST_METERS,
        "never": never_read(area=area),
    }  # fmt: skip
    return _form(request, "orders/readings.html", context)


def _record(request: HttpRequest, form: ReadingsForm) -> int:
    """Each meter by itself: what is refused stands at its field, what was recorded leaves the list."""
    data, count = form.cleaned_data, 0
    for meter, kg in form.read():
        operation = derived_id("reading", data["operation_id"], meter.key)
        try:
            MeterReading.record(
                operation_id=operation, site=meter.site, product=meter.product, read_on=data["read_on"],
                reading_kg=kg, by=person(request),
            )  # fmt: skip
            count += 1
        except Refused as refused:
            form.add_error(meter.key, str(refused.sentence))
    if not form.read():
        form.add_error(None, _("Write what at least one meter shows."))
    return count


@allow(DISPATCHER, MANAGER)
def meter(request: HttpRequest, pk: int) -> HttpResponse:
    """One metered site: every reading with what it charged, and the next one."""
    site = get_object_or_404(Site.objects.select_related("customer", "area"), pk=pk, customer__is_metered=True)
    told = history(site)
    last = next((each.reading for each in told if each.reading.reversed_at is None), None)
    form = ReadingForm(request.POST or None, initial={"product": last and last.product})
    if form.is_valid():
        try:
            reading = MeterReading.record(site=site, by=person(request), **form.cleaned_data)
            return done(request, request.path, message=_said(reading))
        except Refused as refused:
            refuse(form, refused)
    if request.method == "GET":
        note_read(request, "customer", site.customer_id)
    return _form(request, "orders/meter.html", {"site": site, "told": told, "last": last, "form": form})


def _said(reading: MeterReading) -> str:
    twd = reading.charged_twd
    return _("Read: NT$%(twd)s charged.") % {"twd": money(twd)} if twd else _("Read. It charges nothing yet.")


@allow(DISPATCHER, MANAGER)
def correct_reading(request: HttpRequest, pk: int) -> HttpResponse:
    """The last reading of a meter was wrong: it is taken back, and the right one is billed."""
    reading = get_object_or_404(MeterReading.objects.select_related("site__customer", "product", "by"), pk=pk)
    form = CorrectReadingForm(request.POST or None, reading=reading)
    if form.is_valid():
        try:
            right = reading.correct(by=person(request), **form.cleaned_data)
            return done(request, reverse("orders:meter", args=[reading.site_id]), message=_said(right))
        except Refused as refused:
            refuse(form, refused)
    return _form(request, "orders/correct_reading.html", {"reading": reading, "form": form})


def _form(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return show(request, template, context, part="form", status=422 if request.method == "POST" else 200)
