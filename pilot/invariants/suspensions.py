"""Suspensions: whom they touch has one outcome and hears of it once, and nobody is promised anything in their hours."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from pilot.invariants.rule import invariant, rows


@invariant
def suspensions_settle_what_they_touch() -> list[tuple[Any, Any]]:
    """Everything that a finished suspension touches has its outcome, and what was moved stands on the order's story."""
    return rows("""
        SELECT 'suspension ' || s.id, 'still waits: row ' || r.id FROM customers_suspension s
        JOIN orders_suspensionrow r ON r.suspension_id = s.id
        WHERE s.state = 'undone' AND r.outcome IN ('waiting', 'moved', 'skipped', 'refused')
        UNION ALL
        SELECT 'suspension ' || s.id, 'two rows of one order' FROM customers_suspension s
        JOIN orders_suspensionrow r ON r.suspension_id = s.id WHERE r.order_id IS NOT NULL
        GROUP BY s.id, r.order_id HAVING count(*) > 1
        UNION ALL
        SELECT 'suspension ' || s.id, 'holds without its hours' FROM customers_suspension s
        WHERE s.state IN ('running', 'done', 'undoing')
          AND NOT EXISTS (SELECT 1 FROM customers_calendarday d WHERE d.suspension_id = s.id)
        UNION ALL
        SELECT 'suspension ' || s.id, 'does not hold and closes hours' FROM customers_suspension s
        WHERE s.state IN ('draft', 'discarded', 'undone')
          AND EXISTS (SELECT 1 FROM customers_calendarday d WHERE d.suspension_id = s.id)
    """)


@invariant
def suspensions_are_told_once() -> list[tuple[Any, Any]]:
    """Each customer whom a suspension touched has one message or call of it, and one more when it was taken back."""
    return rows("""
        WITH touched AS (
            SELECT DISTINCT r.suspension_id, r.customer_id, s.state = 'undone' AS is_undone
            FROM orders_suspensionrow r JOIN customers_suspension s ON s.id = r.suspension_id
            WHERE r.outcome NOT IN ('waiting', 'gone')
        ), expected AS (
            SELECT suspension_id, customer_id, 'suspended' AS kind FROM touched
            UNION ALL SELECT suspension_id, customer_id, 'resumed' FROM touched WHERE is_undone
        ), told AS (
            SELECT kind, cause_id, count(*) AS times FROM customers_message
            WHERE cause_kind = 'suspension' GROUP BY kind, cause_id
        )
        SELECT 'suspension ' || e.suspension_id,
               'customer ' || e.customer_id || ' has ' || coalesce(t.times, 0) || ' of ' || e.kind
        FROM expected e
        LEFT JOIN told t ON t.kind = e.kind AND t.cause_id = e.suspension_id || ':' || e.customer_id
        WHERE coalesce(t.times, 0) <> 1
    """)


@invariant
def nobody_is_promised_suspended_hours() -> list[tuple[Any, Any]]:
    """While a suspension holds, no order that could be moved has a window that begins inside it, unless it is red."""
    return rows(
        """
        SELECT o.number, 'is promised inside suspension ' || s.id FROM customers_suspension s
        JOIN customers_calendarday d ON d.suspension_id = s.id
        JOIN orders_slot w ON w.day = d.day AND w.starts < d.until_hour AND w.ends > d.from_hour
        JOIN orders_order o ON o.slot_id = w.id
        WHERE s.state = 'done' AND s.worked_at < %(now)s - interval '1 minute' AND s.ends_at > %(now)s
          AND (d.area_id IS NULL OR d.area_id = w.area_id)
          AND o.state IN ('placed', 'held', 'confirmed') AND NOT o.needs_day
        """,
        now=timezone.now(),
    )
