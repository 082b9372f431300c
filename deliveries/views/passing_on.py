"""A route on the road goes on with another driver."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from deliveries.forms.closing import PassOnForm
from deliveries.loading import on_truck
from deliveries.models import Route, Takeover
from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER
from orders.models import Product


@allow(DISPATCHER, MANAGER)
def pass_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Count what the first driver has, name the second one."""
    route = get_object_or_404(Route.objects.for_count(), pk=pk)
    products = list(Product.objects.filter(is_active=True))
    form = PassOnForm(request.POST or None, route=route, due=on_truck(route), products=products)
    if form.is_valid():
        said = form.cleaned_data
        try:
            row = Takeover.hand_over(
                route, to=said["driver"], counted_twd=said["counted_twd"], counted=form.counted(),
                reason=said["reason"], operation_id=said["operation_id"], by=person(request),
            )  # fmt: skip
            words = _("%(code)s goes on with %(driver)s.") % {"code": route.code, "driver": row.to_driver}
            return done(request, reverse("deliveries:route", args=[pk]), message=words)
        except Refused as refused:
            refuse(form, refused)
    context = {"route": route, "form": form, "due_twd": route.cash_with_driver_twd}
    return show(request, "deliveries/pass_on.html", context, part="form", status=422 if form.is_bound else 200)
