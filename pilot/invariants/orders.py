"""Orders: one for each operation, whole, and told by their events."""

from __future__ import annotations

from typing import Any

from orders.models.order_state import MOVES
from pilot.invariants.rule import invariant, rows


@invariant
def orders_exist_once() -> list[tuple[Any, Any]]:
    """An operation and a number belong to one order."""
    return rows("""
        SELECT min(number), count(*) || ' orders of operation ' || operation_id
        FROM orders_order GROUP BY operation_id HAVING count(*) > 1
        UNION ALL
        SELECT number, count(*) || ' orders of one number' FROM orders_order GROUP BY number HAVING count(*) > 1
    """)


@invariant
def orders_are_whole() -> list[tuple[Any, Any]]:
    """Every order has a line and exactly one first event."""
    return rows("""
        SELECT o.number, 'no line' FROM orders_order o
        WHERE NOT EXISTS (SELECT 1 FROM orders_orderline l WHERE l.order_id = o.id)
        UNION ALL
        SELECT o.number, 'no first event' FROM orders_order o
        WHERE NOT EXISTS (SELECT 1 FROM orders_orderevent e WHERE e.order_id = o.id AND e.from_state = '')
        UNION ALL
        SELECT o.number, count(*) || ' first events' FROM orders_orderevent e JOIN orders_order o ON o.id = e.order_id
        WHERE e.from_state = '' GROUP BY o.number HAVING count(*) > 1
    """)


@invariant
def states_are_told_by_events() -> list[tuple[Any, Any]]:
    """An order's state is where its events lead: each starts where the one before it ended."""
    return rows("""
        WITH told AS (
            SELECT order_id, from_state, to_state,
                   lag(to_state, 1, '') OVER story AS before, lead(id) OVER story AS next_id
            FROM orders_orderevent WINDOW story AS (PARTITION BY order_id ORDER BY id)
        )
        SELECT o.number, 'an event starts at "' || told.from_state || '" after "' || told.before || '"'
        FROM told JOIN orders_order o ON o.id = told.order_id WHERE told.from_state <> told.before
        UNION ALL
        SELECT o.number, 'is ' || o.state || ', its events say ' || told.to_state
        FROM told JOIN orders_order o ON o.id = told.order_id WHERE told.next_id IS NULL AND told.to_state <> o.state
    """)


@invariant
def moves_are_legal() -> list[tuple[Any, Any]]:
    """No event moves an order in a way that the table of moves does not know."""
    legal = [f"{start}>{end}" for start, ends in MOVES.items() for end in ends]
    return rows(
        """
        SELECT order_id, from_state || ' to ' || to_state FROM orders_orderevent
        WHERE from_state <> '' AND from_state <> to_state AND NOT (from_state || '>' || to_state) = ANY (%(legal)s)
        """,
        legal=legal,
    )


@invariant
def held_orders_go_on_by_a_decision() -> list[tuple[Any, Any]]:
    """What was on hold went out after somebody decided so about that hold, and what was turned down is cancelled."""
    return rows("""
        SELECT o.number, 'went on and nobody let it go'
        FROM orders_orderevent e JOIN orders_order o ON o.id = e.order_id
        WHERE e.from_state = 'held' AND e.to_state = 'confirmed' AND NOT EXISTS (
            SELECT 1 FROM orders_holddecision d WHERE d.outcome = 'released' AND d.hold_id = (
                SELECT max(h.id) FROM orders_orderevent h
                WHERE h.order_id = e.order_id AND h.id < e.id AND h.to_state = 'held' AND h.from_state <> 'held'))
        UNION ALL
        SELECT o.number, 'was turned down and is ' || o.state FROM orders_holddecision d
        JOIN orders_order o ON o.id = d.order_id
        WHERE d.outcome = 'declined' AND o.state NOT IN ('cancelled', 'review', 'delivered')
    """)


@invariant
def changes_name_their_actor() -> list[tuple[Any, Any]]:
    """What a person did says who; only generators act without one."""
    return rows("""
        SELECT order_id, from_state || ' to ' || to_state || ' by nobody' FROM orders_orderevent
        WHERE by_id IS NULL AND channel IN ('web', 'phone', 'counter', 'paper')
    """)


@invariant
def changes_are_announced_once() -> list[tuple[Any, Any]]:
    """Each event that promises to tell the customer has exactly one message, of its kind."""
    return rows("""
        SELECT e.order_id, 'event ' || e.id || ' announced ' || count(m.id) || ' times'
        FROM orders_orderevent e
        LEFT JOIN customers_message m
          ON m.cause_kind = 'order_event' AND m.cause_id = e.id::text AND m.kind = e.announces
        WHERE e.announces <> '' GROUP BY e.id HAVING count(m.id) <> 1
    """)


@invariant
def orders_keep_their_decision() -> list[tuple[Any, Any]]:
    """Every order stores one variant, the flags it was decided with, and the new system as its record."""
    return rows("""
        SELECT number, 'decided with nothing' FROM orders_order
        WHERE variant = '' OR system_of_record <> 'new' OR jsonb_typeof(decision -> 'flags') IS DISTINCT FROM 'object'
    """)


@invariant
def no_order_of_the_legacy_system_is_open() -> list[tuple[Any, Any]]:
    """Who is served by the legacy system has no open order here."""
    return rows("""
        SELECT o.number, 'open, its customer is in the legacy system'
        FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id
        WHERE o.state NOT IN ('delivered', 'cancelled') AND c.system_of_record <> 'new'
    """)


@invariant
def one_system_decides() -> list[tuple[Any, Any]]:
    """A customer's stage and system of record agree, and the stage is where the last move led."""
    return rows("""
        SELECT number, stage || ' with ' || system_of_record FROM customers_customer
        WHERE (stage IN ('live', 'settled')) <> (system_of_record = 'new')
        UNION ALL
        SELECT c.number, 'is ' || c.stage || ', was moved to ' || last.to_stage
        FROM customers_customer c JOIN LATERAL (
            SELECT to_stage FROM customers_stagemove WHERE customer_id = c.id ORDER BY id DESC LIMIT 1
        ) last ON true WHERE last.to_stage <> c.stage
    """)


@invariant
def deliveries_are_past_the_gate() -> list[tuple[Any, Any]]:
    """What needed a leak check was delivered past a passed one, or past a refusal that somebody signed."""
    return rows("""
        SELECT number, 'delivered without a leak check' FROM orders_order
        WHERE state = 'delivered' AND (needs_leak_check OR is_gas_out) AND leak_check = ''
        UNION ALL
        SELECT o.number, 'delivered past a refusal that nobody signed' FROM orders_order o
        WHERE o.state = 'delivered' AND o.leak_check = 'refused' AND NOT EXISTS (
            SELECT 1 FROM customers_leakcheck c
            WHERE c.site_id = o.site_id AND c.outcome = 'refused' AND c.at >= o.placed_at)
    """)
