"""Both ledgers: money and cylinders, against what was handed over."""

from __future__ import annotations

from typing import Any

from pilot.invariants.rule import invariant, rows


@invariant
def transfers_sum_to_zero() -> list[tuple[Any, Any]]:
    """The legs of each transfer sum to zero and belong to one customer."""
    return rows("""
        SELECT transfer, 'sums to ' || sum(amount_twd) || ' over ' || count(DISTINCT customer_id) || ' customers'
        FROM customers_accountentry GROUP BY transfer
        HAVING sum(amount_twd) <> 0 OR min(customer_id) <> max(customer_id)
    """)


@invariant
def deliveries_are_charged_as_handed_over() -> list[tuple[Any, Any]]:
    """What an order charged is what its lines say was handed over, at its own prices; before that, nothing."""
    return rows("""
        WITH handed AS (
            SELECT order_id, sum(delivered * unit_price_twd) AS gas,
                   sum(greatest(delivered - empties_taken, 0) * deposit_twd) AS deposit
            FROM orders_orderline GROUP BY order_id
        ), charged AS (
            SELECT cause_id,
                   sum(amount_twd) FILTER (WHERE purpose ~ '^(un-)?charge') AS gas,
                   sum(amount_twd) FILTER (WHERE purpose ~ '^(un-)?deposit') AS deposit
            FROM customers_accountentry WHERE cause_kind = 'order' AND account = 'receivable'
            GROUP BY cause_id
        )
        SELECT handed.order_id, 'charged ' || coalesce(charged.gas, 0) || ' + ' || coalesce(charged.deposit, 0)
               || ', handed over ' || coalesce(handed.gas, 0) || ' + ' || coalesce(handed.deposit, 0)
        FROM handed LEFT JOIN charged ON charged.cause_id = handed.order_id::text
        WHERE coalesce(charged.gas, 0) <> coalesce(handed.gas, 0)
           OR coalesce(charged.deposit, 0) <> coalesce(handed.deposit, 0)
    """)


@invariant
def cylinders_move_as_handed_over() -> list[tuple[Any, Any]]:
    """The cylinders that an order moved are those its lines say were given and taken."""
    return rows("""
        WITH moved AS (
            SELECT cause_id, product_id,
                   sum(CASE WHEN purpose LIKE 'un-%%' THEN -quantity ELSE quantity END)
                       FILTER (WHERE purpose ~ '^(un-)?(given|contested)') AS given,
                   sum(CASE WHEN purpose LIKE 'un-%%' THEN -quantity ELSE quantity END)
                       FILTER (WHERE purpose ~ '^(un-)?taken') AS taken
            FROM orders_cylindermovement WHERE cause_kind = 'order' AND purpose ~ '^(un-)?(given|contested|taken)'
            GROUP BY cause_id, product_id
        )
        SELECT coalesce(line.order_id::text, moved.cause_id), 'product ' || coalesce(line.product_id, moved.product_id)
               || ': moved ' || coalesce(moved.given, 0) || ' and ' || coalesce(moved.taken, 0) || ', handed over '
               || coalesce(line.delivered, 0) || ' and ' || coalesce(line.empties_taken, 0)
        FROM orders_orderline line
        FULL JOIN moved ON moved.cause_id = line.order_id::text AND moved.product_id = line.product_id
        WHERE coalesce(moved.given, 0) <> coalesce(line.delivered, 0)
           OR coalesce(moved.taken, 0) <> coalesce(line.empties_taken, 0)
    """)


@invariant
def cylinders_are_conserved() -> list[tuple[Any, Any]]:
    """A known cylinder leaves from where it came to, in the state it came with, and is of its product."""
    return rows("""
        WITH path AS (
            SELECT cylinder_id, product_id, from_place_id, from_state,
                   lag(to_place_id) OVER way AS place_before, lag(to_state) OVER way AS state_before
            FROM orders_cylindermovement WHERE cylinder_id IS NOT NULL
            WINDOW way AS (PARTITION BY cylinder_id ORDER BY at, id)
        )
        SELECT c.serial, 'left place ' || path.from_place_id || ' ' || path.from_state || ', was at '
               || coalesce(path.place_before::text, '?') || ' ' || coalesce(path.state_before, '?')
        FROM path JOIN orders_cylinder c ON c.id = path.cylinder_id
        WHERE path.product_id <> c.product_id
           OR (path.place_before IS NOT NULL
               AND (path.place_before, path.state_before) IS DISTINCT FROM (path.from_place_id, path.from_state))
        UNION ALL
        SELECT id::text, 'moves ' || quantity || ' to itself or nothing' FROM orders_cylindermovement
        WHERE quantity <= 0 OR (from_place_id = to_place_id AND from_state = to_state)
    """)


