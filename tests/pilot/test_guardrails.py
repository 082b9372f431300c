"""Limits held against what was measured: never a pass on too little, and a breach stops enrolment and nothing else."""

import datetime as dt
import logging

import pytest
import time_machine
from django.utils import timezone

from customers.models import Customer, Incident, StageMove
from deliveries.models import Review, Variance
from luckygas.errors import Refused
from luckygas.schedule import SCHEDULE
from orders.handover import Handover
from pilot.enrolment.guards import Guards
from pilot.measuring import guardrails, minutes
from pilot.measuring.guardrails import judge
from pilot.measuring.minutes import Sums
from pilot.measuring.tally import Tally
from pilot.models import Alarm, EnrolmentPause, Guardrail, Minute
from pilot.models.minute import BOUNDS_MS, no_answers
from pilot.tasks import look_at_guardrails
from tests.factories import DepotFactory, RouteFactory, SiteFactory, placed, wish
from tests.pilot.rolling import answered, enter, imported, running

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


def states(cohort):
    return {verdict.measure: verdict.state for verdict in guardrails.verdicts(cohort)}


def latency(**counts):
    row = no_answers()
    for bound, count in counts.items():
        row[BOUNDS_MS.index(int(bound[1:]))] = count
    return row


# --- a verdict ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "measure, value, sample, state",
    [
        ("errors", 0, 499, "none"), ("errors", 100, 499, "none"), ("errors", 5, 500, "pass"),
        ("errors", 5.01, 500, "fail"), ("errors", None, 0, "none"), ("p95", 2000, 500, "pass"),
        ("p95", 2001, 500, "fail"), ("late", 8, 100, "pass"), ("late", 8.1, 100, "fail"), ("late", 8.1, 99, "none"),
        ("money", 0, 99, "none"), ("money", 0, 100, "pass"), ("money", 1, 0, "fail"), ("reviews", 3, 30, "pass"),
        ("reviews", 4, 0, "fail"), ("complaints", 2, 30, "pass"), ("complaints", 3, 29, "fail"),
        ("complaints", 0, 29, "none"), ("complaints", None, 500, "none"),
    ],
)  # fmt: skip
def test_too_little_is_never_a_pass_and_too_much_always_a_fail(measure, value, sample, state):
    rail = next(rail for rail in Guardrail.all() if rail.measure == measure)

    assert judge(rail, value, sample, least=rail.least) == state


@pytest.mark.parametrize(
    "row, p95",
    [
        (latency(b25=100), 23.75), (latency(b100=94, b2000=6), 1583), (latency(b100=95, b2000=5), 100),
        ([*no_answers()[:-1], 10], 5001), (no_answers(), None),
    ],
)  # fmt: skip
def test_p95_is_exact_at_the_bounds_and_straight_between(row, p95):
    found = Sums(latency=row).p95_ms

    assert found is None if p95 is None else found == pytest.approx(p95, abs=1)


def test_more_than_five_of_a_hundred_over_two_seconds_is_over_the_limit_exactly():
    for slow in range(101):
        found = Sums(latency=latency(b150=100 - slow, b3000=slow)).p95_ms

        assert (found > 2000) == (slow > 5)


def test_a_limit_that_ops_changed_counts(ops):
    cohort = running()
    answered(cohort, 500, errors=20)
    assert states(cohort)["errors"] == "pass"

    Guardrail.objects.create(measure="errors", most=3, least=500, minutes=5, least_lately=40)

    assert states(cohort)["errors"] == "fail"


def test_a_fresh_cohort_has_shown_nothing():
    assert set(states(running()).values()) == {"none"}


# --- what is measured -----------------------------------------------------------------------------------------------
def deliver(order, *, late):
    order.deliver(Handover.as_ordered(order, leak_check="passed"), place=DepotFactory().place, by=order.placed_by)
    end = order.delivered_at + dt.timedelta(minutes=-1 if late else 30)
    type(order).objects.filter(pk=order.pk).update(promised_from=end - dt.timedelta(hours=1), promised_to=end)


