"""What orders do when something happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.dispatch import receiver

from customers.models import Incident, LeakCheck
from customers.signals import leak_checked, leak_reported
from luckygas.db import derived_id
from luckygas.live import listener_connected
from orders.metrics import ORDERS_MOVED, ORDERS_PLACED
from orders.signals import order_moved

if TYPE_CHECKING:
    from luckygas.models import User
    from orders.models import Order

MOST_WATCHED = 200


@receiver(order_moved)
def count_move(sender: type[Order], *, order: Order, from_state: str, to_state: str, **more: object) -> None:
    """Count what was committed, and nothing that was rolled back."""
    channel = order.channel

    def count() -> None:
        ORDERS_MOVED.labels(to_state=to_state).inc()
        if from_state == "placed":  # nothing stays placed: its first move says that it was taken
            ORDERS_PLACED.labels(channel=channel).inc()

    transaction.on_commit(count)


@receiver(listener_connected)
def name_orders(sender: object, *, user: User, **more: object) -> set[str]:
    """The newest orders a customer may hear of; the office hears of all and asks nobody."""
    from orders.models import Order

    numbers = Order.objects.visible_to(user).order_by("-placed_at").values_list("number", flat=True)
    return {f"order {number}" for number in numbers[:MOST_WATCHED]}


@receiver(leak_reported, dispatch_uid="orders.wait_for_check")
def wait_for_check(sender: type[Incident], *, incident: Incident, by: User | None, **more: object) -> None:
    """What is to come to the place waits for a leak check; to all their places, when nobody said which."""
    from orders.models import Order

    if incident.customer_id is None:
        return
    orders = Order.objects.open().filter(customer=incident.customer_id, needs_leak_check=False)
    for order in orders.filter(site=incident.site_id) if incident.site_id else orders:
        order.await_check(by=by)


@receiver(leak_checked, dispatch_uid="orders.take_check")
def take_check(sender: type[LeakCheck], *, check: LeakCheck, by: User | None, **more: object) -> None:
    """Orders of the place that waited for it go on, or can be settled."""
    from orders.models import Order

    for order in Order.objects.open().filter(site=check.site_id, needs_leak_check=True, leak_check=""):
        order.take_check(check, by=by)


@receiver(order_moved, dispatch_uid="orders.note_check")
def note_check(sender: type[Order], *, order: Order, to_state: str, by: User | None, **more: object) -> None:
    """A driver who found no leak where one was reported ends the waiting of that place."""
    if to_state != "delivered" or order.leak_check != LeakCheck.Outcome.PASSED:
        return
    if LeakCheck.is_awaited_at(order.site):
        facts = {"site": order.site, "outcome": order.leak_check, "who": str(by or order.number), "by": by}
        LeakCheck.objects.get_or_create(operation_id=derived_id("leak check", order.pk), defaults=facts)
