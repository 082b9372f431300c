"""Orders that their day did not deliver: which wait for a decision, and when their gas may be used up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Prefetch, Q

from customers.models import Site
from deliveries.models import LeftOver, Stop
from deliveries.watch.today import midnight
from orders.models import Order, OrderLine
from orders.run_out import RunOut

DAY = dt.timedelta(days=1)
REMEMBERED = 5  # delivered orders that say how fast gas is used


class Row(NamedTuple):
    """An order that is still open after its day, and what was decided about it for that day."""

    order: Order
    decision: LeftOver | None


def rows(day: dt.date, decisions: Iterable[LeftOver]) -> list[Row]:
    """Open orders promised until that day, and what it owes without an agreed day; undecided first, in two queries.

    What still stands on a route of the day is that route's business.
    """
    owed = Q(channel="owed", needs_day=True, promised_on=day + DAY, placed_at__lt=midnight(day + DAY))
    late = Q(promised_on__lte=day) | owed
    lines = Prefetch("lines", OrderLine.objects.select_related("product"))
    driven = Stop.objects.todo().filter(order=OuterRef("pk"), kind=Stop.Kind.DELIVER, route__day__lte=day)
    orders = (
        Order.objects.open()
        .filter(late, ~Exists(driven))
        .select_related("customer", "site__area")
        .prefetch_related(lines)
    )
    kept = {row.order_id: row for row in decisions if row.outcome == LeftOver.Outcome.KEPT}
    found = [Row(order, kept.get(order.pk)) for order in orders.order_by("promised_on", "promised_to", "pk")]
    return sorted(found, key=lambda row: row.decision is not None)


def run_out_at(site: Site) -> RunOut | None:
    """When their gas may be used up, from the last deliveries; None when nobody can say. Two queries."""
    lines = Prefetch("lines", OrderLine.objects.select_related("product"))
    delivered = Order.objects.filter(site=site, state="delivered").order_by("-placed_at").prefetch_related(lines)
    return RunOut.of(list(delivered[:REMEMBERED]), daily_use_kg=site.daily_use_kg)
