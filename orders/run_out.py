"""When their gas is used up: a range as honest as what we know, or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from luckygas.clock import business_day

if TYPE_CHECKING:
    from orders.models import Order

ENOUGH = 3  # deliveries: two spans between them say how much a day varies
DOUBT = Decimal("0.2")  # what was once written down as their daily use is off by so much


@dataclass(frozen=True)
class RunOut:
    """The first and the last day on which the gas may be used up."""

    first: dt.date
    last: dt.date

    @classmethod
    def of(cls, delivered: Sequence[Order], *, daily_use_kg: Decimal | None) -> Self | None:
        """From the last deliveries of one site, newest first, with their lines; else from its daily use; else None.

        The quickest and the slowest span between two deliveries give the range.
        """
        if not delivered:
            return None
        days = [business_day(order.delivered_at) for order in delivered if order.delivered_at]
        had = [
            sum((line.quantity * line.product.gas_kg for line in order.lines.all()), Decimal(0)) for order in delivered
        ]
        spans = [(had[n + 1], (days[n] - days[n + 1]).days) for n in range(len(days) - 1)]
        rates = [kg / span for kg, span in spans if kg and span > 0]
        if len(rates) < ENOUGH - 1:
            if not daily_use_kg:
                return None
            rates = [daily_use_kg * (1 - DOUBT), daily_use_kg * (1 + DOUBT)]
        quick, slow = (days[0] + dt.timedelta(days=int(had[0] / rate)) for rate in (max(rates), min(rates)))
        return cls(quick, slow)

    @property
    def is_one_day(self) -> bool:
        return self.first == self.last

    @property
    def is_soon(self) -> bool:
        """It may be used up by tomorrow."""
        return self.first <= business_day() + dt.timedelta(days=1)


def _kilograms(order: Order) -> Decimal:
    return sum((line.quantity * line.product.gas_kg for line in order.lines.all()), Decimal(0))
