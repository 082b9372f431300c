"""The scheduler killed, doubled, stopped: real processes and threads on real connections.

Each race has its negative control: without the rule that a day is written once, the fault must show.
"""

from __future__ import annotations

import datetime as dt
import signal
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections
from django.db.models import Count

from orders.models import Order, StandingDay, StandingOrder
from orders.standing.generator import run
from orders.standing.querysets import StandingDayQuerySet
from tests.factories import AreaFactory, CustomerFactory, SiteFactory, StandingOrderFactory
from tests.processes import Process, database_url, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

EVENING = dt.datetime.fromisoformat("2026-11-23T18:00:00+08:00")  # a Monday
TUESDAY = dt.date(2026, 11, 24)
MANY = 40
UNIQUE = "a_day_of_a_standing_order_once"


@pytest.fixture
def many():
    """Standing orders of many customers, all due on Tuesday."""
    area = AreaFactory()
    for _ in range(MANY):
        site = SiteFactory(customer=CustomerFactory(), area=area)
        StandingOrderFactory(site=site, rhythm="every", every_days=1, weekdays=[], starts_on=TUESDAY)


@pytest.fixture
def without_the_rule():
    """The table without the rule that a day of a standing order is written once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [UNIQUE])
        definition = cursor.fetchone()[0]
        cursor.execute(f"DROP INDEX {UNIQUE}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE orders_standingday CASCADE")
        cursor.execute(definition)


def generator(tmp_path, at: dt.datetime = EVENING) -> Process:
    command = (sys.executable, "-m", "tests.proofs.generate", at.isoformat())
    return Process(*command, log=tmp_path / "log", DATABASE_URL=database_url())


def made() -> int:
    return StandingDay.objects.filter(state="made").count()


def assert_each_once(days: int = 1) -> None:
    """Every day of every standing order is written once, and has its one order."""
    told = StandingDay.objects.values("standing", "on").annotate(rows=Count("pk"), orders=Count("order"))

    assert Counter((row["rows"], row["orders"]) for row in told) == {(1, 1): MANY * days}
    assert Order.objects.count() == MANY * days
    assert Order.objects.filter(standing_day=None).count() == 0


def at_once(work, times: int = 2) -> None:
    """The same work in several threads, each with its connection."""

    def one(_number: int) -> None:
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        list(pool.map(one, range(times)))


def meet_before_writing(monkeypatch) -> None:
    """Two runs have both read which days are missing before either writes."""
    met, write = Barrier(2), StandingDayQuerySet.bulk_create

    def write_together(self, rows, **how):
        met.wait(timeout=30)
        return write(self, rows, **how)

    monkeypatch.setattr(StandingDayQuerySet, "bulk_create", write_together)


def test_killed_in_the_middle_the_next_run_makes_the_rest_and_nothing_twice(many, tmp_path, record_property):
    kills = []
    for share in (0.1, 0.4, 0.7):
        before = made()
        with generator(tmp_path) as process:
            wait_for(lambda share=share: made() >= MANY * share, 60, "some orders are made")
            process.send(signal.SIGKILL)
            assert process.child.wait(10) == -signal.SIGKILL
        kills.append(made())
        assert before < made() < MANY, "the fault was not injected"
        assert Order.objects.count() == made(), "an order without its day, or a day without its order"

    run(EVENING)

    assert_each_once()
    record_property("proof", f"generator killed with {kills} of {MANY} made: {MANY} made, 0 lost, 0 doubled")


def test_two_schedulers_at_once_make_each_order_once(many, tmp_path, record_property):
    with generator(tmp_path) as one, generator(tmp_path) as other:
        answers = [process.child.wait(90) for process in (one, other)]

    assert answers == [0, 0]
    assert_each_once()
    record_property("proof", f"two generators at once: {MANY} of {MANY} made once")


def test_two_runs_that_read_at_the_same_moment_write_each_day_once(many, monkeypatch):
    meet_before_writing(monkeypatch)

    at_once(lambda: run(EVENING))

    assert_each_once()


def test_without_the_rule_two_runs_write_each_day_twice(many, monkeypatch, without_the_rule):
    """The negative control."""
    meet_before_writing(monkeypatch)

    at_once(lambda: run(EVENING))

    assert StandingDay.objects.count() > MANY
    with pytest.raises(AssertionError):
        assert_each_once()


def test_stopped_for_three_days_and_then_doubled_each_day_is_there_once(many, tmp_path, record_property):
    StandingOrder.objects.update(rhythm="weekly", weekdays=[2, 4, 6])
    run(EVENING)
    friday = dt.datetime.fromisoformat("2026-11-27T18:00:00+08:00")  # Wednesday's and Thursday's evening were missed

    with generator(tmp_path, friday) as one, generator(tmp_path, friday) as other:
        answers = [process.child.wait(90) for process in (one, other)]

    assert answers == [0, 0]
    told = Counter(StandingDay.objects.values_list("on", "state", "made_for", "was_missed"))
    thursday, saturday = dt.date(2026, 11, 26), dt.date(2026, 11, 28)
    assert told == {
        (TUESDAY, "made", TUESDAY, False): MANY,
        (thursday, "skipped", None, True): MANY,
        (saturday, "made", saturday, False): MANY,
    }
    assert Order.objects.count() == 2 * MANY
    record_property("proof", f"three days without a generator, then two: {3 * MANY} days told once each")
