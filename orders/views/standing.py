"""Standing orders at the office: the list, one with its next days, what is agreed, and tomorrow."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.changes import changes_of
from customers.hits import hits_for
from customers.models import Customer
from luckygas.access import allow, note_read, person
from luckygas.clock import business_day
from luckygas.errors import Refused
from luckygas.flags import DESK, STANDING, decide
from luckygas.forms import refuse
from luckygas.http import done, show, wait, wants_part
from luckygas.models import DISPATCHER, MANAGER
from orders.forms.order import read_day
from orders.forms.standing import EndForm, MakeForm, PauseForm, PutAsideForm, StandingFilterForm, StandingForm
from orders.models import StandingDay, StandingOrder
from orders.standing.upcoming import Coming, DayAhead, Outlook, know_products

PAGE, NEXT, WRITTEN, MONTHS = 50, 8, 20, 6


@allow(DISPATCHER, MANAGER)
def standing_orders(request: HttpRequest) -> HttpResponse:
    """Standing orders by what the address asks for, each with the next day it comes."""
    form = StandingFilterForm(request.GET)
    found = form.chosen(StandingOrder.objects.visible_to(person(request))).for_list()
    page = Paginator(found.order_by("site__customer__number", "pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": rows_of(list(page)),
        "refused": StandingDay.objects.filter(state=StandingDay.State.REFUSED).count(),
    }
    return show(request, "orders/standing_orders.html", context, part="standing-list")


def rows_of(standing: list[StandingOrder]) -> list[tuple[StandingOrder, Coming | None]]:
    """Each with the next day it comes; in three queries."""
    outlook = Outlook(standing)
    know_products(standing)
    return [(each, outlook.next_delivery(each)) for each in standing]


@allow(DISPATCHER, MANAGER)
def standing_order(request: HttpRequest, pk: int) -> HttpResponse:
    """One standing order: what is agreed, the next days, what became of the last ones, and the count of them."""
    standing = standing_for(request, pk)
    if not wants_part(request):
        note_read(request, "customer", standing.site.customer_id)
    context = {
        "standing": standing,
        "next": Outlook([standing]).next(standing, NEXT),
        "written": standing.days.for_office().order_by("-on", "-pk")[:WRITTEN],
        "months": standing.days.by_month()[:MONTHS],
        "changes": changes_of(standing),
    }
    return show(request, "orders/standing_order.html", context, part="standing-order")


def standing_for(request: HttpRequest, pk: int) -> StandingOrder:
    """The one with this number, when this person may see it."""
    return get_object_or_404(StandingOrder.objects.visible_to(person(request)).for_detail(), pk=pk)


@allow(DISPATCHER, MANAGER)
def standing_days(request: HttpRequest) -> HttpResponse:
    """A day ahead, else tomorrow: what will be made, what is left out and why, and what needs somebody."""
    tomorrow = business_day() + dt.timedelta(days=1)
    day = max(read_day(request.GET.get("day", "")) or tomorrow, business_day())
    ahead = DayAhead.of(min(day, tomorrow + dt.timedelta(days=30)))
    context = {
        "ahead": ahead,
        "refused": StandingDay.objects.refused(),
        "is_paused": decide().stops(STANDING),
        "tomorrow": tomorrow,
    }
    return show(request, "orders/standing_days.html", context, part="days")


@allow(DISPATCHER, MANAGER)
def create_standing(request: HttpRequest) -> HttpResponse:
    """Agree on a new one; `?customer=` says for whom, without it somebody is looked for first."""
    number = request.GET.get("customer", "")
    if not number.isdecimal():
        text = request.GET.get("q", "").strip()[:60]
        return show(request, "orders/standing_for.html", {"q": text, "hits": hits_for(text) if text else []})
    customer = get_object_or_404(Customer.objects.visible_to(person(request)), number=number)
    start = {"rhythm": "weekly", "starts_on": business_day() + dt.timedelta(days=1)}
    form = StandingForm(request.POST or None, customer=customer, initial=start)
    if form.is_valid():
        try:
            standing = StandingOrder.create(
                operation_id=form.cleaned_data["operation_id"],
                site=form.cleaned_data["site"],
                by=person(request),
                **form.facts(),
            )
            return done(request, standing.get_absolute_url(), message=_("Agreed: %s.") % standing.rhythm_words)
        except Refused as refused:
            refuse(form, refused)
    return _form(request, "orders/create_standing.html", {"customer": customer, "form": form})


@allow(DISPATCHER, MANAGER)
def edit_standing(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree on something else."""
    standing = standing_for(request, pk)
    customer, initial = standing.site.customer, StandingForm.initial_of(standing)
    form = StandingForm(request.POST or None, customer=customer, standing=standing, initial=initial)
    if form.is_valid():
        try:
            standing.edit(by=person(request), **form.facts())
            return _changed(request, standing, _("Saved."))
        except Refused as refused:
            refuse(form, refused)
    return _form(request, "orders/edit_standing.html", {"standing": standing, "customer": customer, "form": form})


