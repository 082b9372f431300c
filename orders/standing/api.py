"""Standing orders and templates for machines; the forms of the pages check what is sent, so both say the same.

No `from __future__ import annotations` here: ninja reads the types of the functions themselves.
"""

import datetime as dt
import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from customers.models import Customer
from luckygas.access import note_read, person
from luckygas.api import Mistaken, Paused, People
from luckygas.clock import business_day
from luckygas.flags import API, decide
from luckygas.models import CUSTOMER, DISPATCHER, MANAGER
from orders.forms.standing import EndForm, StandingFilterForm, StandingForm
from orders.models import Order, StandingOrder
from orders.standing.schemas import Facts, Filter, MadeOrder, NewOrder, NewTemplate, Page, Reason, WholeTemplate
from orders.standing.upcoming import Coming, Outlook, know_products

router = Router(tags=["templates"])
OFFICE, EVERYBODY = People(DISPATCHER, MANAGER), People(DISPATCHER, MANAGER, CUSTOMER)
NEXT = 8


def told(standing: StandingOrder, coming: list[Coming]) -> dict[str, Any]:
    """A template as it is answered; `coming` are its next days."""
    names = (
        "id",
        "name",
        "rhythm",
        "rhythm_words",
        "weekdays",
        "every_days",
        "month_day",
        "dates",
        "if_closed",
        "note",
    )
    more = ("starts_on", "ends_on", "is_active", "is_paused", "paused_until", "use_count")
    return {name: getattr(standing, name) for name in (*names, *more)} | {
        "customer": standing.site.customer.number,
        "customer_name": standing.site.customer.name,
        "site": standing.site_id,
        "address": standing.site.address,
        "items": [
            {"product": product.code, "name": str(product), "quantity": count} for product, count in standing.loads()
        ],
        "merged_note": standing.merged_note(),
        "next_on": next((each.day for each in coming if each.comes), None),
        "next_days": [
            {"on": each.on, "day": each.day, "state": each.state, "reason": str(each.reason)}
            | {"order": each.order.number if each.order else None}
            for each in coming
        ],
    }


def told_whole(request: HttpRequest, pk: int) -> dict[str, Any]:
    standing = visible(request, pk)
    return told(standing, Outlook([standing]).next(standing, NEXT))


def told_page(found: Any, page: int, size: int) -> dict[str, Any]:
    """One page of templates, each with its next day, in as many queries for three as for one."""
    shown = Paginator(found.for_list().order_by("-pk"), size).get_page(page)
    standing = list(shown)
    outlook = Outlook(standing)
    know_products(standing)
    items = [told(each, [one] if (one := outlook.next_delivery(each)) else []) for each in standing]
    return {"items": items, "count": shown.paginator.count, "page": shown.number, "pages": shown.paginator.num_pages}


def visible(request: HttpRequest, pk: int) -> StandingOrder:
    return get_object_or_404(StandingOrder.objects.visible_to(person(request)).for_detail(), pk=pk)


# --- from a body to the form of the page ------------------------------------------------------------------------------
def typed(facts: dict[str, Any], **more: Any) -> MultiValueDict:
    """A body as a browser would send it."""
    sent: dict[str, list[Any]] = {name: [value] for name, value in (facts | more).items() if value not in (None, [])}
    sent["weekdays"] = facts["weekdays"]
    sent["dates"] = ["\n".join(day.isoformat() for day in facts["dates"])]
    sent["starts_on"] = [(facts["starts_on"] or business_day() + dt.timedelta(days=1)).isoformat()]
    sent["ends_on"] = [facts["ends_on"].isoformat() if facts["ends_on"] else ""]
    return MultiValueDict(sent | {f"quantity_{line['product']}": [line["quantity"]] for line in facts["items"]})


def checked(
    facts: dict[str, Any], customer: Customer, standing: StandingOrder | None = None, **more: Any
) -> StandingForm:
    """The page's form with these facts; every mistake is said at the body's own field."""
    form = StandingForm(typed(facts, **more), customer=customer, standing=standing)
    codes = [line["product"] for line in facts["items"]]
    unknown = sorted(set(codes) - {product.code for product in form.products})
    about_items = [_("%(code)s cannot be ordered here.") % {"code": code} for code in unknown]
    if len(set(codes)) < len(codes):
        about_items.append(_("Each product once."))
    mistakes: dict[str, list[Any]] = {"items": about_items} if about_items else {}
    for name, said in form.errors.items():
        field = "items" if name.startswith("quantity_") else name
        if field != "items" or not unknown:  # without the unknown ones there is perhaps nothing left
            mistakes.setdefault(field, []).extend(said)
    if mistakes:
        raise Mistaken(mistakes)
    return form


