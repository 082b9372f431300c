"""A change or a cancellation after the truck has left: asked, and open until the driver has seen it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from customers.mine import Mine
from deliveries.forms.asking import AskForm
from deliveries.models import Request
from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import CUSTOMER, DISPATCHER, MANAGER
from orders.models import Order


@allow(CUSTOMER, DISPATCHER, MANAGER)
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """By its customer or by the office; what is handed over first wins."""
    user = person(request)
    order = get_object_or_404(Order.objects.visible_to(user).for_detail(), number=number)
    if not user.is_office and not Mine.of(user).may_order(order.site):
        raise PermissionDenied
    form = AskForm(request.POST or None, initial={"kind": request.GET.get("kind")})
    if form.is_valid():
        try:
            Request.ask(order, by=user, **form.cleaned_data)
            said = _("Asked. It counts once the driver has seen it.")
            return done(request, order.get_absolute_url(), changed=f"order {number}", message=said)
        except Refused as refused:
            refuse(form, refused)
    context = {"order": order, "form": form}
    return show(request, "deliveries/ask.html", context, part="form", status=422 if form.is_bound else 200)
