"""What orders do when something happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.dispatch import receiver

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
