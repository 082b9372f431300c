"""How much a customer may owe, and whether they may order on account at all: a manager's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from customers.forms.credit import BlockForm, LimitForm
from customers.models import Customer
from customers.views.record import customer_for, record_url
from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import MANAGER


@allow(MANAGER)
def set_limit(request: HttpRequest, number: int) -> HttpResponse:
    """So much they may owe; what was confirmed before stays confirmed."""
    customer = customer_for(request, number)
    form = LimitForm(request.POST or None, initial={"credit_limit_twd": customer.credit_limit_twd})
    if request.method == "POST" and form.is_valid():
        try:
            customer.change(by=person(request), **form.cleaned_data)
            return _saved(request, customer, _("%s: the limit is saved."))
        except Refused as refused:
            refuse(form, refused)
    return _form(request, "customers/set_limit.html", {"customer": customer, "form": form})


@allow(MANAGER)
def block(request: HttpRequest, number: int) -> HttpResponse:
    """New orders on account wait for a manager from now on."""
    return _say_why(request, number, Customer.block, "customers/block.html", _("%s is blocked."))


@allow(MANAGER)
def unblock(request: HttpRequest, number: int) -> HttpResponse:
    """They may order on account again."""
    return _say_why(request, number, Customer.unblock, "customers/unblock.html", _("%s is not blocked any more."))


def _say_why(
    request: HttpRequest, number: int, verb: Callable[..., None], template: str, sentence: str
) -> HttpResponse:
    """A verb of the customer's that asks for nothing but a note."""
    customer, form = customer_for(request, number), BlockForm(request.POST or None)
    if form.is_valid():
        try:
            verb(customer, by=person(request), note=form.cleaned_data["note"])
            return _saved(request, customer, sentence)
        except Refused as refused:
            refuse(form, refused)
    return _form(request, template, {"customer": customer, "form": form})


def _saved(request: HttpRequest, customer: Customer, sentence: str) -> HttpResponse:
    return done(request, record_url(customer), changed=f"customer {customer.number}", message=sentence % customer)


def _form(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return show(request, template, context, part="form", status=422 if request.method == "POST" else 200)
