"""Open orders whose prices are not those of the day they are promised for: a price changed, or they moved across one.

What they were told stays, unless the office says that the customer moved them or agreed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from orders.models import Order, OrderEvent, OrderLine, Price, Product
from orders.querysets import OPEN


@dataclass(frozen=True)
class Crossing:
    """One open order: what it was promised for, what its day would cost, and how it came to differ."""

    order: Order
    day_twd: int
    moved: OrderEvent | None

    @property
    def difference_twd(self) -> int:
        """What the price of the day would add; less than nothing when it would be cheaper."""
        return self.day_twd - self.order.due_twd

    @property
    def moved_from(self) -> dt.date | None:
        day = self.moved.data.get("promised_on") if self.moved else None
        return dt.date.fromisoformat(day) if day else None


def crossing() -> list[Crossing]:
    """Open orders that differ, by day; in four queries."""
    prices = {line.pk: (line.day_gas_twd, line.day_deposit_twd) for line in _differing()}  # type: ignore[attr-defined]
    orders = Order.objects.filter(lines__in=prices).distinct().for_office_list().order_by("promised_on", "pk")
    moves = OrderEvent.objects.filter(order__in=orders, from_state=F("to_state")).select_related("by").order_by("pk")
    moved = {event.order_id: event for event in moves if "promised_on" in event.data}
    found = [Crossing(order, _due_on_its_day(order, prices), moved.get(order.pk)) for order in orders]
    return [each for each in found if each.difference_twd]


def _differing() -> list[OrderLine]:
    """Lines of open orders with another price than their day's, each with the day's gas price and deposit."""
    lines = OrderLine.objects.filter(order__state__in=OPEN, order__owed_from=None, delivered=None)
    lines = lines.exclude(product__family=Product.Family.METERED)
    gas, deposit = _on_its_day(Price.Kind.GAS), Coalesce(_on_its_day(Price.Kind.DEPOSIT), 0)
    lines = lines.annotate(day_gas_twd=gas, day_deposit_twd=deposit).filter(day_gas_twd__isnull=False)
    differs = ~Q(unit_price_twd=F("day_gas_twd")) | ~Q(deposit_twd=F("day_deposit_twd"))
    return list(lines.filter(differs).order_by())


def _on_its_day(kind: str) -> Coalesce:
    """A line's price on the day its order is promised for: the customer's own, else the list's."""
    day = Price.objects.filter(product=OuterRef("product"), kind=kind, valid_from__lte=OuterRef("order__promised_on"))
    own, listed = (
        Subquery(day.filter(customer=whose).order_by("-valid_from").values("amount_twd")[:1])
        for whose in (OuterRef("order__customer"), None)
    )
    return Coalesce(own, listed)


def _due_on_its_day(order: Order, prices: dict[int, tuple[int, int]]) -> int:
    due = 0
    for line in order.lines.all():
        gas, deposit = prices.get(line.pk, (line.unit_price_twd, line.deposit_twd))
        due += line.quantity * gas + max(line.quantity - line.empties, 0) * deposit
    return due
