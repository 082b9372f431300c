"""Whatever people do in whatever order, the books and the states stay sound: random days on the real database.

Each step is an action that somebody could try. It works, or it is refused with a sentence; nothing else happens, and
after every step the facts below hold. `make prove-machine` runs 300 days of 40 steps.
"""

from __future__ import annotations

import os
import uuid

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from customers.models import AccountEntry, Payment
from deliveries.models import Route, Stop
from luckygas.errors import Refused
from orders.handover import Handed, Handover
from orders.models import CylinderMovement, Order
from orders.models.order_state import MOVES
from orders.wishes import Item
from tests.factories import DepotFactory, RouteFactory, SiteFactory, UserFactory, decided, priced, wish

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "15"))
STEPS = int(os.environ.get("MACHINE_STEPS", "25"))
few = st.integers(0, 3)
which = st.integers(0, 9)


class Day(RuleBasedStateMachine):
    """One customer, two drivers and an office that make every mistake there is."""

    @initialize()
    def morning(self):
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.person = UserFactory(roles=["dispatcher"])
        self.products = [priced("20"), priced("16", gas=690)]
        self.site = SiteFactory()
        self.routes = [RouteFactory(), RouteFactory()]
        self.depot = DepotFactory().place
        self.taken: list[int] = []

    def teardown(self):
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def order(self, number: int) -> Order | None:
        return Order.objects.get(pk=self.taken[number % len(self.taken)]) if self.taken else None

    def attempt(self, verb, *args, **values):
        """A refusal undoes itself; any other error is a finding."""
        try:
            with transaction.atomic():
                return verb(*args, **values)
        except Refused:
            return None

    @rule(quantity=few, other=few, empties=few, out=st.booleans(), twice=st.booleans())
    def place(self, quantity, other, empties, out, twice):
        items = (Item(self.products[0], quantity, empties), Item(self.products[1], other, 0))
        operation, wished = uuid.uuid4(), wish(self.site, items=items, is_gas_out=out)
        for _ in range(1 + twice):
            order = self.attempt(
                Order.place, wished, operation_id=operation, channel="phone", by=self.person, decision=decided()
            )
            if order and order.pk not in self.taken:
                self.taken.append(order.pk)
                self.taken += order.owed_orders.values_list("pk", flat=True)

    @rule(number=which, verb=st.sampled_from(["confirm", "plan", "unplan", "depart"]))
    def push(self, number, verb):
        if order := self.order(number):
            self.attempt(getattr(order, verb), by=self.person)

    @rule(number=which, verb=st.sampled_from(["hold", "cancel", "bring_back"]))
    def push_with_reason(self, number, verb):
        if order := self.order(number):
            self.attempt(getattr(order, verb), by=self.person, reason="because")

    @rule(number=which, route=st.integers(0, 1))
    def put_on_route(self, number, route):
        if order := self.order(number):
            self.attempt(Route.objects.get(pk=self.routes[route].pk).add, order, by=self.person)

    @rule(route=st.integers(0, 1), verb=st.sampled_from(["publish", "depart", "close"]))
    def drive(self, route, verb):
        self.attempt(getattr(Route.objects.get(pk=self.routes[route].pk), verb), by=self.person)

    @rule(number=which)
    def fail(self, number):
        if stop := Stop.objects.todo().order_by("pk").first():
            self.attempt(stop.fail, by=self.person, reason="not_home", next_step="call")

    @rule(number=which, given=few, empties=few, checked=st.booleans(), rest=st.sampled_from(["owed", "unwanted"]),
          against_the_rules=st.booleans())  # fmt: skip
    def hand_over(self, number, given, empties, checked, rest, against_the_rules):
        order = self.order(number)
        if order is None:
            return
        handover = Handover((Handed(self.products[0], given, empties, rest),), leak_check="passed" if checked else "")
        verb = order.contest if against_the_rules else order.deliver
        more = {"reason": "reported"} if against_the_rules else {}
        self.attempt(verb, handover, place=self.depot, by=self.person, **more)

    @rule(number=which, to=st.sampled_from(["delivered", "confirmed", "cancelled"]))
    def settle(self, number, to):
        if order := self.order(number):
            self.attempt(order.settle, to, by=self.person, reason="decided")

    @rule(amount=st.integers(-5, 3000), twice=st.booleans())
    def pay(self, amount, twice):
        operation = uuid.uuid4()
        for _ in range(1 + twice):
            self.attempt(
                Payment.record,
                operation_id=operation,
                customer=self.site.customer,
                method="cash",
                received_twd=amount,
                by=self.person,
            )

    # --- what is always true ----------------------------------------------------------------------------------------
    @invariant()
    def every_transfer_sums_to_zero(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert AccountEntry.objects.total() == 0

    @invariant()
    def states_are_the_fold_of_their_events(self):
        for order in Order.objects.prefetch_related("events"):
            state = ""
            for event in order.events.all():
                assert event.from_state == state
                assert state in {"", event.to_state} or event.to_state in MOVES[state]
                state = event.to_state
            assert order.state == state

    @invariant()
    def what_was_delivered_is_what_moved_and_what_was_charged(self):
        moved = CylinderMovement.objects.filter(cause_kind="order", purpose="given").values("cause_id").order_by()
        moved = dict(moved.annotate(n=Sum("quantity")).values_list("cause_id", "n"))
        sold = AccountEntry.objects.filter(cause_kind="order", account="sales").values("cause_id").order_by()
        sold = dict(sold.annotate(twd=Sum("amount_twd")).values_list("cause_id", "twd"))
        for order in Order.objects.prefetch_related("lines"):
            given = [(line.delivered or 0, line.unit_price_twd) for line in order.lines.all()]
            assert moved.pop(str(order.pk), 0) == sum(quantity for quantity, _twd in given)
            assert -sold.pop(str(order.pk), 0) == sum(quantity * twd for quantity, twd in given)
            if order.state == "delivered":
                assert all(line.delivered is not None for line in order.lines.all())
                assert not order.needs_leak_check or order.leak_check
        assert (moved, sold) == ({}, {})

    @invariant()
    def an_order_has_one_open_stop_at_most(self):
        open_stops = Stop.objects.todo().filter(kind="deliver").values_list("order", flat=True)
        assert len(open_stops) == len(set(open_stops))


class DayOnTheRoad(Day):
    """Its first order has left the depot: few days get so far by chance."""

    @initialize()
    def morning(self):
        super().morning()
        self.place(quantity=1, other=1, empties=0, out=False, twice=False)
        self.put_on_route(number=0, route=0)
        self.drive(route=0, verb="publish")
        self.drive(route=0, verb="depart")
        assert self.order(0).state == Order.State.OUT


def live(day: type[Day], examples: int, steps: int) -> None:
    run_state_machine_as_test(
        day,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # shrinking on a real database takes longer than reading the steps
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("morning")
@pytest.mark.parametrize("day", [Day, DayOnTheRoad])
def test_random_days_stay_sound(day):
    live(day, EXAMPLES, STEPS)


@pytest.mark.django_db
@pytest.mark.usefixtures("morning")
def test_a_charge_that_goes_missing_is_noticed(monkeypatch):
    """The negative control: with one effect taken out, a random day finds it."""
    monkeypatch.setattr("orders.handover._charge", lambda *args, **kwargs: None)

    with pytest.raises(AssertionError):
        live(DayOnTheRoad, 400, 30)  # it stops at the first day that shows it
