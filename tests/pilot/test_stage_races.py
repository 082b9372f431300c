"""No channel makes an order for a customer of the old system, in a race with the move that makes them one either."""

from __future__ import annotations

import threading
import time
import uuid

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from luckygas.models import CUSTOMER
from orders.models import Order
from orders.standing.generator import run
from tests.api.test_order_templates_api import Machine
from tests.factories import MembershipFactory, SiteFactory, StandingOrderFactory, UserFactory, priced
from tests.orders.test_races import read_without_lock, session
from tests.races import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("morning", "web_ordering"),
    pytest.mark.slow,
]
ROUNDS = 50


class Round:
    """One live customer, a real request by each channel, and the move that takes them back to the old system."""

    def __init__(self, dispatcher, machine, ops, is_writing, *, is_early: bool = False) -> None:
        self.site, self.ops, self.machine, self.is_writing = SiteFactory(), ops, machine, is_writing
        self.is_early = is_early
        is_writing.clear()
        self.customer, self.person = self.site.customer, UserFactory(roles=[CUSTOMER])
        MembershipFactory(user=self.person, customer=self.customer)
        self.cookies = {"web": session(self.person), "desk": session(dispatcher)}
        self.template = StandingOrderFactory(site=self.site, weekdays=[7])
        StandingOrderFactory(site=self.site, rhythm="every", every_days=1, weekdays=[], starts_on=timezone.localdate())
        self.seen_at_the_move = -1

    def orders(self) -> int:
        return Order.objects.filter(customer=self.customer).count()

    def typed(self):
        return {
            "operation_id": uuid.uuid4(),
            "site": self.site.pk,
            "is_gas_out": "no",
            "when": "now",
            "quantity_20": "1",
        }

    def post(self, whose: str, address: str, typed) -> int:
        browser = Client(raise_request_exception=False)  # without the lock the database's own rule answers some
        browser.cookies[settings.SESSION_COOKIE_NAME] = self.cookies[whose]
        return browser.post(address, typed).status_code

    def web(self):
        return self.post("web", "/orders/new/", self.typed() | {"empties_20": "1"})

    def desk(self):
        return self.post("desk", reverse("orders:take", args=[self.customer.number]), self.typed())

    def api(self):
        said = {"operation_id": str(uuid.uuid4()), "is_gas_out": False}
        return self.machine("post", f"/api/v1/templates/{self.template.pk}/orders", said).status_code

    def generator(self):
        return dict(run())

    def move(self):
        """Early, or while the first order is written; once this is committed, no order may appear any more."""
        self.is_writing.wait(0.02 if self.is_early else 2)
        Customer.objects.get(pk=self.customer.pk).move_to("rolled_back", by=self.ops)
        self.seen_at_the_move = self.orders()

    def race(self) -> int:
        """How many orders appeared after the move."""
        outcomes = at_once(self.web, self.desk, self.api, self.generator, self.move)
        assert not [each for each in outcomes if isinstance(each, BaseException)], outcomes
        assert self.seen_at_the_move >= 0
        return self.orders() - self.seen_at_the_move


@pytest.fixture
def rounds(dispatcher, ops, monkeypatch):
    """Orders that take a moment between their row and their commit, so that the two really meet."""
    priced()
    hold, is_writing = Order._reason_to_hold, threading.Event()

    def slowly(self):
        is_writing.set()
        time.sleep(0.05)
        return hold(self)

    monkeypatch.setattr(Order, "_reason_to_hold", slowly)
    machine = Machine(dispatcher)
    machine.client.raise_request_exception = False
    return lambda **when: Round(dispatcher, machine, ops, is_writing, **when)


def test_no_channel_makes_an_order_after_the_move(rounds, record_property):
    late, made = [], []
    for number in range(ROUNDS):
        one = rounds(is_early=number % 2 == 0)
        late.append(one.race())
        made.append(one.orders())

    record_property("proof", f"moved while four channels ordered: 0 late in {late.count(0)} of {ROUNDS} rounds")
    assert late == [0] * ROUNDS
    assert 0 < sum(made) < 4 * ROUNDS  # some were faster than the move, and some were refused


def test_without_the_customers_lock_orders_appear_after_the_move(rounds, monkeypatch):
    """The negative control: the trigger alone sees no move that commits after the order's row was written."""
    monkeypatch.setattr(Customer, "lock", read_without_lock)

    late = 0
    for _ in range(ROUNDS):
        late += rounds().race()
        if late:
            break

    assert late > 0
