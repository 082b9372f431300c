"""Credit: what waits for a decision, who decides, who has owed for long, and whom nothing checks."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from luckygas.access import allow, note_read, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER
from orders.credit.overdue import Overdue
from orders.credit.waiting import May, held_orders, lately_decided, unchecked
from orders.forms.credit import DecideForm, DeputyForm, OverdueForm
from orders.models import Deputy, Order

PAGE = 50


@allow(DISPATCHER, MANAGER)
@require_GET
def credit(request: HttpRequest) -> HttpResponse:
    """Orders on hold, what is needed most first, and what was decided lately."""
    context = {"rows": held_orders(), "may": May.of(person(request)), "decisions": lately_decided()}
    return show(request, "orders/credit.html", context, part="held-list")


@allow(DISPATCHER, MANAGER)
def release(request: HttpRequest, number: str) -> HttpResponse:
    """It goes out after all; the note says why."""
    return _decide(request, number, "release", _("%(order)s goes out."))


@allow(DISPATCHER, MANAGER)
def decline(request: HttpRequest, number: str) -> HttpResponse:
    """It does not go out on account: cancelled, and its customer is told to call."""
    return _decide(request, number, "decline", _("%(order)s is turned down; the customer is told."))


def _decide(request: HttpRequest, number: str, verb: str, told: str) -> HttpResponse:
    visible = Order.objects.visible_to(person(request)).for_office_detail()
    order, form = get_object_or_404(visible, number=number), DecideForm(request.POST or None)
    if form.is_valid():
        try:
            getattr(order, verb)(by=person(request), **form.cleaned_data)
            message, changed = told % {"order": order.number}, f"order {order.number}"
            return done(request, reverse("orders:credit"), changed=changed, message=message)
        except Refused as refused:
            refuse(form, refused)
    [row] = held_orders(Order.objects.filter(pk=order.pk))
    context = {"row": row, "order": order, "form": form, "may": May.of(person(request))}
    return _form(request, f"orders/{verb}.html", context)


@allow(DISPATCHER, MANAGER)
@require_GET
def overdue(request: HttpRequest) -> HttpResponse:
    """Who has owed for 30, 60 or 90 days, the most first, with the sums of all that were chosen."""
    form = OverdueForm(request.GET)
    found = Overdue.of(**form.asked)
    page = Paginator(found.ages, PAGE).get_page(request.GET.get("page"))
    debts = found.debts(page.start_index() - 1 if found.ages else 0, page.end_index())
    context = {"form": form, "found": found, "page": page, "debts": debts, "days": form.asked["days"]}
    return show(request, "orders/overdue.html", context, part="overdue-list")


@allow(DISPATCHER, MANAGER)
@require_GET
def export_overdue(request: HttpRequest) -> HttpResponse:
    """The same list in a CSV file; each of them was looked at by who takes it away."""
    found = Overdue.of(**OverdueForm(request.GET).asked)
    debts = found.debts()
    note_read(request, "customer", *(debt.customer.pk for debt in debts))
    name = f"overdue-{timezone.localdate():%Y%m%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(found.as_csv(debts), content_type="text/csv; charset=utf-8", headers=headers)


@allow(DISPATCHER, MANAGER)
@require_GET
def no_limit(request: HttpRequest) -> HttpResponse:
    """Customers who buy on account and have no limit on the record: nothing checks them."""
    rows = unchecked()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "total_twd": sum(row.exposure.total_twd for row in rows)}
    return show(request, "orders/no_limit.html", context)


@allow(MANAGER)
def deputies(request: HttpRequest) -> HttpResponse:
    """Who stands in for a manager, up to which amount, and since when; and another one."""
    form = DeputyForm(request.POST or None)
    if form.is_valid():
        try:
            deputy = Deputy.appoint(by=person(request), **form.cleaned_data)
            return done(request, reverse("orders:deputies"), message=_("%s stands in.") % deputy.person)
        except Refused as refused:
            refuse(form, refused)
    listed = Deputy.objects.select_related("person", "set_by", "ended_by").order_by("-pk")[:PAGE]
    return _form(request, "orders/deputies.html", {"form": form, "deputies": listed})


@allow(MANAGER)
@require_POST
def end_deputy(request: HttpRequest, pk: int) -> HttpResponse:
    """Not any more, at once."""
    deputy = get_object_or_404(Deputy.objects.select_related("person"), pk=pk)
    deputy.end(by=person(request))
    return done(request, reverse("orders:deputies"), message=_("%s stands in no more.") % deputy.person)


def _form(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return show(request, template, context, part="form", status=422 if request.method == "POST" else 200)
