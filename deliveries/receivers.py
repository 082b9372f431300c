"""What deliveries does when orders move."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from deliveries.models import Request, Route
from luckygas.models import User
from luckygas.said import Words
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
    sender: type[Order], *, order: Order, from_state: str, to_state: str, by: User | None, reason: Words, **more: Any
) -> None:
    """An order that is cancelled, delivered elsewhere or unplanned leaves the route that has not left yet."""
    if to_state == State.CANCELLED or (from_state, to_state) in LEAVES_ITS_ROUTE:
        Route.let_go(order, by=by, reason=reason)


@receiver(order_moved, dispatch_uid="deliveries.overtake")
def overtake(
    sender: type[Order], *, order: Order, from_state: str, to_state: str, by: User | None, **more: Any
) -> None:
    """An order that came off the truck, one way or the other, waits for no driver any more; what nobody has seen of
    what was asked came too late."""
    if from_state == State.OUT or to_state == State.REVIEW:
        Request.overtake(order, by=by, is_handed_over=to_state in {State.DELIVERED, State.REVIEW})
