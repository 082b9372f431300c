"""Customers' records: what was merged is empty, and what was imported is there once."""

from __future__ import annotations

from typing import Any

from pilot.invariants.rule import invariant, rows


@invariant
def merged_records_are_empty() -> list[tuple[Any, Any]]:
    """A merged record leads to one that is not merged itself; nothing is owed, held, ordered or delivered there."""
    return rows("""
        WITH merged AS (
            SELECT c.id, c.number, c.merged_into_id, kept.merged_into_id AS further
            FROM customers_customer c JOIN customers_customer kept ON kept.id = c.merged_into_id
        )
        SELECT number, 'leads to a record that was merged itself' FROM merged WHERE further IS NOT NULL
        UNION ALL
        SELECT m.number, 'was merged by nobody' FROM merged m
        WHERE NOT EXISTS (SELECT 1 FROM customers_merge x WHERE x.absorbed_id = m.id)
        UNION ALL
        SELECT m.number, e.account || ' of ' || sum(e.amount_twd) FROM merged m
        JOIN customers_accountentry e ON e.customer_id = m.id AND e.account IN ('receivable', 'deposit')
        GROUP BY m.number, e.account HAVING sum(e.amount_twd) <> 0
        UNION ALL
        SELECT m.number, 'still has an open order' FROM merged m JOIN orders_order o ON o.customer_id = m.id
        WHERE o.state NOT IN ('delivered', 'cancelled')
        UNION ALL
        SELECT m.number, 'still has an address' FROM merged m JOIN customers_site s ON s.customer_id = m.id
        UNION ALL
        SELECT m.number, 'still has a phone' FROM merged m
        JOIN customers_contact c ON c.customer_id = m.id AND c.is_active
    """)


@invariant
def merges_carry_what_was_there() -> list[tuple[Any, Any]]:
    """What a merge took out of one account it put into the other, and nothing else."""
    return rows("""
        SELECT m.id, e.account || ' differs by ' || sum(e.amount_twd) FROM customers_merge m
        JOIN customers_accountentry e ON e.cause_kind = 'merge' AND e.cause_id = m.id::text
        GROUP BY m.id, e.account HAVING sum(e.amount_twd) <> 0
    """)


@invariant
def imported_lines_became_customers() -> list[tuple[Any, Any]]:
    """Of an import that is done no wanted line waits; a line became one customer, entered under the line's own id."""
    return rows("""
        SELECT r.source_id || ':' || r.line, 'waits in an import that is done' FROM customers_importrow r
        JOIN customers_import i ON i.id = r.source_id AND i.state = 'done'
        WHERE r.state = 'right' OR (r.state = 'double' AND r.is_wanted)
        UNION ALL
        SELECT r.source_id || ':' || r.line, 'is on the record before anybody said so' FROM customers_importrow r
        JOIN customers_import i ON i.id = r.source_id AND i.state IN ('reading', 'read', 'refused')
        WHERE r.state = 'done'
    """)
