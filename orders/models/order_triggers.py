"""What the database refuses of an order whatever the code does."""

from __future__ import annotations

from typing import Any

import pgtrigger

from luckygas.db import raise_check


class OnlyOfTheNewSystem(pgtrigger.Trigger):
    """No order comes into being for a customer whose system of record is the legacy one."""

    name = "only_of_the_new_system"
    when = pgtrigger.Before
    operation = pgtrigger.Insert

    def get_func(self, model: Any) -> str:
        return f"""
            IF NOT EXISTS (SELECT 1 FROM customers_customer WHERE id = NEW.customer_id AND system_of_record = 'new') THEN
                {raise_check("this customer is still in the legacy system")}
            END IF;
            RETURN NEW;
        """  # noqa: E501, S608  (no input reaches it: it becomes a trigger in a migration)


class FollowsMerge(pgtrigger.Trigger):
    """An order stays with its customer; only while it is open it goes along when their record is merged."""

    name = "customer_changes_by_merge"
    when = pgtrigger.Before
    operation = pgtrigger.Update

    def get_func(self, model: Any) -> str:
        return f"""
            IF OLD.customer_id <> NEW.customer_id AND (OLD.state IN ('delivered', 'cancelled') OR NOT EXISTS (
                SELECT 1 FROM customers_customer WHERE id = OLD.customer_id AND merged_into_id = NEW.customer_id
            )) THEN
                {raise_check("an order stays with its customer")}
            END IF;
            RETURN NEW;
        """  # noqa: S608  (no input reaches it: it becomes a trigger in a migration)


class GoesOnByDecision(pgtrigger.Trigger):
    """What is on hold goes out only after somebody decided so about that hold."""

    name = "held_goes_on_by_a_decision"
    when = pgtrigger.Before
    operation = pgtrigger.Update

    def get_func(self, model: Any) -> str:
        return f"""
            IF OLD.state = 'held' AND NEW.state = 'confirmed' AND NOT EXISTS (
                SELECT 1 FROM orders_holddecision d
                WHERE d.order_id = NEW.id AND d.outcome = 'released' AND d.hold_id = (
                    SELECT max(e.id) FROM orders_orderevent e
                    WHERE e.order_id = NEW.id AND e.to_state = 'held' AND e.from_state <> 'held')
            ) THEN
                {raise_check("nobody let this order go")}
            END IF;
            RETURN NEW;
        """  # noqa: S608  (no input reaches it: it becomes a trigger in a migration)
