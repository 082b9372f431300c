"""What the pages about credit show: orders that wait for a decision, and customers whom nothing checks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from customers.ledger import Ages, ages
from customers.models import Customer
from luckygas.models import MANAGER, User
from orders.credit.exposure import Exposure, exposures
from orders.models import Deputy, HoldDecision, Order
from orders.querysets import OPEN, OrderQuerySet
from orders.run_out import RunOut, run_outs

MOST_SHOWN = 200  # as many as one form may move


@dataclass(frozen=True)
class Held:
    """An order that waits for a decision, with all that it needs; the ages are None when nothing is owed."""

    order: Order
    exposure: Exposure
    age: Ages | None
    run_out: RunOut | None

    @property
    def needed_on(self) -> tuple[bool, dt.date, dt.datetime]:
        """What sorts them: without gas first, then by the day the gas may be used up, else the promised one."""
        day = self.run_out.first if self.run_out else self.order.promised_on
        return not self.order.is_gas_out, day, self.order.promised_from

    @property
    def is_urgent(self) -> bool:
        return self.order.is_gas_out or bool(self.run_out and self.run_out.is_soon)


def held_orders(orders: OrderQuerySet | None = None) -> list[Held]:
    """Everything on hold, or some of it, what is needed most first; in five queries."""
    chosen = Order.objects.on_hold() if orders is None else orders
    found = list(chosen.for_office_list().order_by("promised_from", "pk")[:MOST_SHOWN])
    customers = {order.customer_id for order in found}
    stand, old, out = exposures(customers), ages(customers=customers), run_outs(order.site for order in found)
    rows = [
        Held(order, stand[order.customer_id], old.get(order.customer_id), out.get(order.site_id)) for order in found
    ]
    return sorted(rows, key=lambda row: row.needed_on)


@dataclass(frozen=True)
class May:
    """What one person may decide about held orders: everything, up to an amount, or only what fits the limit."""

    is_manager: bool
    deputy: Deputy | None

    @classmethod
    def of(cls, person: User) -> May:
        is_manager = MANAGER in person.roles
        return cls(is_manager, None if is_manager else Deputy.objects.standing().filter(person=person).first())

    @property
    def decides(self) -> bool:
        return self.is_manager or self.deputy is not None


def lately_decided(count: int = 10) -> list[HoldDecision]:
    """The latest decisions, newest first; in one query."""
    return list(HoldDecision.objects.select_related("order__customer", "by").order_by("-pk")[:count])


@dataclass(frozen=True)
class Unchecked:
    """Somebody who may buy on account without a limit."""

    customer: Customer
    exposure: Exposure


def unchecked() -> list[Unchecked]:
    """Customers without a recorded limit who pay by the month or have an order on account; who owes most first."""
    on_account = Order.objects.filter(state__in=OPEN, pays_by=Order.PaysBy.ACCOUNT).order_by().values("customer")
    served = Customer.objects.active().filter(credit_limit_twd=None, system_of_record=Customer.System.NEW)
    chosen = served.filter(Q(settlement=Customer.Settlement.MONTHLY) | Q(pk__in=on_account)).with_area()
    found = list(chosen.order_by("number"))
    stand = exposures(customer.pk for customer in found)
    rows = [Unchecked(customer, stand[customer.pk]) for customer in found]
    return sorted(rows, key=lambda row: -row.exposure.total_twd)
