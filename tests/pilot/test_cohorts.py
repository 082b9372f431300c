"""Cohorts: planned, begun past a gate, with members that are in one at a time, and closed."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from luckygas.clock import business_day
from luckygas.errors import Refused
from pilot.enrolment import ramp
from pilot.models import Cohort, CohortMember, EnrolmentPause
from tests.factories import AreaFactory, CustomerFactory, SiteFactory, UserFactory, placed, wish
from tests.pilot.rolling import answered, enter, plan, running
from tests.races import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


def refusal(deed, *args, **values):
    with pytest.raises(Refused) as refused:
        deed(*args, **values)
    return refused.value


def test_a_cohort_is_planned_once_and_has_its_own_name(ops):
    operation = uuid.uuid4()
    facts = {
        "name": "瑞光", "step": "5", "planned": 5, "starts_on": business_day(),
        "ends_on": business_day() + dt.timedelta(days=7), "weekly_orders": 3, "owner": ops,
    }  # fmt: skip

    one, again = (Cohort.plan(operation_id=operation, **facts) for _ in range(2))

    assert (one, one.state) == (again, "planned")
    assert refusal(Cohort.plan, operation_id=uuid.uuid4(), **facts).field == "name"
    assert refusal(Cohort.plan, operation_id=uuid.uuid4(), **(facts | {"name": "x", "step": "area"})).field == "area"


def test_members_come_in_once_and_no_more_than_planned(ops):
    cohort = plan(planned=2)
    one, other, third = CustomerFactory(), CustomerFactory(), CustomerFactory()

    assert cohort.add([one, other], by=ops) == 2
    assert cohort.add([one], by=ops) == 0

    assert refusal(cohort.add, [third], by=ops).code == "too_many"
    assert {member.customer for member in cohort.inside} == {one, other}
    assert cohort.members.first().by == ops


def test_who_is_in_another_cohort_stopped_or_elsewhere_does_not_come_in(ops):
    area = AreaFactory(code="成", name="成功")
    here = SiteFactory(area=area).customer
    gone = SiteFactory(area=area, customer__deactivated_at=timezone.now()).customer
    cohort = plan("成功", area=area)
    cohort.add([here], by=ops)

    for customer in (here, gone, SiteFactory().customer):
        assert refusal(plan(f"{customer.pk}", area=area).add, [customer], by=ops).code == "not_free"
    assert str(here.number) in str(refusal(plan("again").add, [here], by=ops).sentence)


def test_the_database_keeps_a_customer_in_one_open_cohort():
    one, other, customer = plan("1"), plan("2"), CustomerFactory()
    enter(one, customer)

    with pytest.raises(IntegrityError, match="one_open_cohort_a_customer"), transaction.atomic():
        enter(other, customer)


@pytest.mark.django_db(transaction=True)
def test_two_cohorts_that_take_somebody_at_once_get_them_once(ops):
    one, other, customer = plan("1"), plan("2"), CustomerFactory()

    outcomes = at_once(lambda: one.add([customer], by=ops), lambda: other.add([customer], by=ops))

    assert sorted(getattr(each, "code", each) == "not_free" for each in outcomes) == [False, True]
    assert CohortMember.objects.inside().count() == 1


def test_who_left_says_why_and_is_free(ops):
    cohort, customer = plan(), CustomerFactory()
    cohort.add([customer], by=ops)

    cohort.remove(customer, by=ops, why="moved away")

    left = CohortMember.objects.get()
    assert (left.left_by, left.left_why, left.left_at is not None) == (ops, "moved away", True)
    assert plan("2").add([customer], by=ops) == 1


def test_closing_lets_everybody_go_and_moves_nobody(manager):
    cohort, customer = running(), CustomerFactory()
    enter(cohort, customer)

    cohort.close(by=manager, why="done")

    cohort, customer.stage = Cohort.objects.with_sizes().get(pk=cohort.pk), None
    customer.refresh_from_db()
    assert (cohort.state, cohort.closed_by, cohort.size, customer.stage) == ("closed", manager, 1, "live")
    assert [member.customer for member in cohort.inside] == [customer]
    assert not CohortMember.objects.inside().exists()
    assert refusal(cohort.close, by=manager, why="again").code == "closed"
    assert refusal(cohort.add, [customer], by=manager).code == "closed"


def test_without_a_reason_nothing_is_closed_or_started(manager):
    cohort = plan()

    assert refusal(cohort.close, by=manager, why=" ").field == "reason"
    assert refusal(ramp.start, cohort, by=manager, reason=" ").field == "reason"
    assert cohort.state == "planned"


# --- the ramp ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def shown(ops):
    """A first step that ran its two weeks, brought its 20 orders and held every limit."""
    cohort = running(days=14)
    site = SiteFactory()
    enter(cohort, site.customer)
    for _ in range(20):
        placed(wish(site), by=ops)
    answered(cohort, 600, delivered=120, late=2, orders=20, unreconciled_twd=0, open_reviews=0, complaints=0)
    return cohort


def test_the_first_step_needs_nothing_before_it(ops):
    cohort = plan()

    ramp.start(cohort, by=ops, reason="now")

    assert (cohort.state, cohort.started_by, cohort.started_why) == ("running", ops, "now")


def test_the_next_step_opens_when_the_one_before_held_everything(ops, shown):
    following = plan("10", step="10")

    gate = ramp.Gate.to("10")
    ramp.start(following, by=ops, reason="now")

    assert [verdict.state for verdict in gate.verdicts] == ["pass"] * 7
    assert (gate.before, gate.is_open, following.state) == (shown, True, "running")


@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda k: Cohort.objects.filter(pk=k.pk).update(weekly_orders=11), "Enough orders"),
        (lambda k: Cohort.objects.filter(pk=k.pk).update(started_at=timezone.now() - dt.timedelta(days=13)), "Enough"),
        (lambda k: k.minutes.update(errors=60), "Errors"),
        (lambda k: k.minutes.update(requests=499), "Errors"),
        (lambda k: k.minutes.update(late=20), "Late"),
        (lambda k: k.minutes.update(unreconciled_twd=820), "Unreconciled"),
        (lambda k: k.minutes.update(complaints=None, open_reviews=None, unreconciled_twd=None), "Complaints"),
        (lambda k: k.minutes.update(minute=timezone.now() - dt.timedelta(minutes=5)), "Open reviews"),
    ],
)
def test_one_thing_that_was_not_shown_keeps_the_gate_shut(ops, shown, spoil, words):
    spoil(shown)
    following = plan("10", step="10")

    refused = refusal(ramp.start, following, by=ops, reason="now")

    assert (refused.code, following.state) == ("gate", "planned")
    assert words in str(refused.sentence) or words in english(lambda: ramp.Gate.to("10").why_not)


def english(say):
    from django.utils import translation

    with translation.override("en"):
        return str(say())


def test_days_without_orders_open_no_gate(ops):
    cohort = running(days=60)
    answered(cohort, 600, delivered=120, late=2, orders=0, unreconciled_twd=0, open_reviews=0, complaints=0)

    orders = ramp.Gate.to("10").verdicts[0]

    assert (orders.measure, orders.now, orders.state) == ("orders", "0", "none")
    assert not ramp.Gate.to("10").is_open


def test_a_step_that_nobody_took_is_not_skipped(ops, shown):
    assert refusal(ramp.start, plan("20", step="20"), by=ops, reason="now").code == "gate"


def test_only_a_manager_goes_past_the_gate(ops, manager):
    cohort = plan("10", step="10")

    assert refusal(ramp.start, cohort, by=ops, reason="now", force=True).code == "not_manager"
    ramp.start(cohort, by=manager, reason="the owner wants it", force=True)

    assert (cohort.state, cohort.started_why) == ("running", "the owner wants it")


def test_nothing_begins_while_enrolment_is_paused(ops):
    EnrolmentPause.pause(measure="by_hand", said="typhoon", by=ops)

    assert refusal(ramp.start, plan(), by=ops, reason="now").code == "paused"


def test_a_closed_cohort_counts_as_it_was_at_its_end(ops, manager, shown):
    shown.close(by=manager, why="done")
    answered(shown, 600, errors=600, minutes_ago=-5)

    assert ramp.Gate.to("10").is_open


def test_an_owner_may_be_anybody_of_operations(ops):
    assert plan(owner=UserFactory(roles=["manager"])).owner != ops
