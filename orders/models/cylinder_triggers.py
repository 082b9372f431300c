"""What the database refuses of an overdue cylinder whatever the code does."""

from __future__ import annotations

from typing import Any

import pgtrigger

from luckygas.db import raise_check


class InDate(pgtrigger.Trigger):
    """Who is overdue on that day is not loaded as full and not left with a customer; what comes back is written down.

    One way is open, since nothing physical is dropped: a movement that is contested, of an order being checked.
    """

    name = "in_date"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    condition = pgtrigger.Condition("NEW.cylinder_id IS NOT NULL OR NEW.inspect_by IS NOT NULL")

    def get_func(self, model: Any) -> str:
        return f"""
            IF EXISTS (
                SELECT 1 FROM orders_place come
                JOIN orders_place go ON go.id = NEW.to_place_id
                LEFT JOIN orders_cylinder c ON c.id = NEW.cylinder_id
                WHERE come.id = NEW.from_place_id AND come.kind NOT IN ('site', 'opening')
                  AND (go.kind = 'site' OR go.kind = 'truck' AND NEW.to_state = 'full')
                  AND least(NEW.inspect_by, c.inspect_by, c.retire_by) < NEW.day
                  AND NOT (
                    go.kind = 'site' AND NEW.purpose ~ '^contested' AND NEW.cause_kind = 'order' AND EXISTS (
                        SELECT 1 FROM orders_order
                        WHERE id = substring(NEW.cause_id FROM '^[0-9]+$')::bigint AND state = 'review')
                  )
            ) THEN
                {raise_check("this cylinder is overdue for inspection")}
            END IF;
            RETURN NEW;
        """  # noqa: S608  (no input reaches it: it becomes a trigger in a migration)


class NothingOverdue(pgtrigger.Trigger):
    """No order becomes delivered while a cylinder that was overdue at its handover still stands there."""

    name = "nothing_overdue_stands_there"
    when = pgtrigger.Before
    operation = pgtrigger.Update
    condition = pgtrigger.Condition("OLD.state <> 'delivered' AND NEW.state = 'delivered'")

    def get_func(self, model: Any) -> str:
        return f"""
            IF (
                SELECT sum(CASE WHEN purpose ~ '^contested' THEN quantity ELSE -quantity END)
                FROM orders_cylindermovement
                WHERE cause_kind = 'order' AND cause_id = NEW.id::text AND purpose ~ '^(contested|un-contested|fetched)'
            ) > 0 THEN
                {raise_check("an overdue cylinder of this order still stands there")}
            END IF;
            RETURN NEW;
        """  # noqa: S608  (no input reaches it: it becomes a trigger in a migration)
