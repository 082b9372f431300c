"""The end of a day: what was counted is booked once, gas left is credited once, and a closed day is finished."""

from __future__ import annotations

from typing import Any

from pilot.invariants.rule import invariant, rows


@invariant
def counts_are_booked() -> list[tuple[Any, Any]]:
    """A count took what was due from its driver and gave what was counted to the office; the rest is a variance."""
    return rows("""
        WITH legs AS (
            SELECT split_part(cause_id, '-', 1) AS count_id, route_id,
                   sum(amount_twd) FILTER (WHERE account = 'driver' AND cause_id NOT LIKE '%%-%%') AS driver,
                   sum(amount_twd) FILTER (WHERE account = 'office') AS office,
                   sum(amount_twd) FILTER (WHERE account = 'variance') AS variance
            FROM deliveries_cashleg WHERE cause_kind = 'count' GROUP BY split_part(cause_id, '-', 1), route_id
        ), differing AS (
            SELECT route_id, sum(difference) AS twd FROM deliveries_variance WHERE product_id IS NULL GROUP BY route_id
        )
        SELECT 'count ' || c.id, 'due ' || c.due_twd || ' and counted ' || c.counted_twd || ', booked '
               || coalesce(legs.driver, 0) || ' and ' || coalesce(legs.office, 0) || ', variance '
               || coalesce(legs.variance, 0) || ' of ' || coalesce(differing.twd, 0)
        FROM deliveries_cashcount c
        LEFT JOIN legs ON legs.count_id = c.id::text AND legs.route_id = c.route_id
        LEFT JOIN differing ON differing.route_id = c.route_id
        WHERE coalesce(legs.driver, 0) <> -c.due_twd OR coalesce(legs.office, 0) <> c.counted_twd
           OR coalesce(legs.variance, 0) <> -coalesce(differing.twd, 0)
    """)


@invariant
def counted_routes_hold_nothing() -> list[tuple[Any, Any]]:
    """When a route was counted its driver's cash and its vehicle's cylinders were nothing: all of it was handed in."""
    return rows("""
        WITH paid AS (
            SELECT c.id, sum(p.received_twd) AS twd FROM deliveries_cashcount c
            JOIN deliveries_stop s ON s.route_id = c.route_id
            JOIN customers_payment p ON p.cause_kind = 'stop' AND p.cause_id = s.id::text AND p.method = 'cash'
             AND p.recorded_at <= c.at
            LEFT JOIN customers_paymentreversal r ON r.payment_id = p.id AND r.at <= c.at
            WHERE r.id IS NULL GROUP BY c.id
        ), counted AS (
            SELECT c.id, c.route_id, place.id AS truck, (
                SELECT max(m.id) FROM orders_cylindermovement m
                WHERE (m.cause_kind, m.cause_id) IN (('route', c.route_id::text), ('count', c.id::text))
                  AND place.id IN (m.from_place_id, m.to_place_id)) AS last_id
            FROM deliveries_cashcount c JOIN deliveries_route r ON r.id = c.route_id
            JOIN orders_place place ON place.kind = 'truck' AND place.cause_id = r.vehicle_id::text
            WHERE EXISTS (SELECT 1 FROM deliveries_cylindercount k WHERE k.count_id = c.id)
              AND NOT EXISTS (SELECT 1 FROM deliveries_route other WHERE other.vehicle_id = r.vehicle_id
                              AND other.id <> r.id AND other.day = r.day)
        )
        SELECT 'count ' || c.id, 'due ' || c.due_twd || ', paid to the driver ' || coalesce(paid.twd, 0)
        FROM deliveries_cashcount c LEFT JOIN paid ON paid.id = c.id
        WHERE c.due_twd <> coalesce(paid.twd, 0) + coalesce((
            SELECT sum(amount_twd) FROM deliveries_cashleg leg WHERE leg.route_id = c.route_id AND leg.at <= c.at
               AND leg.account = 'driver' AND leg.cause_kind IN ('legacy', 'takeover')), 0)
        UNION ALL
        SELECT 'count ' || counted.id, 'product ' || m.product_id || ' ' || state || ': ' || sum(quantity)
               || ' still on the vehicle'
        FROM counted JOIN LATERAL (
            SELECT product_id, to_state AS state, quantity FROM orders_cylindermovement
            WHERE to_place_id = counted.truck AND id <= counted.last_id
            UNION ALL
            SELECT product_id, from_state, -quantity FROM orders_cylindermovement
            WHERE from_place_id = counted.truck AND id <= counted.last_id
        ) m ON true
        GROUP BY counted.id, m.product_id, state HAVING sum(quantity) <> 0
    """)


@invariant
def gas_left_is_credited_once() -> list[tuple[Any, Any]]:
    """A weighing credited its customer with its gas at its price; one that was taken back credits nothing."""
    return rows("""
        SELECT 'weighing ' || w.id, (w.gross_kg - w.tare_kg) || ' kg at ' || w.price_twd || ', credited '
               || coalesce(sum(e.amount_twd), 0)
        FROM deliveries_weighing w
        LEFT JOIN deliveries_weighingreversal r ON r.weighing_id = w.id
        LEFT JOIN customers_accountentry e
          ON e.cause_kind = 'weighing' AND e.cause_id = w.id::text AND e.account = 'gas_credit'
        GROUP BY w.id, r.id
        HAVING coalesce(sum(e.amount_twd), 0)
               <> CASE WHEN r.id IS NULL THEN round((w.gross_kg - w.tare_kg) * w.price_twd) ELSE 0 END
    """)


@invariant
def closed_days_are_finished() -> list[tuple[Any, Any]]:
    """A closed day has no route on the road or uncounted, no open stop, and no variance that nobody owns."""
    return rows("""
        SELECT d.day::text, 'route ' || r.code || ' is ' || r.state || CASE WHEN c.id IS NULL THEN ', not counted'
               ELSE '' END
        FROM deliveries_closedday d JOIN deliveries_route r ON r.day = d.day
        LEFT JOIN deliveries_cashcount c ON c.route_id = r.id
        WHERE d.reopened_at IS NULL AND (r.state = 'departed' OR r.state = 'closed' AND c.id IS NULL)
        UNION ALL
        SELECT d.day::text, 'stop ' || s.position || ' of ' || r.code || ' is ' || s.state
        FROM deliveries_closedday d JOIN deliveries_route r ON r.day = d.day
        JOIN deliveries_stop s ON s.route_id = r.id AND s.state IN ('pending', 'arrived') WHERE d.reopened_at IS NULL
        UNION ALL
        SELECT d.day::text, 'variance ' || v.id || ' of ' || r.code || ' is nobody''s'
        FROM deliveries_closedday d JOIN deliveries_route r ON r.day = d.day
        JOIN deliveries_variance v ON v.route_id = r.id AND v.owner_id IS NULL WHERE d.reopened_at IS NULL
    """)
