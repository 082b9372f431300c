"""Sold from the vehicle to somebody who waved it down, and visits of customers who are still in the old system."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max

from customers.models import Contact, Customer, Site
from deliveries.models import CashLeg, DriverEvent, Route, Stop
from deliveries.reporting.aside import put_aside
from deliveries.reporting.day import moment_of
from deliveries.reporting.outcome import APPLIED, Outcome
from deliveries.reporting.reports import Delivery, Money, exchanged
from deliveries.reporting.settling import Told, receive
from deliveries.reporting.stock import route_of
from luckygas.db import derived_id
from luckygas.errors import Refused
from luckygas.flags import decide
from luckygas.phones import parse
from luckygas.said import Said as _
from luckygas.said import Words
from orders.handover import Handed, Handover
from orders.models import CylinderMovement, Order, Place
from orders.wishes import Item, Wish

State = CylinderMovement.State


def sale(event: DriverEvent) -> Outcome:
    """An order and its handover at once; who is in the old system gets none, and stock and cash are booked there."""
    route, report, money = route_of(event), Delivery.read(event.body), Money.read(event.body.get("payment"))
    if report.is_empty_handed:
        raise Refused(_("This report does not say what was handed over."), code="malformed")
    site, doubt = _buyer(route, event.body)
    site.customer.lock()
    route.lock()
    put_aside(event, route, at=moment_of(event))
    if site.customer.is_legacy:
        stop = _stop(event, route, site, kind=Stop.Kind.LEGACY)
        book_legacy(event, stop, report.handover.items, money)
        return Outcome(stop=stop)
    with transaction.atomic():
        order = _place(event, site, report.handover)
        stop = _stop(event, route, site, order=order)
        trouble = _hand_over(event, route, order, report.handover)
        receive(Told.of(event), site.customer, ("stop", stop.pk), money)
    reason = trouble or doubt
    return Outcome("contested" if trouble else "applied", reason, order=order, stop=stop)


def _place(event: DriverEvent, site: Site, handover: Handover) -> Order:
    """What was handed over is what was ordered; a product that only came back is on the order's lines too."""
    items = tuple(Item(item.product, item.delivered, min(item.empties, item.delivered)) for item in handover.items)
    wish = Wish(site=site, items=items, is_gas_out=False, pays_by=Order.PaysBy.CASH)
    return Order.place(
        wish, operation_id=derived_id("sale", event.pk), channel=Order.Channel.COUNTER, by=event.user,
        decision=decide(customer=site.customer, user=event.user), at=moment_of(event),
    )  # fmt: skip


def _hand_over(event: DriverEvent, route: Route, order: Order, handover: Handover) -> Words:
    """Delivered when no gate says no; otherwise written as it was, with the sentence for the office."""
    deed: dict[str, Any] = {"place": route.vehicle.place, "by": event.user, "at": moment_of(event)}
    try:
        with transaction.atomic():
            order.deliver(handover, operation_id=event.pk, **deed)
    except Refused as refused:
        order.refresh_from_db()
        reason = refused.sentence
        order.contest(handover, reason=reason, operation_id=event.pk, **deed)
        return reason
    return ""


def _stop(event: DriverEvent, route: Route, site: Site, *, order: Order | None = None, kind: str = "deliver") -> Stop:
    """The visit nobody had planned, over as soon as it is written: its money is the route's."""
    last = route.stops.aggregate(last=Max("position", default=0))["last"]
    return Stop.objects.create(
        route=route, position=last + 1, kind=kind, order=order, site=site, state=Stop.State.DONE,
        arrived_at=moment_of(event), finished_at=moment_of(event), finished_by=event.user,
        note=str(_("sold on the way")),
    )  # fmt: skip


# --- who bought it ---
def _buyer(route: Route, body: dict[str, Any]) -> tuple[Site, Words]:
    """Whose address it is by number or phone, and a sentence when nobody is found or several are."""
    said = str(body.get("buyer") or "").strip()
    found = list(_found(said)) if said else []
    if len(found) == 1 and (site := found[0].sites.filter(is_active=True).order_by("pk").first()):
        return site, ""
    doubt = _("Sold to “%(who)s”, whom nobody knows for sure. It stands with those who pass by.") % {"who": said}
    return _passer_by(route), doubt if said else ""


def _found(said: str) -> Any:
    """Customers we serve with this number or this phone."""
    served = Customer.objects.filter(deactivated_at=None, merged_into=None)
    if said.isascii() and said.isdigit() and len(said) <= 7 and not said.startswith("09"):
        return served.filter(number=int(said))
    try:
        phone = parse(said)
    except Refused:
        return ()
    owners = Contact.objects.filter(phone=phone.e164, is_active=True).values("customer")
    return served.filter(pk__in=owners)


def _passer_by(route: Route) -> Site:
    """The one record of everybody who is no customer: at the depot they came from, in the area of the route."""
    customer, _made = Customer.objects.get_or_create(
        operation_id=derived_id("passers-by", route.depot_id), defaults={"name": str(_("passers-by"))}
    )
    customer.refresh_from_db()
    first = route.stops.select_related("site").order_by("position").first()
    area = first.site.area if first else Site.objects.select_related("area").order_by("pk")[0].area
    defaults = {"area": area, "address": route.depot.name}
    return Site.objects.get_or_create(customer=customer, label="", defaults=defaults)[0]


# --- the old system ---
def legacy(event: DriverEvent) -> Outcome:
    """A visit without an order of ours: cylinders and cash, balanced against the old system."""
    stop = event.stop
    if stop is None:
        raise Refused(_("A report of a stop that is not there any more."), code="unknown_stop")
    items = exchanged(event.body["items"]) if event.body.get("items") else []
    money = Money.read(event.body.get("payment"))
    route_of(event).lock()
    stop.lock()
    if stop.is_finished:
        said = {"number": stop.position}
        return Outcome("finished", _("Stop %(number)s was reported twice, with different contents.") % said, stop=stop)
    stop.finish(by=event.user, at=moment_of(event))
    book_legacy(event, stop, items, money)
    return APPLIED


def book_legacy(event: DriverEvent, stop: Stop, items: tuple[Handed, ...] | list[Handed], money: Money) -> None:
    """Full ones to the old system, empties from it; cash into the driver's bag on its account."""
    truck, theirs, at = stop.route.vehicle.place, Place.of(Place.Kind.LEGACY), moment_of(event)
    for item in items:
        _move(stop, item, item.delivered, (truck, State.FULL), (theirs, State.IN_USE), "given", by=event.user, at=at)
        _move(stop, item, item.empties, (theirs, State.IN_USE), (truck, State.EMPTY), "taken", by=event.user, at=at)
    if money.method == "cash":
        legs = {"driver": money.received_twd, "legacy": -money.received_twd}
        CashLeg.post(stop.route, legs, cause=("legacy", stop.pk), by=event.user, at=at)


def _move(
    stop: Stop, item: Handed, quantity: int, start: tuple[Place, str], end: tuple[Place, str], purpose: str, *,
    by: Any, at: dt.datetime,
) -> None:  # fmt: skip
    CylinderMovement.post(
        product=item.product, quantity=quantity, start=start, end=end, cause=("stop", stop.pk), purpose=purpose, by=by,
        at=at,
    )  # fmt: skip
