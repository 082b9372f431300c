"""What deliveries does when orders move."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from deliveries.models import Route
from luckygas.models import User
from orders.models import Order
from orders.signals import order_moved

State = Order.State
LEAVES_ITS_ROUTE = frozenset(
    {
        (State.PLANNED, State.CONFIRMED),  # unplanned somewhere else than on the board
        (State.CONFIRMED, State.HELD),  # it comes to more now, and a manager must decide
        (State.CONFIRMED, State.DELIVERED),  # sold over the counter while it stood on a draft
    }
)


@receiver(order_moved, dispatch_uid="deliveries.let_go")
def let_go(
    sender: type[Order], *, order: Order, from_state: str, to_state: str, by: User | None, reason: str, **more: Any
) -> None:
    """An order that is cancelled, delivered elsewhere or unplanned leaves the route that has not left yet."""
    if to_state == State.CANCELLED or (from_state, to_state) in LEAVES_ITS_ROUTE:
        Route.let_go(order, by=by, reason=reason)
