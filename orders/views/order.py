"""A customer's order: place it, and see what it comes to."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from customers.mine import Mine
from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.flags import WEB, WEB_ORDERING, Decision, decide
from luckygas.forms import refuse
from luckygas.http import done, show, wait
from luckygas.models import CUSTOMER
from orders.forms.order import OrderForm
from orders.models import Order, StandingDay
from orders.sheet import Sheet
from orders.views.leak import heard_leak


@allow(CUSTOMER)
def create(request: HttpRequest) -> HttpResponse:
    """The order form; `?again=<number>` fills it in from an order, `?template=` from what was agreed."""
    typed = request.POST or request.GET
    sheet = Sheet.for_person(Mine.of(request.user), typed.get("site", ""))  # type: ignore[arg-type]
    if sheet is None:
        return show(request, "orders/call_us.html", {}, status=422 if request.POST else 200)
    decision = decide(customer=sheet.site.customer, user=request.user)  # type: ignore[arg-type]
    if request.method != "POST":
        return _blank(request, sheet, decision)
    form, is_recount = sheet.form(request.POST), "recount" in request.POST
    leak = None if is_recount else heard_leak(request, form)
    if decision.stops(WEB) and not leak:
        return _paused(request, sheet, form)
    if form.is_valid() and not is_recount:
        try:
            order = _place(request, form, decision)
            return done(request, order.get_absolute_url(), message=_("We have it: order %s.") % order.number)
        except Refused as refused:
            refuse(form, refused)
    return show(
        request,
        "orders/create.html",
        sheet.context(form) | {"leak": leak},
        part="form",
        status=200 if is_recount else 422,
    )


@transaction.atomic
def _place(request: HttpRequest, form: OrderForm, decision: Decision) -> Order:
    if not decision[WEB_ORDERING]:
        raise Refused(
            _("Orders in the browser are not open for you yet. Call us: %(phone)s.")
            % {"phone": settings.COMPANY["phone"]},
            code="not_open",
        )
    order = Order.place(
        form.wish(),
        operation_id=form.cleaned_data["operation_id"],
        channel=Order.Channel.WEB,
        by=request.user,  # type: ignore[arg-type]
        decision=decision,
    )
    if form.template:
        StandingDay.by_hand_for(form.template, order, by=person(request))
    return order


def _blank(request: HttpRequest, sheet: Sheet, decision: Decision) -> HttpResponse:
    """The form as it is first seen, or what to do instead."""
    if decision.stops(WEB):
        return _paused(request, sheet, None)
    if not decision[WEB_ORDERING] or sheet.site.customer.is_legacy:
        return show(request, "orders/call_us.html", {"sheet": sheet})
    again = request.GET.get("again", "")
    order = Order.objects.visible_to(request.user).for_list().filter(number=again).first() if again else None  # type: ignore[arg-type]
    if order and not request.GET.get("site"):
        sheet = Sheet.for_person(Mine.of(request.user), str(order.site_id)) or sheet  # type: ignore[arg-type]
    form = sheet.form(filled_from=order, template=request.GET.get("template", ""), initial=_carried(request))
    return show(request, "orders/create.html", sheet.context(form), part="form")


def _carried(request: HttpRequest) -> dict[str, Any]:
    """What was typed before the address was changed: the page asks again with it, so that nothing is lost."""
    counts = ("quantity_", "empties_")
    kept: dict[str, Any] = {name: value for name, value in request.GET.items() if name.startswith(counts)}
    if request.GET.get("is_gas_out") in {"yes", "no"}:
        kept["is_gas_out"] = request.GET["is_gas_out"]
    try:
        kept["operation_id"] = uuid.UUID(request.GET.get("operation_id", ""))
    except ValueError:
        pass
    return kept


def _paused(request: HttpRequest, sheet: Sheet, form: OrderForm | None) -> HttpResponse:
    """503: nothing was taken, and what was typed stays. Machines are told when to ask again."""
    if "json" in request.headers.get("accept", ""):
        response: HttpResponse = JsonResponse({"code": "paused"}, status=503)
    elif form is None:
        response = show(request, "paused.html", {}, status=503)
    else:
        form.is_valid()  # so that the total can be shown
        context = sheet.context(form) | {"is_paused": True}
        response = show(request, "orders/create.html", context, part="form", status=503)
    return wait(response)


@allow(CUSTOMER)
def quote(request: HttpRequest) -> HttpResponse:
    """What the form comes to as it stands; changes nothing, and says nothing about what is not typed yet."""
    sheet = Sheet.for_person(Mine.of(request.user), request.GET.get("site", ""))  # type: ignore[arg-type]
    if sheet is None:
        return show(request, "orders/call_us.html", {})
    form = sheet.form(request.GET)
    form.is_valid()
    return show(request, "orders/create.html", sheet.context(form), part="quote")
