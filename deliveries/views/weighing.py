"""Part-empties on the scales: each tagged to its stop, and its gas credited."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from deliveries.forms.closing import ReasonForm, WeighForm
from deliveries.models import Stop, Weighing
from luckygas.access import allow, note_read, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER
from orders.models import Product

PAGE = "deliveries/weigh.html"


def page_of(stop: Stop, form: WeighForm | None = None, **more: Any) -> dict[str, Any]:
    form = form or _form(stop)
    weighed = Weighing.objects.filter(stop=stop).for_list()
    return {"stop": stop, "form": form, "weighed": weighed, "reason_form": ReasonForm()} | more


def _form(stop: Stop, data: Any = None) -> WeighForm:
    return WeighForm(data, stop=stop, products=_returned(stop))


def _returned(stop: Stop) -> list[Product]:
    """The kinds that can have come back from this stop."""
    if stop.order is None:
        return list(Product.objects.filter(is_active=True))
    return [line.product for line in stop.order.lines.select_related("product") if line.empties_taken]


def _stop(pk: int) -> Stop:
    return get_object_or_404(Stop.objects.select_related("route__depot", "site__customer", "order"), pk=pk)


@allow(DISPATCHER, MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def weigh(request: HttpRequest, pk: int) -> HttpResponse:
    """One cylinder after the other, each its own form."""
    stop = _stop(pk)
    form = _form(stop, request.POST or None)
    if form.is_valid():
        try:
            weighing = Weighing.record(stop=stop, by=person(request), **form.cleaned_data)
        except Refused as refused:
            refuse(form, refused)
        else:
            said = {"kg": f"{weighing.net_kg}", "twd": weighing.credit_twd}
            words = _("%(kg)s kg left, NT$%(twd)s credited.") % said
            url = reverse("deliveries:weigh", args=[pk])
            return done(request, url, changed=f"weighing {weighing.pk}", message=words)
    note_read(request, "customer", stop.site.customer_id)
    status = 422 if form.is_bound else 200
    return show(request, PAGE, page_of(stop, form), part="weigh", status=status)


@allow(DISPATCHER, MANAGER)
@require_POST
def take_back_weighing(request: HttpRequest, pk: int) -> HttpResponse:
    """Weighed wrong: the credit is posted the other way."""
    weighing = get_object_or_404(Weighing.objects.select_related("stop__site__customer"), pk=pk)
    form = ReasonForm(request.POST)
    form.fields["operation_id"].required = True
    if form.is_valid():
        try:
            weighing.take_back(by=person(request), **form.cleaned_data)
            return done(request, reverse("deliveries:weigh", args=[weighing.stop_id]), message=_("Taken back."))
        except Refused as refused:
            refuse(form, refused)
    context = page_of(_stop(weighing.stop_id), reason_form=form, taken_back=weighing)
    return show(request, PAGE, context, part="weigh", status=422)
