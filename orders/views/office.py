"""One order as the office sees it, with its story, and the moves the office makes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.models import AccountEntry, Customer, Message, Payment
from luckygas.access import allow, note_read
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show, wants_part
from luckygas.models import DISPATCHER, MANAGER
from orders.credit.exposure import exposure_of
from orders.forms.office import ConfirmForm, DeliverForm, HoldForm, RescheduleForm
from orders.holdings import cylinders_at
from orders.models import Order
from orders.services import hand_over_at_counter
from orders.story import story
from orders.windows import windows_for

RECENT = 10


@allow(DISPATCHER, MANAGER)
def standing(request: HttpRequest, number: int) -> HttpResponse:
    """A customer's cylinders by address and their latest orders: the part of the record that this app knows."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), number=number)  # type: ignore[arg-type]
    sites = list(customer.sites.order_by("-is_active", "pk"))
    cylinders = cylinders_at(sites)
    context = {
        "customer": customer,
        "places": [(site, cylinders[site.pk]) for site in sites],
        "orders": Order.objects.of_record(customer).for_office_list().page_after("")[:RECENT],
        "exposure": exposure_of(customer.pk),
    }
    return show(request, "orders/standing.html", context, part="standing")


@allow(DISPATCHER, MANAGER)
def office_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One order with everything that was decided, done, said and paid for it."""
    order = _order(request, number)
    if not wants_part(request):  # fetching it again because it changed is the same look
        note_read(request, "customer", order.customer_id)
    return show(request, "orders/office_detail.html", _context(request, order), part="order")


def _order(request: HttpRequest, number: str) -> Order:
    return get_object_or_404(Order.objects.visible_to(request.user).for_office_detail(), number=number)  # type: ignore[arg-type]


def _context(request: HttpRequest, order: Order) -> dict[str, Any]:
    cause = {"cause_kind": "order", "cause_id": str(order.pk)}
    events = [str(event.pk) for event in order.events.all()]
    return {
        "order": order,
        "stations": story(order),
        "legs": AccountEntry.objects.filter(**cause).order_by("pk"),
        "payments": Payment.objects.kept().filter(**cause).select_related("received_by").order_by("received_at"),
        "messages_sent": Message.objects.filter(cause_kind="order_event", cause_id__in=events).order_by("pk"),
        "owed": order.owed_orders.order_by("pk"),
        "decided": order.decided,
        "confirm": ConfirmForm(),
        "may_confirm": order.state == Order.State.PLACED,
        "may_hand_over": order.state == Order.State.CONFIRMED,
    }


@allow(DISPATCHER, MANAGER)
@require_POST
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """It goes out; what is on hold is released with the reason, by who may."""
    order, form = _order(request, number), ConfirmForm(request.POST)
    if form.is_valid():
        try:
            order.confirm(by=request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
            return _moved(request, order, _("%(order)s is confirmed."))
        except Refused as refused:
            refuse(form, refused)
    context = _context(request, _order(request, number)) | {"confirm": form}
    return show(request, "orders/office_detail.html", context, part="order", status=422)


@allow(DISPATCHER, MANAGER)
def hold(request: HttpRequest, number: str) -> HttpResponse:
    """Wait until a manager has looked."""
    order, form = _order(request, number), HoldForm(request.POST or None)
    if form.is_valid():
        try:
            order.hold(by=request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
            return _moved(request, order, _("%(order)s waits for a manager."))
        except Refused as refused:
            refuse(form, refused)
    return _form(request, "orders/hold.html", {"order": order, "form": form})


@allow(DISPATCHER, MANAGER)
def reschedule(request: HttpRequest, number: str) -> HttpResponse:
    """To the day or window that the customer agreed to."""
    order, form = _order(request, number), RescheduleForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            order.reschedule(
                data["when"],
                by=request.user,  # type: ignore[arg-type]
                reason=data["reason"],
                operation_id=data["operation_id"],
            )
            return _moved(request, order, _("%(order)s comes at another time."))
        except Refused as refused:
            refuse(form, refused)
    windows = [window for window in windows_for(order.site) if not window.is_full]
    return _form(request, "orders/reschedule.html", {"order": order, "form": form, "windows": windows})


@allow(DISPATCHER, MANAGER)
def deliver(request: HttpRequest, number: str) -> HttpResponse:
    """They came to the counter for it: hand it over from the depot and take the money."""
    order = _order(request, number)
    form = DeliverForm(request.POST or None, order=order)
    if form.is_valid():
        data = {name: value for name, value in form.cleaned_data.items() if value}
        try:
            hand_over_at_counter(order, by=request.user, **data)  # type: ignore[arg-type]
            return _moved(request, order, _("%(order)s was handed over at the counter."))
        except Refused as refused:
            refuse(form, refused)
    return _form(request, "orders/deliver.html", {"order": order, "form": form})


def _form(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The form, or the form with its mistakes."""
    return show(request, template, context, part="form", status=422 if request.method == "POST" else 200)


def _moved(request: HttpRequest, order: Order, sentence: str) -> HttpResponse:
    return done(
        request,
        order.get_absolute_url(),
        changed=f"order {order.number}",
        message=sentence % {"order": order.number},
    )
