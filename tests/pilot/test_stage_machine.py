"""Whoever moves whom in whatever order: always exactly one system of record, and the history tells the stage."""

from __future__ import annotations

import os
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Prefetch
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from customers.models import Customer, StageMove
from customers.models.customer import LIVE_STAGES, STAGE_MOVES, Stage
from luckygas.errors import Refused
from orders.models import Order
from pilot.enrolment import moving
from pilot.enrolment.guards import move
from pilot.models import Cohort, CohortMember, EnrolmentPause, MassMove
from tests.factories import SiteFactory, UserFactory, decided, priced, wish
from tests.pilot.rolling import enter, running

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "15"))
STEPS = int(os.environ.get("MACHINE_STEPS", "25"))
who = st.integers(0, 3)
stages = st.sampled_from(Stage.values)


class Pilot(RuleBasedStateMachine):
    """Four customers, one of them metered, and everybody who may move them, rightly and wrongly."""

    @initialize(starts=st.lists(stages, min_size=4, max_size=4))
    def begin(self, starts):
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.ops, self.manager = UserFactory(roles=["ops"]), UserFactory(roles=["manager"])
        self.clerk = UserFactory(roles=["dispatcher"])
        priced()
        self.sites = [
            SiteFactory(
                customer__stage=stage, customer__is_metered=number == 3,
                customer__system_of_record="new" if stage in LIVE_STAGES else "legacy",
            )
            for number, stage in enumerate(starts)
        ]  # fmt: skip
        self.starts = {site.customer_id: stage for site, stage in zip(self.sites, starts, strict=True)}
        self.cohort = running()
        enter(self.cohort, *(site.customer for site in self.sites[:2]))

    def teardown(self):
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def attempt(self, deed, *args, **values):
        """A refusal undoes itself; any other error is a finding."""
        try:
            with transaction.atomic():
                return deed(*args, **values)
        except Refused:
            return None

    def customer(self, number) -> Customer:
        return Customer.objects.get(pk=self.sites[number].customer_id)

    @rule(number=who, to=stages, by=st.sampled_from(["ops", "manager", "clerk"]), force=st.booleans())
    def move_one(self, number, to, by, force):
        self.attempt(move, self.customer(number), to, by=getattr(self, by), reason="x", force=force)

    @rule(number=who, to=stages)
    def move_past_the_guards(self, number, to):
        self.attempt(self.customer(number).move_to, to, by=self.ops)

    @rule(to=stages, force=st.booleans())
    def move_all(self, to, force):
        facts = {"operation_id": uuid.uuid4(), "reason": "x", "force": force}
        if drawn := self.attempt(moving.ask, to, Customer.objects.all(), by=self.manager, **facts):
            drawn.agree(by=self.ops)
            moving.work(drawn.pk)
            assert MassMove.objects.get(pk=drawn.pk).state == "done"

    @rule(number=who)
    def order(self, number):
        site = self.sites[number]
        site.customer = self.customer(number)
        before = site.customer.system_of_record
        placed = self.attempt(
            Order.place, wish(site), operation_id=uuid.uuid4(), channel="phone", by=self.clerk, decision=decided()
        )
        assert placed is None or before == "new"

    @rule(number=who)
    def change_cohort(self, number):
        inside = CohortMember.objects.inside().filter(customer=self.customer(number)).first()
        if inside:
            self.attempt(self.cohort.remove, inside.customer, by=self.ops, why="x")
        else:
            self.attempt(self.cohort.add, [self.customer(number)], by=self.ops)

    @rule(is_paused=st.booleans())
    def pause_or_resume(self, is_paused):
        if is_paused:
            EnrolmentPause.pause(measure="by_hand", said="x", by=self.ops)
        else:
            EnrolmentPause.resume(by=self.ops, why="x")

    @rule(number=who, stage=stages, system=st.sampled_from(["new", "legacy"]))
    def write_sql_by_hand(self, number, stage, system):
        """The database lets a row be only what a move could have made; what it takes is told as a move here."""
        customer = self.customer(number)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE customers_customer SET stage = %s, system_of_record = %s WHERE id = %s",
                    [stage, system, customer.pk],
                )
        except IntegrityError:
            return
        assert (stage in LIVE_STAGES) == (system == "new")
        assert stage == customer.stage or stage in STAGE_MOVES[customer.stage]
        if stage != customer.stage:
            StageMove.objects.create(customer=customer, from_stage=customer.stage, to_stage=stage, by=None)

    @invariant()
    def one_system_decides_and_the_history_tells_the_stage(self):
        if not hasattr(self, "sites"):
            return
        for customer in Customer.objects.prefetch_related(Prefetch("stage_moves", StageMove.objects.order_by("pk"))):
            assert customer.system_of_record == ("new" if customer.stage in LIVE_STAGES else "legacy")
            stage = self.starts[customer.pk]
            for step in customer.stage_moves.all():
                assert step.from_stage == stage
                assert step.to_stage in STAGE_MOVES[stage]
                stage = step.to_stage
            assert stage == customer.stage
        assert not Order.objects.exclude(system_of_record="new").exists()
        assert Cohort.objects.count() == 1


def live(examples, steps):
    run_state_machine_as_test(
        Pilot,
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
@pytest.mark.slow
@pytest.mark.usefixtures("morning")
def test_whatever_is_moved_one_system_decides(record_property):
    live(EXAMPLES, STEPS)
    record_property("proof", f"moves: {EXAMPLES} pilots of {STEPS} steps, one system decided after every step")


@pytest.mark.django_db
@pytest.mark.usefixtures("morning")
def test_a_move_that_leaves_no_history_is_noticed(monkeypatch):
    """The negative control: with one effect taken out, random moves find it."""
    monkeypatch.setattr(StageMove.objects, "create", lambda **facts: None)

    with pytest.raises(AssertionError):
        live(50, 20)  # it stops at the first pilot that shows it