def site_of(customer: Customer, site: int | None) -> int:
    if site is not None:
        return site
    sites = list(customer.sites.active().values_list("pk", flat=True)[:2])
    if len(sites) != 1:
        raise Mistaken({"site": [_("Choose the address.")]})
    return sites[0]


# --- the routes -------------------------------------------------------------------------------------------------------
@router.get("/templates", response=Page, url_name="templates", auth=EVERYBODY)
def list_templates(request: HttpRequest, asked: Query[Filter]) -> dict[str, Any]:
    """Templates by what is asked for, the newest first."""
    form = StandingFilterForm({name: value for name, value in asked.dict().items() if value is not None})
    if not form.is_valid():
        raise Mistaken.of(form)
    return told_page(form.chosen(StandingOrder.objects.visible_to(person(request))), asked.page, asked.page_size)


@router.post("/templates", response={201: WholeTemplate}, url_name="templates", auth=OFFICE)
def create_template(request: HttpRequest, body: NewTemplate) -> Status[dict[str, Any]]:
    """Agree on a new one, once per `operation_id`."""
    customer = Customer.objects.filter(number=body.customer).first()
    if customer is None:
        raise Mistaken({"customer": [_("There is no customer with this number.")]})
    facts = body.dict()
    form = checked(facts, customer, site=site_of(customer, body.site), operation_id=body.operation_id)
    standing = StandingOrder.create(
        operation_id=body.operation_id, site=form.cleaned_data["site"], by=person(request), **form.facts()
    )
    return Status(201, told_whole(request, standing.pk))


@router.get("/templates/{int:pk}", response=WholeTemplate, url_name="template", auth=EVERYBODY)
def get_template(request: HttpRequest, pk: int) -> dict[str, Any]:
    """One template with its next days."""
    if person(request).is_office:
        note_read(request, "customer", visible(request, pk).site.customer_id)
    return told_whole(request, pk)


@router.patch("/templates/{int:pk}", response=WholeTemplate, url_name="template", auth=OFFICE)
def update_template(request: HttpRequest, pk: int, body: Facts) -> dict[str, Any]:
    """Agree on something else; what is left out stays."""
    standing = visible(request, pk)
    held = {name: getattr(standing, name) for name in Facts.model_fields}
    facts = held | body.dict(exclude_unset=True)
    form = checked(facts, standing.site.customer, standing, site=standing.site_id, operation_id=uuid.uuid4())
    standing.edit(by=person(request), **form.facts())
    return told_whole(request, pk)


@router.post("/templates/{int:pk}/deactivate", response=WholeTemplate, url_name="deactivate_template", auth=OFFICE)
def deactivate_template(request: HttpRequest, pk: int, body: Reason) -> dict[str, Any]:
    """Stop it for good, with the reason."""
    standing, form = visible(request, pk), EndForm({"reason": body.reason})
    if not form.is_valid():
        raise Mistaken.of(form)
    standing.end(by=person(request), reason=form.cleaned_data["reason"])
    return told_whole(request, pk)


@router.post("/templates/{int:pk}/orders", response={201: MadeOrder}, url_name="template_orders", auth=OFFICE)
def make_order(request: HttpRequest, pk: int, body: NewOrder) -> Status[dict[str, Any]]:
    """Make an order of it, once per `operation_id`; 503 while new orders are paused."""
    standing, user = visible(request, pk), person(request)
    decision = decide(customer=standing.site.customer, user=user)
    if decision.stops(API):
        raise Paused
    order = standing.make(
        operation_id=body.operation_id,
        day=body.day,
        is_gas_out=body.is_gas_out,
        more=body.note,
        channel=Order.Channel.API,
        by=user,
        decision=decision,
    )
    names = ("number", "state", "channel", "promised_on", "promised_from", "promised_to", "total_twd", "note")
    return Status(201, {name: getattr(order, name) for name in names} | {"template": pk})


@router.get("/customers/{int:number}/templates", response=Page, url_name="templates_of_customer", auth=EVERYBODY)
def templates_of_customer(request: HttpRequest, number: int, asked: Query[Filter]) -> dict[str, Any]:
    """A customer's templates; 404 for a customer that this person may not see."""
    user = person(request)
    customer = get_object_or_404(Customer.objects.visible_to(user), number=number)
    found = StandingOrder.objects.visible_to(user).filter(site__customer=customer)
    form = StandingFilterForm({"state": asked.state, "rhythm": asked.rhythm})
    if not form.is_valid():
        raise Mistaken.of(form)
    return told_page(form.chosen(found), asked.page, asked.page_size)
