"""What everything costs, and how that changes: everybody in the office reads, managers change."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer, Message
from luckygas.access import allow, note_read, person
from luckygas.clock import business_day
from luckygas.db import derived_id
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER
from orders.billing.crossing import crossing
from orders.billing.price_list import changed_by, counted, price_list, with_own_prices
from orders.forms.order import read_day
from orders.forms.prices import EnterPricesForm, RepriceForm, WithdrawPricesForm
from orders.models import Order, PriceChange

PAGE = 20


@allow(DISPATCHER, MANAGER)
def prices(request: HttpRequest) -> HttpResponse:
    """The prices of a day, for everybody or one customer, and how they came about."""
    customer, on = _customer(request), read_day(request.GET.get("on", "")) or business_day()
    changes = PriceChange.objects.filter(customer=customer) if customer else PriceChange.objects.all()
    listed = counted(changes.select_related("customer", "by"))
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    context = {
        "customer": customer,
        "on": on,
        "rows": price_list(on=on, customer=customer),
        "page": page,
        "own": None if customer else with_own_prices(on=on),
    }
    return show(request, "orders/prices.html", context, part="price-list")


def _customer(request: HttpRequest) -> Customer | None:
    """Whose prices: `?customer=217`; everybody's when absent."""
    number = request.GET.get("customer", "")
    if not number:
        return None
    customer = get_object_or_404(Customer, number=int(number) if number.isdecimal() and len(number) < 10 else 0)
    note_read(request, "customer", customer.pk)
    return customer


@allow(MANAGER)
def enter_prices(request: HttpRequest) -> HttpResponse:
    """New prices for a day to come: all products in one form, with the reason and who is told."""
    customer, day = _customer(request), EnterPricesForm.first_of_next_month()
    rows = price_list(on=day, customer=customer)
    form = EnterPricesForm(request.POST or None, rows=rows, customer=customer, initial=_usual(day))
    if form.is_valid():
        data = form.cleaned_data
        facts = {name: data[name] for name in ("operation_id", "valid_from", "reason", "announce_to", "announce_on")}
        try:
            change = PriceChange.enter(by=person(request), customer=customer, amounts=form.amounts(), **facts)
            return done(request, change.get_absolute_url(), message=_("The new prices are entered."))
        except Refused as refused:
            refuse(form, refused)
    context = {"form": form, "customer": customer}
    return _form(request, "orders/enter_prices.html", context)


def _usual(day: dt.date) -> dict[str, Any]:
    """The first of next month, told three days before."""
    return {"valid_from": day, "announce_to": "", "announce_on": max(day - dt.timedelta(days=3), business_day())}


@allow(DISPATCHER, MANAGER)
def price_change(request: HttpRequest, pk: int) -> HttpResponse:
    """One change: what it brought, who entered it and why, who was told."""
    change = get_object_or_404(PriceChange.objects.select_related("customer", "by", "withdrawn_by"), pk=pk)
    told = Message.objects.filter(cause_kind="price_change", cause_id__startswith=f"{change.pk}:", kind="prices")
    context = {
        "change": change,
        "prices": changed_by(change),
        "told": told.count() if change.told_up_to else 0,
        "to_tell": change.mobiles.count() if change.announce_to and change.state == "coming" else 0,
    }
    return show(request, "orders/price_change.html", context)


@allow(MANAGER)
def withdraw_prices(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a change back before its day."""
    change, form = get_object_or_404(PriceChange, pk=pk), WithdrawPricesForm(request.POST or None)
    if form.is_valid():
        try:
            change.withdraw(by=person(request), why=form.cleaned_data["why"])
            return done(request, change.get_absolute_url(), message=_("The change is withdrawn; the old prices hold."))
        except Refused as refused:
            refuse(form, refused)
    return _form(request, "orders/withdraw_prices.html", {"change": change, "form": form})


@allow(DISPATCHER, MANAGER)
def reprice(request: HttpRequest) -> HttpResponse:
    """Open orders whose price is not their day's; what the customer moved costs what its day costs."""
    found = crossing()
    form = RepriceForm(request.POST or None, numbers=[each.order.number for each in found])
    if form.is_valid():
        count, refusals = _reprice(request, form)
        if not refusals:
            told = ngettext("%(count)d order priced for its day.", "%(count)d orders priced for their days.", count)
            return done(request, reverse("orders:reprice"), changed="order 0", message=told % {"count": count})
        for refusal in refusals:
            form.add_error(None, refusal)
        found = crossing()
    return _form(request, "orders/reprice.html", {"found": found, "form": form}, part="crossing")


def _reprice(request: HttpRequest, form: RepriceForm) -> tuple[int, list[str]]:
    """Each order by itself: what was refused is named, and never counted as done."""
    count, refusals, data = 0, [], form.cleaned_data
    for order in Order.objects.filter(number__in=data["order"]).order_by("pk"):
        try:
            operation = derived_id("reprice", data["operation_id"], order.pk)
            order.reprice(by=person(request), reason=data["reason"], operation_id=operation)
            count += 1
        except Refused as refused:
            refusals.append(f"{order.number}: {refused.sentence}")
    return count, refusals


def _form(request: HttpRequest, template: str, context: dict[str, Any], *, part: str = "form") -> HttpResponse:
    return show(request, template, context, part=part, status=422 if request.method == "POST" else 200)
