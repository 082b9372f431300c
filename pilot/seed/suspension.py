"""One typhoon that is over: hours without deliveries on the coast, whom it moved, and what they were told."""

from __future__ import annotations

import datetime as dt

from django.utils import translation

from customers.messages.notices import NOTICES
from customers.models import Area, CalendarDay, Contact, Message, Suspension
from luckygas.clock import business_day
from luckygas.db import derived_id, digest
from luckygas.models import User
from orders.calendar.suspension_words import suspended_words
from orders.models import Order, SuspensionRow
from pilot.seed.rows import moment

REASON = "示範颱風"
AREAS, MOVED, FROM, UNTIL = "成富", 4, 12, 20


def write_suspension(*, at: dt.datetime, by: User) -> None:
    """The afternoon before yesterday; what was delivered the day after had been moved there."""
    day = business_day(at) - dt.timedelta(days=2)
    suspension = Suspension.objects.create(
        operation_id=derived_id("seed", "suspension", day), body_digest=digest({"seed": REASON}),
        starts_at=moment(day, FROM * 60), ends_at=moment(day, UNTIL * 60), reason=REASON, state="done", by=by,
        at=moment(day, 8 * 60), confirmed_by=by, confirmed_at=moment(day, 8 * 60 + 4),
        worked_at=moment(day, 8 * 60 + 5),
    )  # fmt: skip
    areas = list(Area.objects.filter(code__in=AREAS))
    suspension.areas.set(areas)
    CalendarDay.objects.bulk_create(
        CalendarDay(
            day=day, kind=CalendarDay.Kind.SUSPENSION, area=area, name=REASON, source="示範資料", suspension=suspension,
            from_hour=FROM, until_hour=UNTIL,
        )
        for area in areas
    )  # fmt: skip
    delivered = Order.objects.filter(site__area__in=areas, promised_on=day + dt.timedelta(days=1), state="delivered")
    for order in delivered.select_related("customer").order_by("customer", "pk").distinct("customer")[:MOVED]:
        _moved(suspension, order)


def _moved(suspension: Suspension, order: Order) -> None:
    """One order that stood in the typhoon, and the one message about it."""
    told_at = suspension.worked_at
    row = SuspensionRow.objects.create(
        suspension=suspension, customer_id=order.customer_id, order=order, was_on=business_day(suspension.starts_at),
        was_from=suspension.starts_at, was_to=suspension.starts_at + dt.timedelta(hours=2), day=order.promised_on,
        slot=order.slot, outcome=SuspensionRow.Outcome.MOVED, settled_at=told_at,
    )  # fmt: skip
    contact = Contact.objects.filter(customer=order.customer, is_active=True).order_by("-can_sms", "pk").first()
    with translation.override(order.customer.language):
        body = str(NOTICES["suspended"].text) % suspended_words(suspension, [row])
    is_sent = bool(contact and contact.can_sms)
    Message.objects.create(
        kind="suspended", customer=order.customer, recipient=contact.phone if contact else "", body=body,
        state=Message.State.SENT if is_sent else Message.State.CALLED, cause_kind="suspension",
        cause_id=f"{suspension.pk}:{order.customer_id}", created_at=told_at, due_at=told_at, done_at=told_at,
        done_by=None if is_sent else suspension.confirmed_by, tries=int(is_sent),
    )  # fmt: skip