@allow(DISPATCHER, MANAGER)
def pause_standing(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring nothing for a while."""
    standing, form = standing_for(request, pk), PauseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            standing.pause(by=person(request), **form.cleaned_data)
            return _changed(request, standing, _("Paused."))
        except Refused as refused:
            refuse(form, refused)
    return _form(request, "orders/pause_standing.html", {"standing": standing, "form": form})


@allow(DISPATCHER, MANAGER)
@require_POST
def resume_standing(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on after a pause."""
    standing = standing_for(request, pk)
    try:
        standing.resume(by=person(request))
    except Refused as refused:
        return done(request, standing.get_absolute_url(), message=refused.sentence)
    return _changed(request, standing, _("It comes again."))


@allow(DISPATCHER, MANAGER)
def end_standing(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it for good, with the reason."""
    standing, form = standing_for(request, pk), EndForm(request.POST or None)
    if form.is_valid():
        try:
            standing.end(by=person(request), reason=form.cleaned_data["reason"])
            return _changed(request, standing, _("Stopped."))
        except Refused as refused:
            refuse(form, refused)
    return _form(request, "orders/end_standing.html", {"standing": standing, "form": form})


@allow(DISPATCHER, MANAGER)
def make_standing(request: HttpRequest, pk: int) -> HttpResponse:
    """One order of it now, or for a day; only the desk's own switch stops that."""
    standing, form = standing_for(request, pk), MakeForm(request.POST or None)
    user = person(request)
    decision = decide(customer=standing.site.customer, user=user)
    context = {"standing": standing, "form": form, "is_stopped": decision.stops(DESK)}
    if form.is_bound and decision.stops(DESK):
        return wait(_form(request, "orders/make_standing.html", context))
    if form.is_valid():
        data = form.cleaned_data
        try:
            order = standing.make(
                operation_id=data["operation_id"],
                day=data["day"],
                is_gas_out=data["is_gas_out"],
                more=data["note"],
                by=user,
                decision=decision,
            )
            return done(request, order.get_absolute_url(), message=_("Order %(order)s is made.") % {"order": order})
        except Refused as refused:
            refuse(form, refused)
    return _form(request, "orders/make_standing.html", context)


@allow(DISPATCHER, MANAGER)
def put_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """What could not be made was dealt with in another way."""
    day = get_object_or_404(StandingDay.objects.for_office(), pk=pk)
    form = PutAsideForm(request.POST or None)
    if form.is_valid():
        try:
            day.put_aside(by=person(request), reason=form.cleaned_data["reason"])
            return done(
                request, reverse("orders:standing_days"), changed=f"standing {day.standing_id}", message=_("Put aside.")
            )
        except Refused as refused:
            refuse(form, refused)
    return _form(request, "orders/put_aside.html", {"day": day, "form": form})


def _form(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The form, or the form with its mistakes."""
    return show(request, template, context, part="form", status=422 if request.method == "POST" else 200)


def _changed(request: HttpRequest, standing: StandingOrder, sentence: str) -> HttpResponse:
    return done(request, standing.get_absolute_url(), changed=f"standing {standing.pk}", message=sentence)
