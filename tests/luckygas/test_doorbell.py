"""Ringing: short, seldom when nobody answers, and only for what was committed."""

import threading

import pytest
from django.db import transaction

from customers.tasks import send_message
from luckygas import doorbell
from luckygas.doorbell import QUIET_SECONDS, Bell
from luckygas.metrics import DOORBELLS_UNANSWERED


class Clock:
    now = 1000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(doorbell, "time", clock)
    return clock


def silent():
    raise TimeoutError


def test_a_ring_is_answered():
    rung = []

    assert Bell().is_answered(lambda: rung.append(1))
    assert rung == [1]


def test_each_unanswered_ring_makes_a_longer_silence(clock):
    bell, silences = Bell(), []

    for _ in range(5):
        assert not bell.is_answered(silent)
        silences.append(bell.quiet_until - clock.now)
        clock.now = bell.quiet_until

    assert silences == [2, 5, 10, 10, 10]


def test_in_the_silence_nothing_is_tried_and_it_is_counted(clock):
    bell, tried = Bell(), []
    bell.is_answered(silent)
    before = DOORBELLS_UNANSWERED._value.get()

    clock.now += QUIET_SECONDS[0] - 0.1

    assert not bell.is_answered(lambda: tried.append(1))
    assert (tried, DOORBELLS_UNANSWERED._value.get()) == ([], before + 1)


def test_an_answer_ends_the_silence_of_a_row(clock):
    bell = Bell()
    for _ in range(3):
        bell.is_answered(silent)
        clock.now = bell.quiet_until
    bell.is_answered(lambda: None)

    bell.is_answered(silent)

    assert bell.quiet_until - clock.now == QUIET_SECONDS[0]


@pytest.mark.parametrize("seconds, more", [(0.4, [1]), (0.6, [])], ids=["soon", "late"])
def test_after_a_ring_that_was_answered_late_the_process_is_quiet(clock, seconds, more):
    bell, rung = Bell(), []

    def answer():
        clock.now += seconds

    assert bell.is_answered(answer)
    bell.is_answered(lambda: rung.append(1))

    assert rung == more


def test_nobody_stands_in_line_behind_a_ring_that_hangs():
    bell, hangs, release = Bell(), threading.Event(), threading.Event()

    def hang():
        hangs.set()
        release.wait(10)

    first = threading.Thread(target=bell.is_answered, args=[hang])
    first.start()
    hangs.wait(10)

    assert not bell.is_answered(lambda: None)

    release.set()
    first.join(10)
    assert bell.is_answered(lambda: None)


@pytest.mark.django_db(transaction=True)
def test_a_task_is_rung_when_its_row_is_committed_and_never_before(monkeypatch):
    rung = []
    monkeypatch.setattr(send_message, "apply_async", lambda args, retry: rung.extend(args))

    with transaction.atomic():
        doorbell.ring(send_message, 1)
        assert rung == []
    with transaction.atomic():
        doorbell.ring(send_message, 2)
        transaction.set_rollback(True)

    assert rung == [1]
