"""Promises: places in windows, weight on trucks, one route for an order."""

from __future__ import annotations

from typing import Any

from pilot.invariants.rule import invariant, rows


@invariant
def slots_are_not_promised_twice() -> list[tuple[Any, Any]]:
    """No window holds more orders than its limit, and each of its orders is promised for its day."""
    return rows("""
        SELECT s.id, count(*) || ' orders in ' || s.capacity || ' places'
        FROM orders_slot s JOIN orders_order o ON o.slot_id = s.id AND o.state <> 'cancelled'
        GROUP BY s.id HAVING count(*) > s.capacity
        UNION ALL
        SELECT s.id, o.number || ' is promised for ' || o.promised_on
        FROM orders_order o JOIN orders_slot s ON s.id = o.slot_id WHERE o.promised_on <> s.day
    """)


@invariant
def trucks_are_not_overloaded() -> list[tuple[Any, Any]]:
    """What a published or departed route still has to deliver is within its vehicle's limit."""
    return rows("""
        SELECT r.id, sum(l.ordered * (p.gas_kg + p.tare_kg)) || ' kg on ' || v.limit_kg
        FROM deliveries_route r
        JOIN deliveries_vehicle v ON v.id = r.vehicle_id
        JOIN deliveries_stop s ON s.route_id = r.id AND s.kind = 'deliver' AND s.state IN ('pending', 'arrived')
        JOIN orders_orderline l ON l.order_id = s.order_id
        JOIN orders_product p ON p.id = l.product_id
        WHERE r.state IN ('published', 'departed')
        GROUP BY r.id, v.limit_kg HAVING sum(l.ordered * (p.gas_kg + p.tare_kg)) > v.limit_kg
    """)


@invariant
def orders_are_on_one_route() -> list[tuple[Any, Any]]:
    """An order has at most one open delivery, a driver one open route a day, and a planned order is on a route."""
    return rows("""
        SELECT 'order ' || order_id, count(*) || ' open deliveries' FROM deliveries_stop
        WHERE kind = 'deliver' AND state IN ('pending', 'arrived') GROUP BY order_id HAVING count(*) > 1
        UNION ALL
        SELECT 'driver ' || driver_id, count(*) || ' open routes on ' || day FROM deliveries_route
        WHERE state <> 'closed' GROUP BY driver_id, day HAVING count(*) > 1
        UNION ALL
        SELECT o.number, o.state || ' without an open stop on such a route' FROM orders_order o
        WHERE o.state IN ('planned', 'out') AND NOT EXISTS (
            SELECT 1 FROM deliveries_stop s JOIN deliveries_route r ON r.id = s.route_id
            WHERE s.order_id = o.id AND s.kind = 'deliver' AND s.state IN ('pending', 'arrived')
              AND r.state = CASE o.state WHEN 'planned' THEN 'published' ELSE 'departed' END
        )
    """)
