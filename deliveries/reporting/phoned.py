"""A delivery that the driver phoned in, before the phone's own report comes through: the same verbs, entered by the
office. The report is absorbed when it says the same, and goes to the office when it does not."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from deliveries.models import Stop
from deliveries.reporting.reports import Delivery, Money
from deliveries.reporting.settling import Told, lock, settle_up
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Said as _


@transaction.atomic
def phone_in(stop: Stop, body: Mapping[str, Any], *, by: User, operation_id: uuid.UUID) -> None:
    """Finish the stop, deliver its order from the vehicle and take the money, once per operation.

    Refused with a sentence by the same gate as everywhere, and when something was reported before: then nothing
    changed.
    """
    order = stop.order
    if order is None:
        raise Refused(_("A report of a stop that is not there any more."), code="unknown_stop")
    report, told = Delivery.read(body), Told(by, timezone.now(), operation_id)
    Money.read(report.money)
    lock(order.customer, order, stop)
    if order.events.filter(operation_id=operation_id).exists():
        return
    if not stop.route.has_left:
        raise Refused(_("Route %(code)s has not left yet.") % {"code": stop.route.code}, code="not_left")
    stop.finish(by=by, at=told.at)
    place = stop.route.vehicle.place
    order.deliver(report.handover, place=place, by=by, at=told.at, operation_id=operation_id)
    if trouble := settle_up(told, stop, order, report):
        raise Refused(trouble, code="not_settled")
