"""One customer's record: what is written on it, who changed it, who looked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.changes import changes_of, looks_at
from customers.doubles import doubles_of
from customers.forms.record import CustomerForm, DeactivateForm, NewCustomerForm
from customers.models import Contact, Customer, Site
from luckygas.access import allow, note_read, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, leave, show
from luckygas.models import DISPATCHER, MANAGER

ENTRIES = 12


def customer_for(request: HttpRequest, number: int) -> Customer:
    """The customer with this number, when this person may see them."""
    seen = Customer.objects.visible_to(person(request)).with_money().select_related("merged_into")
    return get_object_or_404(seen, number=number)


def record_url(customer: Customer) -> str:
    return reverse("customers:detail", args=[customer.number])


@allow(DISPATCHER, MANAGER)
def detail(request: HttpRequest, number: int) -> HttpResponse:
    """The whole record; the look is written down."""
    customer = customer_for(request, number)
    note_read(request, "customer", customer.pk)
    context = detail_context(customer)
    if _is_manager(request):
        context["looks"] = looks_at(customer)
    return show(request, "customers/detail.html", context)


def detail_context(customer: Customer) -> dict[str, Any]:
    return {
        "customer": customer,
        "sites": customer.sites.select_related("area").order_by("-is_active", "pk"),
        "contacts": customer.contacts.filter(is_active=True),
        "memberships": customer.memberships.select_related("user", "site").order_by("pk"),
        "entries": customer.entries.filter(account="receivable").order_by("-pk")[:ENTRIES],
        "changes": changes_of(customer),
        "doubles": doubles_of(customer) if customer.is_active else [],
        "merges": customer.merges.select_related("absorbed", "by").order_by("-pk"),
    }


@allow(DISPATCHER, MANAGER)
def create(request: HttpRequest) -> HttpResponse:
    """Somebody new: the record, the phone they call from and, when they said it, where to.

    `?desk`: they are on the phone, so their first order comes next.
    """
    form = NewCustomerForm(request.POST or None, may_give_credit=_is_manager(request))
    if form.is_valid():
        try:
            customer = _register(request, form)
            desk = reverse("orders:call", args=[customer.number]) if "desk" in request.GET else ""
            return done(request, desk or record_url(customer), message=_("%s is on the record.") % customer)
        except Refused as refused:
            refuse(form, refused)
    return _answer(request, "customers/create.html", {"form": form})


@transaction.atomic
def _register(request: HttpRequest, form: NewCustomerForm) -> Customer:
    data = form.cleaned_data
    customer = Customer.register(operation_id=data["operation_id"], by=person(request), **form.facts())
    if customer.contacts.exists():
        return customer  # sent twice
    Contact.add(customer=customer, raw=data["phone"], name=data["contact"])
    if data["address"]:
        Site.add(customer=customer, by=person(request), address=data["address"], area=data["area"])
    return customer


@allow(DISPATCHER, MANAGER)
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """Correct the facts. Only what was changed is written, so that two people do not undo each other."""
    customer = customer_for(request, number)
    form = CustomerForm(request.POST or None, instance=customer, may_give_credit=_is_manager(request))
    if form.is_valid():
        facts = {name: form.cleaned_data[name] for name in form.changed_data}
        try:
            customer.change(by=person(request), **facts)
            return done(request, record_url(customer), message=_("Saved."))
        except Refused as refused:
            refuse(form, refused)
    return _answer(request, "customers/edit.html", {"customer": customer, "form": form})


@allow(DISPATCHER, MANAGER)
def deactivate(request: HttpRequest, number: int) -> HttpResponse:
    """Stop serving somebody, with the reason; the record stays."""
    customer, form = customer_for(request, number), DeactivateForm(request.POST or None)
    if form.is_valid():
        try:
            customer.deactivate(by=person(request), reason=form.cleaned_data["reason"])
            return done(request, record_url(customer), message=_("%s is stopped.") % customer)
        except Refused as refused:
            refuse(form, refused)
    return _answer(request, "customers/deactivate.html", {"customer": customer, "form": form})


@allow(DISPATCHER, MANAGER)
@require_POST
def reactivate(request: HttpRequest, number: int) -> HttpResponse:
    customer = customer_for(request, number)
    try:
        customer.reactivate(by=person(request))
    except Refused as refused:
        messages.error(request, str(refused.sentence))
        return leave(request, record_url(customer))
    return done(request, record_url(customer), message=_("%s is served again.") % customer)


def _is_manager(request: HttpRequest) -> bool:
    return MANAGER in person(request).roles


def _answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return show(request, template, context, part="form", status=422 if request.method == "POST" else 200)
