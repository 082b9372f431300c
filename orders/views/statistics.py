"""What the found orders come to, on a page and in a file."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from luckygas.access import allow
from luckygas.http import show
from luckygas.models import DISPATCHER, MANAGER
from orders.forms.filter import USUAL_DAYS, OrderFilterForm
from orders.models import Order
from orders.querysets import OrderQuerySet
from orders.search.statistics import Statistics

MOST_DAYS = 366


def _found(form: OrderFilterForm) -> tuple[OrderQuerySet, dt.date]:
    """The chosen orders of at most a year, and the first day; nobody waits for the sums of every year there was."""
    last = form.asked.get("until") or timezone.localdate()
    since = form.since_day
    if since is None:
        since = last - dt.timedelta(days=USUAL_DAYS)
    since = max(since, last - dt.timedelta(days=MOST_DAYS))
    return form.chosen(Order.objects.all()).received(since, last), since


@allow(DISPATCHER, MANAGER)
def statistics(request: HttpRequest) -> HttpResponse:
    """Tables of what the filters in the address find."""
    form = OrderFilterForm(request.GET)
    found, since = _found(form)
    context = {"form": form, "statistics": Statistics.of(found), "since": since, "until": form.asked.get("until")}
    return show(request, "orders/statistics.html", context)


@allow(DISPATCHER, MANAGER)
def export_statistics(request: HttpRequest) -> HttpResponse:
    """The same tables in a CSV file."""
    found, _since = _found(OrderFilterForm(request.GET))
    name = f"orders-{timezone.localdate():%Y%m%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(Statistics.of(found).as_csv(), content_type="text/csv; charset=utf-8", headers=headers)