@invariant
def overdue_cylinders_stay_away() -> list[tuple[Any, Any]]:
    """No cylinder was overdue on the day it was loaded full or left with a customer, unless its order is contested.

    Of an order that is delivered by now it was fetched.
    """
    return rows("""
        SELECT m.id, m.quantity || ' of product ' || m.product_id || ', in date until ' || m.inspect_by || ', ' || m.day
        FROM orders_cylindermovement m
        JOIN orders_place come ON come.id = m.from_place_id AND come.kind NOT IN ('site', 'opening')
        JOIN orders_place go ON go.id = m.to_place_id
        LEFT JOIN orders_order o ON m.purpose ~ '^contested' AND m.cause_kind = 'order' AND o.id::text = m.cause_id
        LEFT JOIN orders_cylindermovement back ON back.purpose IN ('fetched', 'un-' || m.purpose)
             AND back.cause_kind = 'order' AND back.cause_id = m.cause_id AND back.product_id = m.product_id
             AND back.cylinder_id IS NOT DISTINCT FROM m.cylinder_id
        WHERE m.inspect_by < m.day AND (go.kind = 'site' OR go.kind = 'truck' AND m.to_state = 'full')
          AND (o.id IS NULL OR o.state = 'delivered' AND back.id IS NULL)
    """)


@invariant
def delivered_is_handed_over() -> list[tuple[Any, Any]]:
    """A delivered order says what was handed over and when; one that is not on the way says nothing of it."""
    return rows("""
        SELECT o.number, 'delivered, a line says nothing' FROM orders_order o
        JOIN orders_orderline l ON l.order_id = o.id AND l.delivered IS NULL WHERE o.state = 'delivered'
        UNION ALL
        SELECT o.number, 'delivered without a time' FROM orders_order o
        WHERE o.state = 'delivered' AND o.delivered_at IS NULL
        UNION ALL
        SELECT o.number, o.state || ', a line was handed over' FROM orders_orderline l
        JOIN orders_order o ON o.id = l.order_id AND o.state NOT IN ('delivered', 'review')
        WHERE l.delivered IS NOT NULL
    """)


@invariant
def payments_are_booked() -> list[tuple[Any, Any]]:
    """Each payment has its legs: what was received, in cash or at the bank."""
    return rows("""
        SELECT p.id, 'received ' || p.received_twd || ', booked ' || coalesce(sum(e.amount_twd), 0)
        FROM customers_payment p
        LEFT JOIN customers_accountentry e
          ON e.cause_kind = 'payment' AND e.cause_id = p.id::text AND e.purpose = 'received'
         AND e.account IN ('cash', 'bank') AND e.customer_id = p.customer_id
        GROUP BY p.id HAVING coalesce(sum(e.amount_twd), 0) <> p.received_twd
    """)


@invariant
def payments_are_taken_back_once() -> list[tuple[Any, Any]]:
    """A payment that was taken back has its legs the other way, and no other has such legs."""
    return rows("""
        SELECT p.id, 'received ' || p.received_twd || CASE WHEN r.id IS NULL THEN ', stays' ELSE ', taken back' END
               || ', booked back ' || coalesce(sum(-e.amount_twd), 0)
        FROM customers_payment p
        LEFT JOIN customers_paymentreversal r ON r.payment_id = p.id
        LEFT JOIN customers_accountentry e
          ON e.cause_kind = 'payment' AND e.cause_id = p.id::text AND e.purpose = 'reversed'
         AND e.account IN ('cash', 'bank')
        GROUP BY p.id, r.id
        HAVING coalesce(sum(-e.amount_twd), 0) <> CASE WHEN r.id IS NULL THEN 0 ELSE p.received_twd END
    """)


@invariant
def meters_are_billed_by_difference() -> list[tuple[Any, Any]]:
    """What a reading charged is the gas since the one before at its day's price; a reversed one charges nothing."""
    return rows("""
        WITH gas AS (
            SELECT id, site_id, product_id, read_on, CASE WHEN reversed_at IS NULL AND NOT is_new_meter THEN
                   coalesce(reading_kg - lag(reading_kg) OVER meter, 0) ELSE 0 END AS kg
            FROM orders_meterreading WHERE reversed_at IS NULL
            WINDOW meter AS (PARTITION BY site_id, product_id ORDER BY read_on, is_new_meter, id)
            UNION ALL
            SELECT id, site_id, product_id, read_on, 0 FROM orders_meterreading WHERE reversed_at IS NOT NULL
        ), priced AS (
            SELECT gas.id, gas.kg, coalesce(own.amount_twd, list.amount_twd) AS twd FROM gas
            JOIN customers_site s ON s.id = gas.site_id
            LEFT JOIN LATERAL (
                SELECT amount_twd FROM orders_price WHERE product_id = gas.product_id AND kind = 'gas'
                  AND customer_id = s.customer_id AND valid_from <= gas.read_on ORDER BY valid_from DESC LIMIT 1
            ) own ON true
            LEFT JOIN LATERAL (
                SELECT amount_twd FROM orders_price WHERE product_id = gas.product_id AND kind = 'gas'
                  AND customer_id IS NULL AND valid_from <= gas.read_on ORDER BY valid_from DESC LIMIT 1
            ) list ON true
        )
        SELECT 'reading ' || priced.id, priced.kg || ' kg at ' || coalesce(priced.twd::text, 'no price') || ', charged '
               || coalesce(sum(e.amount_twd), 0)
        FROM priced LEFT JOIN customers_accountentry e
          ON e.cause_kind = 'reading' AND e.cause_id = priced.id::text AND e.account = 'receivable'
        GROUP BY priced.id, priced.kg, priced.twd
        HAVING coalesce(sum(e.amount_twd), 0) <> round(priced.kg * coalesce(priced.twd, 0))
    """)
