"""A worker whose broker went silent must leave by itself."""

import signal
from unittest.mock import Mock

import pytest
from kombu.message import Message
from kombu.utils.imports import symbol_by_name

from luckygas import celery
from luckygas.celery_request import Request


def app_message():
    """A ring as it arrives from the broker."""
    headers = {"id": "1", "task": "luckygas.heartbeat"}
    return Message(
        body=((), {}, {}), headers=headers, delivery_tag="1", channel=Mock(), content_type="x", properties={}
    )


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


def test_worker_that_is_busy_is_not_silent(clock, monkeypatch):
    work = {object()}
    monkeypatch.setattr("celery.worker.state.active_requests", work)
    celery.note_message()

    clock["now"] += 10 * celery.SILENCE_SECONDS

    assert not celery._is_silent()
    work.clear()
    assert not celery._is_silent()
    clock["now"] += celery.SILENCE_SECONDS
    assert celery._is_silent()


def test_an_acknowledgement_that_fails_breaks_the_connection():
    """Or the worker would never learn that its place is taken, and hang after two of them."""
    message = app_message()
    message.channel.basic_ack.side_effect = TimeoutError
    request = Request(
        message, app=celery.app, on_ack=message.ack_log_error, connection_errors=(TimeoutError,), decoded=True
    )

    with pytest.raises(TimeoutError):
        request.acknowledge()


def test_every_task_is_taken_in_that_way():
    celery.app.finalize()

    assert {symbol_by_name(task.Request) for task in celery.app.tasks.values()} == {Request}


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
