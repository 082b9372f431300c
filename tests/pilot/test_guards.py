"""What must be true before a customer moves, and who may go past it."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.models import StageMove
from customers.models.customer import STAGE_MOVES, Stage
from deliveries.models import Review
from luckygas.errors import Refused
from luckygas.said import spoken
from orders.models import MeterReading
from pilot.enrolment.guards import Guards, move
from pilot.models import EnrolmentPause, Forced
from tests.factories import CustomerFactory, SiteFactory, placed, priced, wish
from tests.pilot.rolling import answered, enter, imported, plan, running

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


def refused(customer, to, **values):
    """The code of the refusal; the customer stays where they are."""
    before = customer.stage
    with pytest.raises(Refused) as caught:
        move(customer, to, **({"reason": "test"} | values))
    customer.refresh_from_db()
    assert customer.stage == before
    assert not StageMove.objects.filter(customer=customer).exists()
    return caught.value.code


@pytest.fixture
def member():
    """Imported, and in a cohort that runs."""
    customer = imported()
    enter(running(), customer)
    return customer


def test_who_is_in_a_running_cohort_becomes_live(member, ops):
    assert move(member, "live", by=ops, reason="ready") == []

    member.refresh_from_db()
    moved = StageMove.objects.get()
    assert (member.stage, member.system_of_record) == ("live", "new")
    assert (moved.from_stage, moved.to_stage, moved.by, moved.reason) == ("imported", "live", ops, "ready")


def test_where_they_stand_already_nothing_happens(member, ops):
    assert move(member, "imported", by=ops, reason="again") == []
    assert StageMove.objects.count() == 0


def test_a_move_needs_a_reason_and_somebody_of_operations(member, ops, dispatcher):
    assert refused(member, "live", by=ops, reason=" ") == "no_reason"
    assert refused(member, "live", by=dispatcher) == "not_ops"
    assert refused(member, "live", by=ops, force=True) == "not_manager"


@pytest.mark.parametrize("start", Stage.values)
def test_the_table_of_moves_is_the_one_authority(start, manager):
    system = "new" if start in {"live", "settled"} else "legacy"
    for end in Stage.values:
        if end != start and end not in STAGE_MOVES[start]:
            assert refused(CustomerFactory(stage=start, system_of_record=system), end, by=manager) == "illegal_move"


def test_without_a_cohort_that_runs_nobody_becomes_live(ops, manager):
    alone, planned = imported(), imported()
    enter(plan(), planned)

    for customer in (alone, planned):
        assert refused(customer, "live", by=ops) == "no_cohort"
        assert refused(customer, "live", by=manager, force=True) == "no_cohort"


def test_who_is_no_longer_served_does_not_become_live(member, manager):
    member.deactivate(by=manager, reason="moved away")

    assert refused(member, "live", by=manager, force=True) == "inactive"


def test_a_paused_enrolment_lets_nobody_in_unless_a_manager_says_why(member, ops, manager):
    EnrolmentPause.pause(measure="by_hand", said="颱風", by=ops)
    assert refused(member, "live", by=ops) == "paused"

    past = move(member, "live", by=manager, reason="the owner's shop", force=True)

    assert [guard.code for guard in past] == ["paused"]
    forced = Forced.objects.get()
    assert (forced.by, forced.move.reason) == (manager, "the owner's shop")
    assert forced.guards[0]["code"] == "paused"
    assert "颱風" in spoken(forced.guards)[0]["sentence"]


def test_a_cohort_that_passed_a_limit_takes_nobody_in(member, ops, manager):
    cohort = member.cohort_times.get().cohort
    answered(cohort, 500, errors=26)

    assert refused(member, "live", by=ops) == "guardrail"
    assert [guard.code for guard in move(member, "live", by=manager, reason="x", force=True)] == ["guardrail"]


def test_forcing_what_nothing_refuses_leaves_no_mark(member, manager):
    move(member, "live", by=manager, reason="x", force=True)

    assert Forced.objects.count() == 0


def test_moves_that_lead_back_are_never_paused(ops):
    EnrolmentPause.pause(measure="by_hand", said="x", by=ops)
    customer = CustomerFactory()

    move(customer, "rolled_back", by=ops, reason="numbers differ")

    customer.refresh_from_db()
    assert (customer.stage, customer.system_of_record) == ("rolled_back", "legacy")


def test_who_has_open_orders_is_not_rolled_back(ops, manager):
    order = placed(wish(SiteFactory()))
    assert refused(order.customer, "rolled_back", by=manager, force=True) == "open_orders"

    order.cancel(by=manager, reason="handed back", operation_id=uuid.uuid4())
    move(order.customer, "rolled_back", by=ops, reason="numbers differ")

    assert order.customer.stage == "rolled_back"


def test_who_is_still_being_checked_is_not_settled(ops, manager):
    order = placed(wish(SiteFactory()))
    review = Review.open("cash", reason="x", order=order)
    assert refused(order.customer, "settled", by=ops) == "open_reviews"

    review.close(by=manager, resolution="counted again")
    move(order.customer, "settled", by=ops, reason="all agrees")

    assert order.customer.stage == "settled"


# --- meters -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def metered():
    site = SiteFactory(customer=imported(is_metered=True), label="廚房")
    enter(running(), site.customer)
    return site


def read(site, days_ago, kg, by, **more):
    return MeterReading.record(
        operation_id=uuid.uuid4(), site=site, product=priced("m20", gas=41, family="metered"), by=by,
        read_on=timezone.localdate() - dt.timedelta(days=days_ago), reading_kg=Decimal(kg), **more,
    )  # fmt: skip


def test_a_metered_customer_waits_until_a_reading_was_billed_here(metered, ops, manager, dispatcher):
    customer = metered.customer
    assert refused(customer, "live", by=manager, force=True) == "metered"  # nobody goes past it
    read(metered, 30, 100, dispatcher)
    assert refused(customer, "live", by=ops) == "metered"  # the first charges nothing

    read(metered, 0, 120, dispatcher)
    move(customer, "live", by=ops, reason="billed")

    assert customer.stage == "live"


def test_every_place_of_theirs_must_be_billed(metered, ops, dispatcher):
    second = SiteFactory(customer=metered.customer, label="分店")
    for days_ago, kg in ((30, 100), (0, 120)):
        read(metered, days_ago, kg, dispatcher)

    (guard,) = Guards().against(metered.customer, "live")

    assert (guard.code, "分店" in guard.sentence, "廚房" in guard.sentence) == ("metered", True, False)
    second.is_active = False
    second.save(update_fields=["is_active"])
    assert Guards().against(metered.customer, "live") == []


def test_a_reading_that_was_taken_back_or_began_a_new_meter_bills_nothing(metered, ops, dispatcher):
    read(metered, 30, 100, dispatcher)
    read(metered, 10, 5, dispatcher, is_new_meter=True)
    assert refused(metered.customer, "live", by=ops) == "metered"

    last = read(metered, 0, 25, dispatcher)
    assert Guards().against(metered.customer, "live") == []
    MeterReading.objects.filter(pk=last.pk).update(reversed_at=timezone.now(), reversed_by=dispatcher, reversed_why="x")

    assert refused(metered.customer, "live", by=ops) == "metered"


def test_who_has_no_meter_needs_no_reading(member, ops):
    assert Guards().against(member, "live") == []
