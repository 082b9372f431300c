"""Monthly statements 月結單: the list of a month, one on paper, all of an area in one print."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from customers.mine import Mine
from customers.models import Customer
from luckygas.access import allow, note_read, person
from luckygas.http import show
from luckygas.models import CUSTOMER, DISPATCHER, MANAGER
from orders.forms.statements import StatementsFilterForm
from orders.monthly import Month, Sums, month_sums, monthly, monthly_customers, total

PAGE = 50
MOST_PRINTED = 400  # sheets of one print
NOTHING = Sums(0, 0, 0)


@allow(DISPATCHER, MANAGER)
@require_GET
def statements(request: HttpRequest) -> HttpResponse:
    """The month's statements with their sums, and the sum of all of them; fifty at a time by customer number."""
    form = StatementsFilterForm(request.GET or None)
    month, customers = _chosen(form)
    sums = month_sums(customers.order_by().values("pk"), month)
    after = request.GET.get("after", "")
    rows = customers.filter(number__gt=int(after)) if after.isdecimal() and len(after) < 18 else customers
    found = list(rows.with_area()[: PAGE + 1])
    context = {
        "form": form, "month": month, "is_first": rows is customers, "all": total(sums.values()), "count": len(sums),
        "rows": [(customer, sums.get(customer.pk, NOTHING)) for customer in found[:PAGE]],
        "more": found[PAGE - 1].number if len(found) > PAGE else "",
    }  # fmt: skip
    return show(request, "orders/statements.html", context, part="statement-list")


def _chosen(form: StatementsFilterForm) -> tuple[Month, Any]:
    month, area = form.chosen_month, form.chosen_area
    is_open = bool(form.is_valid() and form.cleaned_data["owing"])
    return month, monthly_customers(month, area=area, is_open=is_open)


@allow(DISPATCHER, MANAGER)
@require_GET
def print_statements(request: HttpRequest) -> HttpResponse:
    """Every statement that the list shows, one below the other, each on a sheet of its own."""
    form = StatementsFilterForm(request.GET or None)
    month, customers = _chosen(form)
    papers = monthly(islice(customers.iterator(chunk_size=MOST_PRINTED), MOST_PRINTED), month)
    note_read(request, "customer", *(paper.customer.pk for paper in papers))
    context = {"papers": papers, "month": month, "area": form.chosen_area, "left": customers.count() - len(papers)}
    return show(request, "orders/print_statements.html", context)


@allow(CUSTOMER, DISPATCHER, MANAGER)
@require_GET
def statement(request: HttpRequest, number: int, year: int, month: int) -> HttpResponse:
    """One customer's statement of one month: for the office, and for who may see the account."""
    chosen, user = Month.read(f"{year:04d}-{month:02d}"), person(request)
    customer = get_object_or_404(Customer.objects.visible_to(user), number=number)
    if chosen is None or not (user.is_office or Mine.of(user).sees_account(customer)):
        raise Http404
    if user.is_office:
        note_read(request, "customer", customer.pk)
    [paper] = monthly([customer], chosen)
    return show(request, "orders/statement.html", {"paper": paper, "month": chosen})
