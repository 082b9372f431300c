"""Counting a route in at the depot, and the variances that it leaves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from deliveries.forms.closing import CountRouteForm, OwnVarianceForm, SettleVarianceForm
from deliveries.loading import due_back, left_on_truck, on_truck
from deliveries.models import CashCount, Route, Variance
from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER
from orders.models import Product

COUNT, VARIANCE = "deliveries/count_route.html", "deliveries/variance.html"


def count_of(route: Route, data: Any = None) -> dict[str, Any]:
    """The page: the form before the count, what was counted after it."""
    if count := getattr(route, "cash_count", None):
        late = left_on_truck(route)
        rows = list(count.cylinders.select_related("product"))
        differing = Variance.objects.filter(route=route).for_list()
        return {
            "route": route, "count": count, "rows": rows, "late_twd": route.cash_with_driver_twd, "late": late,
            "variances": differing,
        }  # fmt: skip
    due = on_truck(route) if route.is_departed else due_back(route)
    products = list(Product.objects.filter(is_active=True))
    form = CountRouteForm(data, due=due, products=products)
    left = route.stops.todo().count()
    return {
        "route": route, "form": form, "due_twd": route.cash_with_driver_twd, "left": left,
        "declared": route.cash_declared.select_related("by").last(),
    }  # fmt: skip


@allow(DISPATCHER, MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def count_route(request: HttpRequest, pk: int) -> HttpResponse:
    """Cash and cylinders of one driver, counted once; a route that is still on the road is closed by it."""
    route = get_object_or_404(Route.objects.for_count(), pk=pk)
    context = count_of(route, request.POST or None)
    form, status = context.get("form"), 200
    if request.method == "POST" and form is None:
        status = 422  # somebody else was faster: the page shows what they counted
    elif form is not None and form.is_valid():
        data = form.cleaned_data
        try:
            CashCount.record(
                route=route, counted_twd=data["counted_twd"], cylinders=form.counted(), by=person(request),
                operation_id=data["operation_id"],
            )  # fmt: skip
        except Refused as refused:
            refuse(form, refused)
        else:
            return done(request, reverse("deliveries:count_route", args=[pk]), message=_("Counted in."))
    if form is not None and form.is_bound:
        status = 422
    return show(request, COUNT, context, part="form" if form else None, status=status)


@allow(DISPATCHER, MANAGER)
@require_POST
def book_late(request: HttpRequest, pk: int) -> HttpResponse:
    """What was reported after the count becomes a variance of its own."""
    count = get_object_or_404(CashCount.objects.select_related("route__vehicle"), route=pk)
    try:
        count.follow(by=person(request))
    except Refused as refused:
        return done(request, reverse("deliveries:count_route", args=[pk]), message=str(refused.sentence))
    return done(request, reverse("deliveries:count_route", args=[pk]), message=_("Booked. It needs an owner now."))


def variance_of(pk: int, **more: Any) -> dict[str, Any]:
    variance = get_object_or_404(Variance.objects.for_list(), pk=pk)
    trail = variance.events.select_related("by", "owner")
    own = OwnVarianceForm(initial={"owner": variance.owner_id, "reason": variance.reason})
    return {"variance": variance, "trail": trail, "own_form": own, "settle_form": SettleVarianceForm()} | more


@allow(DISPATCHER, MANAGER)
@require_GET
def variance(request: HttpRequest, pk: int) -> HttpResponse:
    """One difference: who answers for it, and everything that was said about it."""
    return show(request, VARIANCE, variance_of(pk), part="variance")


@allow(DISPATCHER, MANAGER)
@require_POST
def own_variance(request: HttpRequest, pk: int) -> HttpResponse:
    form = OwnVarianceForm(request.POST)
    row = get_object_or_404(Variance, pk=pk)
    if form.is_valid():
        try:
            row.own(by=person(request), **form.cleaned_data)
            return _told(request, row, _("%(who)s answers for it.") % {"who": form.cleaned_data["owner"]})
        except Refused as refused:
            refuse(form, refused)
    return show(request, VARIANCE, variance_of(pk, own_form=form), part="variance", status=422)


@allow(DISPATCHER, MANAGER)
@require_POST
def settle_variance(request: HttpRequest, pk: int) -> HttpResponse:
    form = SettleVarianceForm(request.POST)
    row = get_object_or_404(Variance, pk=pk)
    if form.is_valid():
        try:
            row.settle(by=person(request), **form.cleaned_data)
            return _told(request, row, _("Settled."))
        except Refused as refused:
            refuse(form, refused)
    return show(request, VARIANCE, variance_of(pk, settle_form=form), part="variance", status=422)


def _told(request: HttpRequest, row: Variance, message: str) -> HttpResponse:
    changed = f"variance {row.pk}"
    context = variance_of(row.pk)
    return done(
        request, row.get_absolute_url(), changed=changed, message=message, template=VARIANCE, part="variance",
        context=context,
    )  # fmt: skip
