"""Whom to call at a customer's, and who may act for them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.forms.people import ContactForm, MembershipForm
from customers.models import Contact, Membership
from customers.views.record import customer_for, record_url
from luckygas.access import allow
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER


@allow(DISPATCHER, MANAGER)
def add_contact(request: HttpRequest, number: int) -> HttpResponse:
    """A phone number as it was said; kept in E.164 beside the words."""
    customer, form = customer_for(request, number), ContactForm(request.POST or None)
    if form.is_valid():
        try:
            Contact.add(customer=customer, raw=form.cleaned_data["phone"], name=form.cleaned_data["name"])
            return done(request, record_url(customer), message=_("The number is on the record."))
        except Refused as refused:
            refuse(form, refused)
    status = 422 if request.method == "POST" else 200
    return show(request, "customers/contact.html", {"customer": customer, "form": form}, part="form", status=status)


@allow(DISPATCHER, MANAGER)
@require_POST
def remove_contact(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    customer = customer_for(request, number)
    get_object_or_404(customer.contacts, pk=pk).remove(by=request.user)  # type: ignore[arg-type]
    return done(request, record_url(customer), message=_("The number is off the record."))


@allow(DISPATCHER, MANAGER)
def add_membership(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody who signed up may order for this customer, and see the balance or not."""
    customer = customer_for(request, number)
    form = MembershipForm(request.POST or None, customer=customer)
    if form.is_valid():
        data = form.cleaned_data
        try:
            Membership.give(
                customer=customer,
                person=data["who"],
                by=request.user,  # type: ignore[arg-type]
                can_order=data["can_order"],
                sees_balance=data["sees_balance"],
                site=data["site"],
            )
            return done(request, record_url(customer), message=_("They may act for this customer."))
        except Refused as refused:
            refuse(form, refused)
    status = 422 if request.method == "POST" else 200
    return show(request, "customers/membership.html", {"customer": customer, "form": form}, part="form", status=status)


@allow(DISPATCHER, MANAGER)
@require_POST
def remove_membership(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    customer = customer_for(request, number)
    get_object_or_404(customer.memberships, pk=pk).take_back(by=request.user)  # type: ignore[arg-type]
    return done(request, record_url(customer), message=_("They no longer act for this customer."))
