"""Monthly statements 月結單: the list of a month, one on paper, all of an area in one print."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from customers.mine import Mine
from customers.models import Customer
from luckygas.access import allow, note_read, person
from luckygas.http import show
from luckygas.models import CUSTOMER, DISPATCHER, MANAGER
from orders.billing.monthly import Month, Sums, month_sums, monthly, total
from orders.forms.statements import StatementsFilterForm

PAGE = 50
MOST_PRINTED = 400  # sheets of one print


@allow(DISPATCHER, MANAGER)
@require_GET
def statements(request: HttpRequest) -> HttpResponse:
    """The month's statements with their sums, and the sum of all of them; fifty at a time by customer number."""
    form = StatementsFilterForm(request.GET or None)
    sums, after = _sums(form), request.GET.get("after", "")
    order = list(sums)
    first = order.index(int(after)) + 1 if after.isdecimal() and int(after) in sums else 0
    shown = order[first : first + PAGE]
    customers = Customer.objects.with_area().in_bulk(shown)
    context = {
        "form": form, "month": form.chosen_month, "count": len(sums), "all": total(sums.values()),
        "is_first": not first, "more": shown[-1] if len(order) > first + PAGE else "",
        "rows": [(customers[customer], sums[customer]) for customer in shown],
    }  # fmt: skip
    return show(request, "orders/statements.html", context, part="statement-list")


def _sums(form: StatementsFilterForm) -> dict[int, Sums]:
    is_open = form.is_valid() and form.cleaned_data["owing"]
    return month_sums(form.chosen_month, area=form.chosen_area, is_open=is_open)


@allow(DISPATCHER, MANAGER)
@require_GET
def print_statements(request: HttpRequest) -> HttpResponse:
    """Every statement that the list shows, one below the other, each on a sheet of its own."""
    form = StatementsFilterForm(request.GET or None)
    order, month = list(_sums(form)), form.chosen_month
    customers = Customer.objects.in_bulk(order[:MOST_PRINTED])
    papers = monthly([customers[customer] for customer in order[:MOST_PRINTED]], month)
    note_read(request, "customer", *customers)
    context = {"papers": papers, "month": month, "area": form.chosen_area, "left": len(order) - len(papers)}
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
