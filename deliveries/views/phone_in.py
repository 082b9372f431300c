"""A delivery that the driver phoned in: the office writes it down, and the phone's own report is absorbed later."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from deliveries.forms.phone_in import PhoneInForm
from deliveries.models import Stop
from deliveries.reporting.phoned import phone_in as write_down
from luckygas.access import allow, note_read, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER


@allow(DISPATCHER, MANAGER)
def phone_in(request: HttpRequest, pk: int) -> HttpResponse:
    """What went over the doorstep as the driver says it, with the same gate as everywhere."""
    deliveries = Stop.objects.filter(kind=Stop.Kind.DELIVER).for_visit()
    stop = get_object_or_404(deliveries, pk=pk)
    form = PhoneInForm(request.POST or None, stop=stop)
    if form.is_valid():
        try:
            write_down(stop, form.body(), by=person(request), operation_id=form.cleaned_data["operation_id"])
            url = reverse("deliveries:route", args=[stop.route_id])
            said = _("Stop %(number)s is done.") % {"number": stop.position}
            return done(request, url, changed=f"route {stop.route_id}", message=said)
        except Refused as refused:
            refuse(form, refused)
    note_read(request, "customer", stop.site.customer_id)
    context = {"stop": stop, "form": form}
    return show(request, "deliveries/phone_in.html", context, part="form", status=422 if form.is_bound else 200)
