"""An order that exists: change it or cancel it, by its customer or by the office."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from customers.mine import Mine
from luckygas.access import allow
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import CUSTOMER, DISPATCHER, MANAGER
from orders.forms.order import CancelForm
from orders.models import Order
from orders.sheet import Sheet
from orders.views.leak import heard_leak


def _order(request: HttpRequest, number: str) -> Order:
    """This person's order; 404 for somebody else's, 403 for a member who may not order there."""
    user = request.user
    order = get_object_or_404(Order.objects.visible_to(user).for_detail(), number=number)  # type: ignore[arg-type]
    if not user.is_office and not Mine.of(user).may_order(order.site):  # type: ignore[union-attr,arg-type]
        raise PermissionDenied
    return order


@allow(CUSTOMER, DISPATCHER, MANAGER)
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Another quantity, time or note, while nobody has loaded it; priced again for its day."""
    order = _order(request, number)
    typed = request.POST or request.GET
    sheet = Sheet.for_change(order, typed.get("site", ""), user=request.user)  # type: ignore[arg-type]
    if sheet is None or not order.can_change:
        return show(request, "orders/change.html", {"order": order}, status=422 if request.POST else 200)
    if request.method != "POST":
        return _blank(request, sheet)
    form = sheet.form(request.POST)
    is_recount = "recount" in request.POST
    leak = None if is_recount else heard_leak(request, form)
    if form.is_valid() and not is_recount:
        try:
            order.change(form.wish(), by=request.user, operation_id=form.cleaned_data["operation_id"])  # type: ignore[arg-type]
            return done(request, order.get_absolute_url(), changed=f"order {number}", message=_("Changed."))
        except Refused as refused:
            refuse(form, refused)
    context = sheet.context(form) | {"order": order, "leak": leak}
    return show(request, "orders/change.html", context, part="form", status=200 if is_recount else 422)


def _blank(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """The slip as it was ordered; `?quote` is only what it would come to as it is typed now."""
    if "quote" in request.GET:
        form, part = sheet.form(request.GET), "quote"
        form.is_valid()
    else:
        form, part = sheet.form(filled_from=sheet.order, initial=sheet.initial()), "form"
    return show(request, "orders/change.html", sheet.context(form) | {"order": sheet.order}, part=part)


@allow(CUSTOMER, DISPATCHER, MANAGER)
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Not wanted any more; asked once more, because it cannot be undone."""
    order = _order(request, number)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            order.cancel(by=request.user, reason=data["reason"], operation_id=data["operation_id"])  # type: ignore[arg-type]
            return done(
                request, order.get_absolute_url(), changed=f"order {number}", message=_("Cancelled. Nobody comes.")
            )
        except Refused as refused:
            refuse(form, refused)
    status = 422 if request.method == "POST" else 200
    return show(request, "orders/cancel.html", {"order": order, "form": form}, part="form", status=status)
