"""What follows a visit: money, what is left owed, part-empties on the scales, the signature. Each of it once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Self

from django.db import transaction
from django.db.models import Max, Q, Sum

from customers.models import Customer, Payment
from deliveries.models import DriverEvent, Proof, Route, Stop, Weighing
from deliveries.models.weighing import CENT
from deliveries.reporting.day import moment_of
from deliveries.reporting.reports import Delivery, Money
from luckygas.db import derived_id
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Said as _
from luckygas.said import Words
from orders.handover import Handed
from orders.models import Order

Cause = tuple[str, object]


@dataclass(frozen=True)
class Told:
    """Who says what happened, when it did, and the id that makes it happen once."""

    by: User
    at: dt.datetime
    id: uuid.UUID

    @classmethod
    def of(cls, event: DriverEvent) -> Self:
        return cls(event.user, moment_of(event), event.pk)


def lock(customer: Customer, order: Order | None, stop: Stop | None) -> None:
    """The one order in which everybody locks: customer, order, route, stop."""
    customer.lock()
    if order:
        order.lock()
    if stop:
        stop.route.lock()
        stop.lock()


def cause_of(stop: Stop | None, order: Order) -> Cause:
    return ("stop", stop.pk) if stop else ("order", order.pk)


def taken_for(order: Order) -> Q:
    """The payments that were taken with this order's handover, whoever wrote them down."""
    visits = order.stops.filter(kind=Stop.Kind.DELIVER).values_list("pk", flat=True)
    of_order = Q(cause_kind="order", cause_id=str(order.pk))
    later = [derived_id("payment", pk) for pk in DriverEvent.objects.filter(
        stop__order=order, kind=DriverEvent.Kind.PAY).values_list("pk", flat=True)]  # fmt: skip
    of_visits = Q(cause_kind="stop", cause_id__in=[str(pk) for pk in visits])
    return (of_order | of_visits) & ~Q(operation_id__in=later)


def paid_for(order: Order) -> int:
    """NT$ that were taken at any visit for this order, at its handover or later."""
    visits = [str(pk) for pk in order.stops.values_list("pk", flat=True)]
    kept = Payment.objects.kept().filter(
        Q(cause_kind="order", cause_id=str(order.pk)) | Q(cause_kind="stop", cause_id__in=visits)
    )
    return kept.aggregate(twd=Sum("received_twd", default=0))["twd"]


def receive(told: Told, customer: Customer, cause: Cause, money: Money) -> None:
    """The amount received, never the amount due; what is owed longest is paid first."""
    if money.received_twd:
        Payment.record(
            operation_id=derived_id("payment", told.id),
            customer=customer,
            method=money.method,
            received_twd=money.received_twd,
            by=told.by,
            cause=cause,
            at=told.at,
        )


def leave_owed(told: Told, stop: Stop | None, order: Order, money: Money) -> Words:
    """What was left owed becomes a stop to collect it; a sentence when there is no route for it."""
    due = order.due_twd - money.received_twd
    if due <= 0:
        return ""
    if stop is None or stop.route.state == Route.State.CLOSED:
        return _("NT$%(due)s was left owed, and no route is open to collect it.") % {"due": due}
    Stop.objects.create(
        route=stop.route,
        position=stop.route.stops.aggregate(last=Max("position"))["last"] + 1,
        kind=Stop.Kind.COLLECT_MONEY,
        order=order,
        site=order.site,
        due_twd=due,
        note=str(_("left owed at stop %(number)s") % {"number": stop.position}),
    )
    return ""


def settle_up(told: Told, stop: Stop | None, order: Order, report: Delivery) -> Words:
    """Take the money, leave the rest owed, weigh what is tagged here. What nobody can read is a sentence."""
    try:
        money = Money.read(report.money)
    except Refused as refused:
        return refused.sentence
    receive(told, order.customer, cause_of(stop, order), money)
    trouble = leave_owed(told, stop, order, money) if report.is_left_owed else ""
    return trouble or weigh_here(told, stop, report.handover.items, report.weighed)


def paid_later(told: Told, order: Order, twd: int) -> None:
    """Money for a stop that was to collect it: less is to collect there, or nothing any more."""
    open_stops = Stop.objects.todo().filter(order=order, kind=Stop.Kind.COLLECT_MONEY)
    for stop in open_stops.select_related("route").order_by("pk"):
        stop.route.lock()
        stop.lock()
        paid = min(twd, stop.due_twd)
        twd -= paid
        if paid == stop.due_twd:
            stop.finish(by=told.by, at=told.at)
        elif paid:
            stop.due_twd -= paid
            stop.save(update_fields=["due_twd"])


def weigh_here(told: Told, stop: Stop | None, items: Iterable[Handed], weighed: Mapping[str, Decimal]) -> Words:
    """The gas left that was weighed at the door, credited as at the depot; the sentence that refuses one."""
    if stop is None:
        return ""
    for item in items:
        kg = weighed.get(item.product.code)
        if not kg or not item.parts:
            continue
        try:
            with transaction.atomic():
                for number, net in enumerate(_split(kg, item.parts)):
                    Weighing.record(
                        operation_id=derived_id("weighed", told.id, item.product.code, number), stop=stop,
                        product=item.product, gross_kg=item.product.tare_kg + net, tare_kg=item.product.tare_kg,
                        by=told.by, at=told.at, is_at_door=True,
                    )  # fmt: skip
        except Refused as refused:
            return refused.sentence
    return ""


def _split(kg: Decimal, parts: int) -> list[Decimal]:
    """The gas of several part-empties that hung on the scales together, in equal shares to the cent."""
    share = (kg / parts).quantize(CENT, ROUND_DOWN)
    return [share] * (parts - 1) + [kg - share * (parts - 1)]


def unweigh(told: Told, stop: Stop, *, reason: str) -> None:
    """What was weighed at this door is taken back, before it is weighed anew."""
    for weighing in Weighing.objects.kept().filter(stop=stop, is_at_door=True):
        weighing.take_back(operation_id=derived_id("unweighed", told.id, weighing.pk), reason=reason, by=told.by)


def keep_signature(told: Told, stop: Stop | None, path: str) -> None:
    if path and stop:
        Proof.objects.get_or_create(
            operation_id=derived_id("signature", told.id),
            defaults={"stop": stop, "kind": Proof.Kind.SIGNATURE, "path": path, "taken_at": told.at, "by": told.by},
        )
