"""What is wrong now: opened when a watch says so, ended when it no longer does."""

import logging

import pytest
from django.db import IntegrityError, transaction

from luckygas.metrics import page
from luckygas.said import Said
from luckygas.schedule import SCHEDULE
from pilot.models import Alarm, alarm, watch
from pilot.tasks import look_for_alarms
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def wrong(monkeypatch):
    """What one watch says is wrong; it may be changed."""
    monkeypatch.setattr(alarm, "WATCHES", {})
    found: dict[str, str] = {}
    watch("test")(lambda: {subject: Said(words) for subject, words in found.items()})
    return found


def state():
    return [(row.subject, str(row.said), row.ended_at is None) for row in Alarm.objects.order_by("pk")]


def test_it_opens_once_and_ends(wrong):
    wrong["x"] = "x is wrong"
    Alarm.look()
    Alarm.look()
    assert state() == [("x", "x is wrong", True)]

    wrong.clear()
    Alarm.look()
    Alarm.look()

    assert state() == [("x", "x is wrong", False)]
    assert not Alarm.open().exists()


def test_what_comes_back_is_another_alarm(wrong):
    for said in ({"x": "1"}, {}, {"x": "2"}):
        wrong.clear()
        wrong.update(said)
        Alarm.look()

    assert state() == [("x", "1", False), ("x", "2", True)]


def test_the_sentence_follows_and_the_beginning_stays(wrong):
    wrong["x"] = "for 1 hour"
    Alarm.look()
    since = Alarm.open().get().since
    wrong["x"] = "for 2 hours"
    Alarm.look()

    assert (Alarm.open().get().said, Alarm.open().get().since) == (Said("for 2 hours"), since)


def test_a_line_is_logged_as_error_on_opening_and_only_then(wrong, caplog, django_capture_on_commit_callbacks):
    wrong["x"] = "x is wrong"
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            Alarm.look()

    lines = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert lines == ["alarm_opened test x"]


def test_a_watch_that_fails_ends_nothing_and_stops_no_other(wrong, caplog):
    wrong["x"] = "x is wrong"
    Alarm.look()

    @watch("test")
    def broken():
        raise RuntimeError

    watch("other")(lambda: {"y": Said("y is wrong")})
    Alarm.look()

    assert state() == [("x", "x is wrong", True), ("y", "y is wrong", True)]
    assert "alarm_watch_failed test" in caplog.text


def test_the_task_is_rung_every_20_seconds_and_looks(wrong):
    assert {"task": "pilot.tasks.look_for_alarms", "schedule": 20.0, "options": {"expires": 20}} in SCHEDULE.values()
    wrong["x"] = "x is wrong"

    look_for_alarms()

    assert Alarm.open().count() == 1


def test_prometheus_counts_open_ones_and_says_zero_for_the_others(wrong):
    watch("calm")(dict)
    wrong["x"] = "x is wrong"
    Alarm.look()

    text = page().content.decode()

    assert 'luckygas_alarms{kind="test"} 1.0' in text
    assert 'luckygas_alarms{kind="calm"} 0.0' in text


def test_the_database_keeps_one_open_row(wrong):
    wrong["x"] = "x is wrong"
    Alarm.look()

    with pytest.raises(IntegrityError, match="one_open_alarm_a_subject"), transaction.atomic():
        Alarm.objects.create(kind="test", subject="x", said=Said("again"))


@pytest.mark.django_db(transaction=True)
def test_two_lookers_at_once_open_one(wrong):
    wrong["x"] = "x is wrong"

    assert at_once(Alarm.look, Alarm.look) == [None, None]

    assert state() == [("x", "x is wrong", True)]
