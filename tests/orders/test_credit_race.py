"""Two orders that fit alone and not together, at the same moment: one of them is held, every time."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, models

from customers.models import Customer
from orders.models import Order
from orders.wishes import Item, Wish
from tests.factories import CustomerFactory, SiteFactory, UserFactory, decided, priced

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("morning"), pytest.mark.slow]
ROUNDS = 50


def race(rounds: int) -> list[list[str]]:
    """The states of two orders of NT$820 for a limit of NT$1,000, for one customer after the other."""
    person, twenty, meet = UserFactory(roles=["dispatcher"]), priced(), Barrier(2)
    sites = [SiteFactory(customer=CustomerFactory(settlement="monthly", credit_limit_twd=1000)) for _ in range(rounds)]

    def place(_thread: int) -> list[str]:
        try:
            states = []
            for each in sites:
                fresh = type(each).objects.select_related("customer", "area").get(pk=each.pk)
                wanted = Wish(fresh, (Item(twenty, 1, 1),), is_gas_out=False)
                meet.wait(timeout=30)
                order = Order.place(wanted, operation_id=uuid.uuid4(), channel="phone", by=person, decision=decided())
                states.append(order.state)
            return states
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return [sorted(pair) for pair in zip(*pool.map(place, range(2)), strict=True)]


def test_two_at_once_never_fit_the_same_room(record_property):
    found = race(ROUNDS)

    assert found == [["confirmed", "held"]] * ROUNDS
    record_property("proof", f"credit: of two orders at once exactly one was held, {ROUNDS} of {ROUNDS}")


def test_without_the_customers_lock_both_go_out(monkeypatch):
    """The negative control: the race is one."""

    def unlocked(self: models.Model) -> models.Model:
        self.refresh_from_db()
        return self

    def slowly(self: Order) -> str:
        reason = asked(self)
        time.sleep(0.05)
        return reason

    asked = Order._reason_to_hold
    monkeypatch.setattr(Customer, "lock", unlocked)
    monkeypatch.setattr(Order, "_reason_to_hold", slowly)

    assert ["confirmed", "confirmed"] in race(5)