@pytest.fixture
def busy(dispatcher):
    """A cohort with orders, a late delivery, money that is missing, a review, a complaint; and the same outside."""
    cohort, sites = running(), [SiteFactory(), SiteFactory()]
    enter(cohort, sites[0].customer)
    for site in sites:
        deliver(placed(wish(site)), late=True)
        route = RouteFactory()
        route.add(placed(wish(site)), by=dispatcher)
        route.add(placed(wish(site)), by=dispatcher)
        for cause, difference in (("1", -820), ("2", 100)):
            Variance.open(route, cause=cause, difference=difference, by=dispatcher, at=timezone.now())
        Review.open("cash", reason="x", stop=route.stops.first())
        Incident.open(kind="complaint", text="too late", by=dispatcher, customer=site.customer)
        Incident.open(kind="leak", text="gas", by=dispatcher, customer=site.customer)
    return cohort


def test_the_database_tells_what_happened_to_a_cohort_and_nobody_elses(busy):
    minutes.write_facts()

    row = Minute.objects.get(complaints__isnull=False)
    assert (row.cohort, row.unreconciled_twd, row.open_reviews, row.complaints) == (busy, 920, 1, 1)
    (told,) = minutes.sums(timezone.now() - dt.timedelta(hours=1), timezone.now()).values()
    assert (told.delivered, told.late, told.late_share) == (1, 1, 100)
    assert sum(Minute.objects.values_list("orders", flat=True)) == 3


def test_measuring_twice_counts_nothing_twice(busy):
    for _ in range(3):
        minutes.write_facts()

    assert sum(Minute.objects.values_list("orders", flat=True)) == 3
    assert sum(Minute.objects.values_list("delivered", flat=True)) == 1


def test_what_was_settled_or_happened_before_does_not_count(busy, dispatcher):
    for variance in Variance.objects.all():
        variance.own(owner=dispatcher, reason="x", by=dispatcher)
        variance.settle(outcome="written_off", note="x", by=dispatcher)
    for review in Review.objects.all():
        review.close(by=dispatcher, resolution="x")
    type(busy).objects.update(started_at=timezone.now() + dt.timedelta(seconds=30))

    minutes.write_facts()

    row = Minute.objects.get(complaints__isnull=False)
    assert (row.unreconciled_twd, row.open_reviews, row.complaints, row.orders) == (0, 0, 0, 0)


def test_minutes_that_no_worker_saw_are_caught_up(busy):
    minutes.write_facts()
    later = timezone.now() + dt.timedelta(hours=5)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2)):
        placed(wish(SiteFactory(customer=busy.members.get().customer)))

    minutes.write_facts(later)

    assert sum(Minute.objects.values_list("orders", flat=True)) == 4


def test_what_nobody_measured_lately_is_no_pass(busy):
    type(busy).objects.update(started_at=timezone.now() - dt.timedelta(minutes=30))
    busy.refresh_from_db()
    answered(busy, 600, minutes_ago=9, delivered=200, late=0, unreconciled_twd=0, open_reviews=0, complaints=0)

    assert (states(busy)["errors"], states(busy)["money"], states(busy)["complaints"]) == ("pass", "none", "none")


def test_old_minutes_are_forgotten(busy):
    answered(busy, minutes_ago=181 * 24 * 60)
    answered(busy, minutes_ago=179 * 24 * 60)

    minutes.forget()

    assert Minute.objects.count() == 1


# --- a breach -------------------------------------------------------------------------------------------------------
def test_a_breach_stops_enrolment_within_a_minute_of_the_clock():
    """Errors begin at 09:00:00; a web process writes every 5 s, beat rings every 10 s: the pause stands by 09:00:15."""
    ring = next(entry for entry in SCHEDULE.values() if entry["task"] == "pilot.tasks.look_at_guardrails")
    cohort, tally, began = running(), Tally(), timezone.now()
    enter(cohort, imported())
    paused_at = None
    with time_machine.travel(began, tick=False) as clock:
        for second in range(60):
            clock.move_to(began + dt.timedelta(seconds=second))
            for _ in range(4):
                tally.note(Request(), Answer(500 if second % 2 else 200), 0.05)
            if second % 5 == 0:
                tally.write()
            if second and second % ring["schedule"] == 0:
                look_at_guardrails()
            if EnrolmentPause.open():
                paused_at = second
                break

    assert paused_at is not None
    assert paused_at <= 15
    pause = EnrolmentPause.open()[0]
    assert (pause.measure, pause.by, pause.since) == ("errors", None, began + dt.timedelta(seconds=paused_at))


class Request:
    path, resolver_match = "/orders/", None


