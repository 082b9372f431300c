"""Prices: written once, told when it was promised."""

from __future__ import annotations

from typing import Any

from luckygas.clock import business_day
from pilot.invariants.rule import invariant, rows


@invariant
def prices_stay_as_they_were_entered() -> list[tuple[Any, Any]]:
    """Every price is what its history says it was entered as, and one that is gone was withdrawn before its day."""
    return rows("""
        SELECT 'price ' || e.pgh_obj_id,
               'entered as ' || coalesce(e.amount_twd::text, 'list') || ' from ' || e.valid_from ||
               CASE WHEN p.id IS NULL THEN ', gone and not withdrawn'
               ELSE ', is ' || coalesce(p.amount_twd::text, 'list') || ' from ' || p.valid_from END
        FROM orders_priceevent e
        LEFT JOIN orders_price p ON p.id = e.pgh_obj_id
        LEFT JOIN orders_pricechange c ON c.id = e.change_id
        WHERE e.pgh_label = 'insert' AND CASE WHEN p.id IS NULL
              THEN c.withdrawn_on IS NULL OR c.withdrawn_on >= e.valid_from
              ELSE (p.amount_twd, p.valid_from, p.product_id, p.customer_id, p.kind)
                   IS DISTINCT FROM (e.amount_twd, e.valid_from, e.product_id, e.customer_id, e.kind) END
        UNION ALL
        SELECT 'price ' || p.id, 'nobody entered it' FROM orders_price p
        WHERE NOT EXISTS (SELECT 1 FROM orders_priceevent e WHERE e.pgh_obj_id = p.id AND e.pgh_label = 'insert')
    """)


@invariant
def price_changes_are_told_on_their_day() -> list[tuple[Any, Any]]:
    """A change whose day to be told is over was told to everybody it concerns, unless it was withdrawn."""
    return rows(
        """
        SELECT 'change ' || id, 'to be told ' || announce_on FROM orders_pricechange
        WHERE announce_on < %(today)s AND announced_at IS NULL AND withdrawn_on IS NULL
        """,
        today=business_day(),
    )
