"""Standing orders: each of their days is written once, has its one order or its reason, and none is forgotten."""

from __future__ import annotations

import datetime as dt
from typing import Any

from luckygas.clock import business_day
from luckygas.flags import STANDING, decide
from orders.models import StandingDay, StandingOrder
from orders.models.standing_day import CATCH_UP_DAYS
from pilot.invariants.rule import invariant, rows


@invariant
def standing_days_are_made_once() -> list[tuple[Any, Any]]:
    """A day of a standing order has one row, a made one its order, and an order of that channel its day."""
    return rows("""
        SELECT 'standing order ' || standing_id, count(*) || ' rows for ' || "on" FROM orders_standingday
        WHERE NOT by_hand GROUP BY standing_id, "on" HAVING count(*) > 1
        UNION ALL
        SELECT 'standing order ' || standing_id, count(*) || ' orders for ' || made_for FROM orders_standingday
        WHERE NOT by_hand AND made_for IS NOT NULL GROUP BY standing_id, made_for HAVING count(*) > 1
        UNION ALL
        SELECT 'standing day ' || d.id, 'made without an order' FROM orders_standingday d
        WHERE d.state = 'made' AND d.order_id IS NULL
        UNION ALL
        SELECT o.number, 'is of a standing order and stands on no day' FROM orders_order o
        WHERE o.channel = 'standing' AND NOT EXISTS (SELECT 1 FROM orders_standingday d WHERE d.order_id = o.id)
    """)


@invariant
def standing_days_are_not_forgotten() -> list[tuple[Any, Any]]:
    """Each day until yesterday that a rhythm names is written and settled; while orders are paused it may be due."""
    today = business_day()
    since = today - dt.timedelta(days=CATCH_UP_DAYS)
    days = [since + dt.timedelta(days=n) for n in range(CATCH_UP_DAYS)]
    written = set(StandingDay.objects.of_rhythm().filter(on__gte=since).values_list("standing", "on"))
    found: list[tuple[Any, Any]] = [
        (f"standing order {each.pk}", f"nobody wrote {day}")
        for each in StandingOrder.objects.in_force(on=since)
        for day in days
        if each.falls_on(day) and (each.pk, day) not in written
    ]
    if not decide().stops(STANDING):
        late = StandingDay.objects.due().filter(on__lt=today).values_list("pk", "on")
        found += [(f"standing day {pk}", f"due since {day}") for pk, day in late]
    return found
