"""Deeds that touch orders and money at once."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Payment
from luckygas.db import derived_id
from luckygas.errors import Refused
from orders.handover import Handover
from orders.models import Order, Place

if TYPE_CHECKING:
    from luckygas.flags import Decision
    from luckygas.models import User
    from orders.wishes import Wish


@transaction.atomic
def sell_at_counter(
    wish: Wish,
    *,
    operation_id: uuid.UUID,
    by: User,
    decision: Decision,
    method: str = "",
    received_twd: int = 0,
    leak_check: str = "",
) -> Order:
    """Take an order, hand it over from the depot and take the money, all or nothing, once per `operation_id`.

    `received_twd` is what was put on the counter in NT$, nothing when it goes on account. Refused when the order is
    held: a manager must look before anything leaves.
    """
    order = Order.place(wish, operation_id=operation_id, channel=Order.Channel.COUNTER, by=by, decision=decision)
    if order.state == Order.State.HELD:
        raise Refused(
            _("Nothing leaves the counter: %(reason)s. A manager decides.") % {"reason": order.held_because},
            code="held",
        )
    hand_over_at_counter(
        order, operation_id=operation_id, by=by, method=method, received_twd=received_twd, leak_check=leak_check
    )
    return order


@transaction.atomic
def hand_over_at_counter(
    order: Order, *, operation_id: uuid.UUID, by: User, method: str = "", received_twd: int = 0, leak_check: str = ""
) -> None:
    """The customer came for it: the whole order leaves the depot, and the money is taken; once per `operation_id`."""
    depot = Place.objects.filter(kind=Place.Kind.DEPOT).order_by("pk").first()
    if depot is None:
        raise Refused(_("There is no depot to hand over from."), code="no_depot")
    order.customer.lock()
    deed = derived_id("counter", "deliver", operation_id)
    if order.events.filter(operation_id=deed).exists():
        return
    order.deliver(Handover.as_ordered(order, leak_check=leak_check), place=depot, by=by, operation_id=deed)
    if received_twd:
        Payment.record(
            operation_id=derived_id("counter", "payment", operation_id),
            customer=order.customer,
            method=method or Payment.Method.CASH,
            received_twd=received_twd,
            by=by,
            cause=("order", order.pk),
        )
