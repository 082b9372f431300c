"""Many customers moved: agreed to by two, each by itself, and gone on with by whoever comes next."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from customers.models import Customer, StageMove
from luckygas.errors import Refused
from luckygas.schedule import SCHEDULE
from pilot.enrolment import moving
from pilot.enrolment.guards import move
from pilot.models import Approval, EnrolmentPause, MassMove, MassMoveRow
from pilot.tasks import go_on_with_mass_moves, work_on_mass_move
from tests.factories import AreaFactory
from tests.pilot.rolling import enter, imported, running
from tests.races import at_once
from tests.soundness import assert_sound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def cohort():
    """Three who may become live, and a metered one who may not."""
    cohort = running()
    enter(cohort, *(imported() for _ in range(3)), imported(is_metered=True))
    return cohort


@pytest.fixture
def metered(cohort):
    customer = Customer.objects.get(is_metered=True)
    customer.sites.create(area=AreaFactory(), label="廚房", address="x")
    return customer


def ask(cohort, by, **more):
    inside = Customer.objects.filter(pk__in=cohort.inside.values("customer"))
    usual = {"operation_id": uuid.uuid4(), "reason": "ready", "cohort": cohort}
    return moving.ask("live", inside, by=by, **(usual | more))


def agree(drawn, by):
    Approval.objects.get(subject=str(drawn.pk), outcome="").confirm(by=by)
    drawn.refresh_from_db()


def outcomes(drawn):
    return [(row.customer.is_metered, row.outcome) for row in drawn.rows.select_related("customer").order_by("pk")]


def test_nobody_moves_before_a_second_person_agreed(cohort, ops, manager):
    drawn = ask(cohort, ops)
    work_on_mass_move(drawn.pk)
    assert (drawn.state, StageMove.objects.count()) == ("asked", 0)
    with pytest.raises(Refused) as refused:
        agree(drawn, ops)
    assert refused.value.code == "same_person"

    agree(drawn, manager)
    work_on_mass_move(drawn.pk)

    drawn.refresh_from_db()
    assert (drawn.state, drawn.by, drawn.agreed_by) == ("done", ops, manager)
    assert set(StageMove.objects.values_list("to_stage", "by", "reason")) == {("live", ops.pk, "ready")}


def test_each_has_their_own_outcome_with_the_guards_sentence(cohort, metered, ops, manager):
    drawn = ask(cohort, ops)
    agree(drawn, manager)

    work_on_mass_move(drawn.pk)

    assert outcomes(drawn) == [(False, "done")] * 3 + [(True, "refused")]
    assert "廚房" in drawn.rows.get(outcome="refused").sentence
    assert drawn.counts() == {"waiting": 0, "done": 3, "refused": 1}
    metered.refresh_from_db()
    assert metered.stage == "imported"
    assert_sound()


def test_agreeing_rings_the_worker(cohort, ops, manager, monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr(work_on_mass_move, "apply_async", lambda args, **how: rung.append(args))
    drawn = ask(cohort, ops)

    with django_capture_on_commit_callbacks(execute=True):
        agree(drawn, manager)

    assert rung == [[drawn.pk]]


def test_the_agreement_dies_when_anybody_of_them_was_moved(cohort, ops, manager):
    drawn = ask(cohort, ops)
    move(cohort.inside.first().customer, "shadow", by=ops, reason="first")

    with pytest.raises(Refused) as refused:
        agree(drawn, manager)

    assert refused.value.code == "overtaken"
    drawn.refresh_from_db()
    assert (drawn.state, Approval.objects.get().outcome) == ("asked", "overtaken")


def test_it_dies_too_when_somebody_left_the_cohort(cohort, ops, manager):
    drawn = ask(cohort, ops)
    cohort.remove(cohort.inside.first().customer, by=ops, why="x")

    with pytest.raises(Refused) as refused:
        agree(drawn, manager)

    assert refused.value.code == "overtaken"


def test_who_moved_between_agreement_and_work_stays_where_they_are(cohort, ops, manager):
    drawn = ask(cohort, ops)
    agree(drawn, manager)
    early = cohort.inside.first().customer
    move(early, "shadow", by=ops, reason="first")

    work_on_mass_move(drawn.pk)

    row = drawn.rows.get(customer=early)
    early.refresh_from_db()
    assert (row.outcome, early.stage) == ("refused", "shadow")


def test_a_worker_that_dies_leaves_nobody_half_moved_and_the_next_goes_on(cohort, ops, manager, monkeypatch):
    drawn = ask(cohort, ops)
    agree(drawn, manager)
    with monkeypatch.context() as patch:
        real, calls = MassMoveRow.settle, []

        def die_at_the_second(row, outcome, sentence=""):
            calls.append(row)
            if len(calls) == 2:
                raise SystemExit  # after the customer was moved, before the outcome was written
            real(row, outcome, sentence)

        patch.setattr(MassMoveRow, "settle", die_at_the_second)
        with pytest.raises(SystemExit):
            work_on_mass_move(drawn.pk)
    assert [outcome for _metered, outcome in outcomes(drawn)] == ["done", "waiting", "waiting", "waiting"]
    assert StageMove.objects.count() == 1  # the second went back with its outcome

    work_on_mass_move(drawn.pk)

    drawn.refresh_from_db()
    assert (drawn.state, drawn.counts()["waiting"]) == ("done", 0)
    assert StageMove.objects.count() == drawn.counts()["done"]


def test_the_sweep_rings_for_what_nobody_works_on(cohort, ops, manager, monkeypatch):
    rung = []
    monkeypatch.setattr(work_on_mass_move, "apply_async", lambda args, **how: rung.append(args))
    drawn = ask(cohort, ops)
    agree(drawn, manager)
    go_on_with_mass_moves()
    assert rung == []

    MassMove.objects.update(worked_at=timezone.now() - dt.timedelta(seconds=21))
    go_on_with_mass_moves()

    assert rung == [[drawn.pk]]
    assert any(each["task"] == "pilot.tasks.go_on_with_mass_moves" for each in SCHEDULE.values())


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_move_everybody_once(cohort, ops, manager):
    drawn = ask(cohort, ops)
    agree(drawn, manager)

    assert at_once(*(lambda: work_on_mass_move(drawn.pk) for _ in range(3))) == [None] * 3

    drawn.refresh_from_db()
    assert (drawn.state, drawn.counts()["waiting"]) == ("done", 0)
    assert StageMove.objects.count() == drawn.counts()["done"] >= 3
    assert StageMove.objects.values("customer").distinct().count() == StageMove.objects.count()


def test_asked_twice_is_asked_once_and_with_other_contents_refused(cohort, ops):
    operation = uuid.uuid4()
    one, again = (ask(cohort, ops, operation_id=operation) for _ in range(2))
    assert (one, Approval.objects.count()) == (again, 1)

    with pytest.raises(Refused) as refused:
        ask(cohort, ops, operation_id=operation, reason="other")

    assert refused.value.code == "other_body"


def test_only_those_who_can_go_there_come_into_it(cohort, ops):
    one = cohort.inside.first().customer
    one.move_to("live", by=ops)

    assert ask(cohort, ops).rows.count() == 3
    with pytest.raises(Refused) as refused:
        moving.ask("settled", Customer.objects.none(), operation_id=uuid.uuid4(), by=ops, reason="x")
    assert refused.value.code == "nobody"


def test_going_past_guards_is_a_managers_here_too(cohort, ops, manager):
    EnrolmentPause.pause(measure="by_hand", said="x", by=ops)
    with pytest.raises(Refused) as refused:
        ask(cohort, ops, force=True)
    assert refused.value.code == "not_manager"

    drawn = ask(cohort, manager, force=True)
    agree(drawn, ops)
    work_on_mass_move(drawn.pk)

    assert drawn.counts()["done"] == 4 - Customer.objects.filter(is_metered=True, sites__isnull=False).count()


def test_a_pause_in_the_middle_refuses_the_rest(cohort, ops, manager, monkeypatch):
    drawn = ask(cohort, ops)
    agree(drawn, manager)
    real = moving.settle

    def pause_after_the_first(row, *rest):
        real(row, *rest)
        EnrolmentPause.pause(measure="by_hand", said="x", by=ops)

    monkeypatch.setattr(moving, "settle", pause_after_the_first)
    work_on_mass_move(drawn.pk)

    assert (drawn.counts()["done"], drawn.counts()["refused"]) == (1, 3)
