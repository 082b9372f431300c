"""What was decided: orders follow the decision they store, and flags are what their last change left."""

from __future__ import annotations

from typing import Any

from luckygas.flags import FLAGS, WEB_ORDERING
from pilot.invariants.rule import invariant, rows
from pilot.models import Flag, FlagChange


@invariant
def orders_follow_their_decision() -> list[tuple[Any, Any]]:
    """Each order has the path of the decision it stores, and came by a channel that was decided open."""
    # What the office makes of a standing order by hand is the desk's; a sale from the truck is stopped by nothing.
    return rows(
        """
        SELECT number, 'decided ' || path || ', stored ' || variant FROM (
            SELECT number, channel, variant,
                CASE WHEN (decision->'flags'->>%(web)s)::boolean THEN 'web_ordering' ELSE 'standard' END AS path
            FROM orders_order WHERE decision->'flags' ? %(web)s
        ) AS orders WHERE path <> variant
        UNION ALL
        SELECT number, 'came past a switch' FROM (
            SELECT number, decision->'flags' AS flags, CASE
                WHEN channel = 'phone' THEN 'desk'
                WHEN channel IN ('web', 'api') THEN channel
                WHEN channel = 'standing' AND placed_by_id IS NULL THEN channel
            END AS way FROM orders_order
        ) AS orders
        WHERE (flags->>(way || '_paused'))::boolean OR (way <> 'desk' AND (flags->>'orders_paused')::boolean)
    """,
        web=WEB_ORDERING,
    )


@invariant
def flags_are_what_their_last_change_left() -> list[tuple[Any, Any]]:
    """No flag was changed without a line that says who, when, why, and from what to what."""
    newest = FlagChange.objects.filter(flag__in=FLAGS).order_by("flag", "-pk").distinct("flag")
    after = {change.flag: change.after for change in newest}
    stored = {flag.name: flag.stored() for flag in Flag.objects.filter(name__in=after).select_related("owner")}
    return [
        (name, f"{field} is {stored[name][field]}, the last change left {value}")
        for name, left in after.items()
        if name in stored
        for field, value in left.items()
        if stored[name].get(field) != value
    ]