class Answer:
    def __init__(self, status_code):
        self.status_code = status_code


def test_a_breach_of_one_cohort_pauses_once_and_says_what(ops):
    cohort = running("瑞光")
    answered(cohort, 40, errors=3)
    answered(None, 400)  # everybody together is well

    for _ in range(3):
        look_at_guardrails()

    (pause,) = EnrolmentPause.open()
    assert (pause.cohort, pause.measure, pause.by) == (cohort, "errors", None)
    assert str(pause.said) == "瑞光：錯誤 7.5%，最多 5%"


@pytest.mark.parametrize("ms, errors, stops", [(1900, 0, False), (2100, 0, True), (60, 2, False), (60, 3, True)])
def test_everybody_together_counts_too(ms, errors, stops):
    running()
    answered(None, 40, ms=ms, errors=errors)

    look_at_guardrails()

    assert [pause.cohort for pause in EnrolmentPause.open()] == [None] * stops


def test_too_few_requests_and_those_of_ten_minutes_ago_are_no_breach():
    cohort = running()
    answered(cohort, 39, errors=39)
    answered(cohort, 400, errors=400, minutes_ago=10)

    look_at_guardrails()

    assert EnrolmentPause.open() == []


def test_without_a_cohort_that_runs_nothing_is_paused():
    answered(None, 400, errors=400)

    look_at_guardrails()

    assert EnrolmentPause.open() == []


def test_money_that_is_missing_stops_enrolment(busy):
    look_at_guardrails()

    assert ("money", busy) in [(pause.measure, pause.cohort) for pause in EnrolmentPause.open()]


def test_a_breach_never_moves_anybody():
    cohort = running()
    live, waiting = SiteFactory().customer, imported()
    enter(cohort, live, waiting)
    answered(cohort, 400, errors=400, ms=6000, unreconciled_twd=9_000, open_reviews=90, complaints=90)
    before = list(Customer.objects.order_by("pk").values_list("stage", "system_of_record"))

    for _ in range(3):
        look_at_guardrails()
        Alarm.look()

    assert len(EnrolmentPause.open()) >= 4
    assert list(Customer.objects.order_by("pk").values_list("stage", "system_of_record")) == before
    assert StageMove.objects.count() == 0
    order = placed(wish(live.sites.get()))  # and who is live still orders
    assert order.state == "confirmed"
    assert "paused" in {guard.code for guard in Guards().against(waiting, "live")}


def test_a_breach_raises_an_alarm_until_a_person_resumes(ops, caplog, django_capture_on_commit_callbacks):
    answered(running("瑞光"), 40, errors=40)
    look_at_guardrails()
    with django_capture_on_commit_callbacks(execute=True):
        Alarm.look()

    assert {alarm.kind for alarm in Alarm.open()} == {"guardrail"}
    assert any(
        "alarm_opened guardrail" in line.getMessage() for line in caplog.records if line.levelno >= logging.ERROR
    )
    Minute.objects.all().delete()
    assert guardrails.resume(by=ops, why="the disk was full") == 2  # of the cohort, and of everybody
    Alarm.look()

    assert not Alarm.open().filter(kind="guardrail").exists()
    ended = EnrolmentPause.objects.first()
    assert (ended.ended_by, ended.ended_why) == (ops, "the disk was full")


def test_nobody_resumes_while_a_limit_is_passed_or_without_a_reason(ops):
    answered(running(), 40, errors=40)
    look_at_guardrails()

    with pytest.raises(Refused) as still:
        guardrails.resume(by=ops, why="please")
    Minute.objects.all().delete()
    with pytest.raises(Refused) as silent:
        guardrails.resume(by=ops, why=" ")

    assert (still.value.code, silent.value.code) == ("still_breached", "no_reason")
    assert EnrolmentPause.open() != []


def test_a_pause_by_hand_is_no_alarm(ops):
    EnrolmentPause.pause(measure="by_hand", said="holidays", by=ops)

    assert guardrails.breached() == {}


def test_what_breaks_again_after_a_person_resumed_pauses_again(ops):
    cohort = running()
    for _ in range(2):
        answered(cohort, 40, errors=40)
        look_at_guardrails()
        assert EnrolmentPause.open() != []
        Minute.objects.all().delete()
        guardrails.resume(by=ops, why="x")

    assert EnrolmentPause.objects.filter(cohort=cohort, measure="errors").count() == 2
