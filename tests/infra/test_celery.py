"""A worker whose broker went silent must leave by itself."""

import signal

import pytest

from luckygas import celery


class Left(Exception):
    """The process would have ended here."""


@pytest.fixture
def clock(monkeypatch):
    """Time that passes only by sleeping, and a process that cannot really be ended."""
    clock = {"now": 1000.0, "signals": []}
    monkeypatch.setattr(celery.time, "monotonic", lambda: clock["now"])
    monkeypatch.setattr(celery.time, "sleep", lambda seconds: clock.update(now=clock["now"] + seconds))
    monkeypatch.setattr(celery.os, "kill", lambda _pid, number: clock["signals"].append(number))

    def leave(code):
        raise Left(code)

    monkeypatch.setattr(celery.os, "_exit", leave)
    monkeypatch.setattr(celery, "_last_heard", None)
    return clock


def test_worker_leaves_when_the_broker_is_silent(clock):
    celery.note_message()

    with pytest.raises(Left):
        celery._leave_when_silent()

    assert clock["signals"] == [signal.SIGTERM]
    assert clock["now"] == 1000 + celery.SILENCE_SECONDS + celery.GOODBYE_SECONDS


def test_worker_that_never_heard_anything_is_left_alone(clock, monkeypatch):
    naps = []

    def nap(seconds):
        naps.append(seconds)
        if len(naps) == 100:
            raise Left

    monkeypatch.setattr(celery.time, "sleep", nap)

    with pytest.raises(Left):
        celery._leave_when_silent()

    assert clock["signals"] == []


def test_beat_rings_often_enough_for_the_watch():
    celery.app.finalize()
    entry = celery.app.conf.beat_schedule["heartbeat"]

    assert entry["schedule"] * 3 <= celery.SILENCE_SECONDS
