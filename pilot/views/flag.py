"""Flags: who has them, and changing that."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.flags import FLAGS, SWITCHES, decide
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import MANAGER, OPS
from pilot.flags import switches
from pilot.flags.audience import audiences
from pilot.forms import FlagForm, TermsForm
from pilot.models import Flag, FlagChange

NEWEST = 50


@allow(OPS, MANAGER)
def flags(request: HttpRequest) -> HttpResponse:
    """Every flag, and what was changed last; `?customer=` says what one customer has."""
    changes = FlagChange.objects.select_related("by").order_by("-pk")[:NEWEST]
    context = {"flags": audiences(), "changes": changes} | _of_customer(request.GET.get("customer", ""))
    return show(request, "pilot/flags.html", context, part="flag-table")


def _of_customer(number: str) -> dict[str, Any]:
    """What is decided for the customer with this number, with the same words as the command."""
    digits = number.strip()[:18]
    customer = Customer.objects.filter(number=digits).first() if digits.isdecimal() else None
    return {"number": number, "customer": customer, "has": decide(customer=customer).flags if customer else {}}


@allow(OPS, MANAGER)
def change_flag(request: HttpRequest, name: str) -> HttpResponse:
    """Give a flag to others, or say who answers for it, with the reason. A switch's terms two people agree on."""
    if name not in FLAGS:
        raise Http404
    form = _form(request, name)
    if form.is_bound and form.is_valid():
        try:
            return done(request, reverse("pilot:flags"), changed=f"flag {name}", message=_change(request, name, form))
        except Refused as refused:
            refuse(form, refused)
    changes = FlagChange.objects.filter(flag=name).select_related("by").order_by("-pk")[:NEWEST]
    context = {"name": name, "meaning": _(FLAGS[name]), "form": form, "changes": changes, "is_switch": name in SWITCHES}
    return show(request, "pilot/change_flag.html", context, part="form", status=422 if form.is_bound else 200)


def _form(request: HttpRequest, name: str) -> FlagForm | TermsForm:
    more: dict[str, Any] = {} if name in SWITCHES else {"name": name}
    kind: type[Any] = TermsForm if name in SWITCHES else FlagForm
    if request.method == "POST":
        return kind(request.POST, **more)
    flag = Flag.objects.filter(name=name).select_related("owner").first()
    return kind.filled(flag, by=person(request), seen=FlagChange.newest(name), **more)


def _change(request: HttpRequest, name: str, form: Any) -> str:
    """Do it, or ask for it; what to say afterwards."""
    data, by = form.cleaned_data, person(request)
    if name in SWITCHES:
        switches.ask_edit(name, owner=data["owner"], due_on=data["due_on"], by=by, reason=data["reason"])
        return _("A second person must agree now.")
    Flag.change(name, by=by, reason=data["reason"], seen=data["seen"], **form.values())
    return _("%s is changed.") % name
