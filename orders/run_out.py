"""When their gas is used up: a range as honest as what we know, or nothing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.db import connection

from luckygas.clock import business_day

if TYPE_CHECKING:
    from customers.models import Site
    from orders.models import Order

ENOUGH = 3  # deliveries: two spans between them say how much a day varies
REMEMBERED = 5  # deliveries that say how much is used
DOUBT = Decimal("0.2")  # what was once written down as their daily use is off by so much

_BROUGHT = """
    SELECT site.id, last.delivered_at,
           (SELECT sum(coalesce(l.delivered, l.ordered) * p.gas_kg) FROM orders_orderline l
              JOIN orders_product p ON p.id = l.product_id WHERE l.order_id = last.id)
    FROM unnest(%(sites)s::bigint[]) site (id)
    CROSS JOIN LATERAL (
        SELECT o.id, o.delivered_at FROM orders_order o WHERE o.site_id = site.id AND o.state = 'delivered'
        ORDER BY o.placed_at DESC LIMIT %(remembered)s
    ) last ORDER BY site.id, last.delivered_at DESC
"""


@dataclass(frozen=True)
class RunOut:
    """The first and the last day on which the gas may be used up."""

    first: dt.date
    last: dt.date

    @classmethod
    def of(cls, delivered: Sequence[Order], *, daily_use_kg: Decimal | None) -> Self | None:
        """From the last deliveries of one site, newest first, with their lines; else from its daily use; else None."""
        brought = [(order.delivered_at, _kilograms(order)) for order in delivered if order.delivered_at]
        return cls.after(brought, daily_use_kg=daily_use_kg)

    @classmethod
    def after(cls, brought: Sequence[tuple[dt.datetime, Decimal]], *, daily_use_kg: Decimal | None) -> Self | None:
        """From when so many kilograms were brought, newest first.

        The quickest and the slowest span between two deliveries give the range.
        """
        if not brought:
            return None
        days, had = [business_day(at) for at, _kg in brought], [kg for _at, kg in brought]
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


def run_outs(sites: Iterable[Site]) -> dict[int, RunOut]:
    """Of many sites at once, by id; in one query. Who is not among them: nobody can say."""
    use = {site.pk: site.daily_use_kg for site in sites}
    brought: dict[int, list[tuple[dt.datetime, Decimal]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_BROUGHT, {"sites": list(use), "remembered": REMEMBERED})
        for site, at, kg in cursor.fetchall():
            brought[site].append((at, kg))
    found = {site: RunOut.after(rows, daily_use_kg=use[site]) for site, rows in brought.items()}
    return {site: run_out for site, run_out in found.items() if run_out}


def _kilograms(order: Order) -> Decimal:
    return sum((line.quantity * line.product.gas_kg for line in order.lines.all()), Decimal(0))
