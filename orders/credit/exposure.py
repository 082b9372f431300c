"""What a customer may cost us: what they owe and what is on order on account, against their limit; stored nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext, gettext_noop

from orders.querysets import OPEN

BLOCKED, OVER_THE_LIMIT = gettext_noop("blocked for credit"), gettext_noop("over the credit limit")

# One statement sees one moment: between two of them a delivery could turn an order into a debt, and count in neither.
# What was handed over of an order that is being checked is a debt already.
_EXPOSURES = """
    SELECT c.id, c.credit_limit_twd, c.is_blocked,
        coalesce((SELECT sum(e.amount_twd) FROM customers_accountentry e
                   WHERE e.customer_id = c.id AND e.account = 'receivable'), 0)::bigint,
        coalesce((SELECT sum(l.ordered * l.unit_price_twd
                             + greatest(l.ordered - l.empties_expected, 0) * l.deposit_twd)
                    FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
                   WHERE o.customer_id = c.id AND o.pays_by = 'account' AND o.state = ANY (%(open)s)
                     AND l.delivered IS NULL), 0)::bigint
    FROM customers_customer c WHERE c.id = ANY (%(customers)s)
"""


@dataclass(frozen=True, slots=True)
class Exposure:
    """One customer, in NT$: owed, on order on account, and the limit; without a limit nothing is checked."""

    limit_twd: int | None
    is_blocked: bool
    owed_twd: int
    ordered_twd: int

    @property
    def total_twd(self) -> int:
        return self.owed_twd + self.ordered_twd

    @property
    def available_twd(self) -> int | None:
        """What the limit leaves, less than nothing beyond it; None without a limit."""
        return None if self.limit_twd is None else self.limit_twd - self.total_twd

    @property
    def over_twd(self) -> int:
        """How far they are beyond the limit."""
        return max(-(self.available_twd or 0), 0)

    @property
    def objection(self) -> str:
        """Why a manager must look first, in English as an order keeps it; empty when nothing is against them."""
        if self.is_blocked:
            return BLOCKED
        return OVER_THE_LIMIT if self.over_twd else ""

    @property
    def fits(self) -> bool:
        return not self.objection


def because(reason: str) -> str:
    """Why an order was held: an objection in the reader's language, a person's words as they are."""
    return gettext(reason) if reason in {BLOCKED, OVER_THE_LIMIT} else reason


def exposures(customers: Iterable[int]) -> dict[int, Exposure]:
    """By customer id, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_EXPOSURES, {"customers": list(customers), "open": list(OPEN)})
        return {row[0]: Exposure(*row[1:]) for row in cursor.fetchall()}


def exposure_of(customer_id: int) -> Exposure:
    """To decide by it, hold the customer's lock: then nobody else adds to it meanwhile."""
    return exposures([customer_id])[customer_id]
