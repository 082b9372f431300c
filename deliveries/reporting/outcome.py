"""How applying a driver's event ended."""

from __future__ import annotations

from dataclasses import dataclass

from deliveries.models import Stop
from luckygas.said import Words
from orders.models import Order


@dataclass(frozen=True)
class Outcome:
    """`code` is for machines. A `reason` puts it before the office; `waits` leaves it stored for later."""

    code: str = "applied"
    reason: Words = ""
    order: Order | None = None
    stop: Stop | None = None
    waits: bool = False


APPLIED = Outcome()
ABSORBED = Outcome(code="absorbed")  # said before, or by somebody else: nothing to do
WAITS = Outcome(waits=True)
