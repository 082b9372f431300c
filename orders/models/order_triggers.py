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


class RefusalIsSigned(pgtrigger.Trigger):
    """A refused leak check counts only when somebody signed the refusal, since the order was placed."""

    name = "a_refusal_is_signed"
    when = pgtrigger.Before
    operation = pgtrigger.Update
    condition = pgtrigger.Condition(
        "OLD.state <> 'delivered' AND NEW.state = 'delivered' AND NEW.leak_check = 'refused'"
    )

    def get_func(self, model: Any) -> str:
        return f"""
            IF NOT EXISTS (
                SELECT 1 FROM customers_leakcheck
                WHERE site_id = NEW.site_id AND outcome = 'refused' AND at >= NEW.placed_at
            ) THEN
                {raise_check("nobody signed that the leak check was refused")}
            END IF;
            RETURN NEW;
        """  # noqa: S608  (no input reaches it: it becomes a trigger in a migration)


class CheckStaysNeeded(pgtrigger.Trigger):
    """Nobody waves a leak check away: gas is out, it is the first supply, or gas leaked there and none passed since."""

    name = "a_leak_check_stays_needed"
    when = pgtrigger.Before
    operation = pgtrigger.Update
    condition = pgtrigger.Condition("OLD.needs_leak_check AND NOT NEW.needs_leak_check")

    def get_func(self, model: Any) -> str:
        return f"""
            IF NEW.is_gas_out
            OR (
                EXISTS (SELECT 1 FROM customers_customer WHERE id = NEW.customer_id AND legacy_code IS NULL)
                AND NOT EXISTS (SELECT 1 FROM orders_order WHERE site_id = NEW.site_id AND state = 'delivered')
            )
            OR EXISTS (
                SELECT 1 FROM customers_incident i
                WHERE i.kind = 'leak'
                  AND (i.site_id = NEW.site_id OR (i.site_id IS NULL AND i.customer_id = NEW.customer_id))
                  AND NOT EXISTS (
                    SELECT 1 FROM customers_leakcheck c
                    WHERE c.site_id = NEW.site_id AND c.outcome = 'passed' AND c.at >= i.opened_at)
            ) THEN
                {raise_check("this order still needs a leak check")}
            END IF;
            RETURN NEW;
        """  # noqa: S608  (no input reaches it: it becomes a trigger in a migration)
