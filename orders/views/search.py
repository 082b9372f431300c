"""Orders looked for: the list by what the address says, and the searches that people keep."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from luckygas.access import allow
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show, wants_part
from luckygas.models import DISPATCHER, MANAGER
from orders.forms.filter import KeepSearchForm, OrderFilterForm
from orders.models import Order, SavedSearch
from orders.querysets import Totals
from orders.search.rows import OrderRow

PAGE = 50


@allow(DISPATCHER, MANAGER)
def office_list(request: HttpRequest) -> HttpResponse:
    """Orders, newest first, filtered by what the address says; fifty at a time, each page as fast as the first."""
    form = OrderFilterForm(request.GET)
    found = form.chosen(Order.objects.for_office_list())
    after = request.GET.get("after", "")
    orders = list(found.page_after(after)[: PAGE + 1])
    shown, is_all = orders[:PAGE], not after and len(orders) <= PAGE
    page_twd = sum(order.due_twd for order in shown)
    context: dict[str, Any] = {
        "form": form,
        "orders": [OrderRow.of(order) for order in shown],
        "is_first": not after,
        "page_twd": page_twd,
        "more": shown[-1].number if len(orders) > PAGE else "",
        "totals": Totals(len(shown), page_twd) if is_all else found.totals(),
    }
    if not wants_part(request):
        context["saved"] = request.user.saved_searches.all()  # type: ignore[union-attr]
    return show(request, "orders/office_list.html", context, part="order-list")


@allow(DISPATCHER, MANAGER)
def searches(request: HttpRequest) -> HttpResponse:
    """The searches this person keeps, each to be opened or removed."""
    saved = request.user.saved_searches.all()  # type: ignore[union-attr]
    return show(request, "orders/searches.html", {"saved": saved}, part="searches")


@allow(DISPATCHER, MANAGER)
def keep_search(request: HttpRequest) -> HttpResponse:
    """Give the filters in the address a name."""
    chosen = OrderFilterForm(request.GET)
    form = KeepSearchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            kept = SavedSearch.keep(by=request.user, query=chosen.query, **data)  # type: ignore[arg-type]
            url = f"{reverse('orders:index')}?{kept.query}"
            return done(request, url, message=_("Kept as “%(name)s”.") % {"name": kept.name})
        except Refused as refused:
            refuse(form, refused)
    status = 422 if request.method == "POST" else 200
    return show(request, "orders/keep_search.html", {"form": form, "chosen": chosen}, part="form", status=status)


@allow(DISPATCHER, MANAGER)
@require_POST
def remove_search(request: HttpRequest, pk: int) -> HttpResponse:
    """It is not looked for any more; only one's own."""
    saved = get_object_or_404(SavedSearch, pk=pk, person=request.user)
    saved.delete()
    return done(request, reverse("orders:searches"), message=_("“%(name)s” is removed.") % {"name": saved.name})
