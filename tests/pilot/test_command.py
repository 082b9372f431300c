"""`manage.py pilot`: the same verbs without a browser."""

import json

import pytest
from django.core.management import CommandError, call_command

from luckygas.flags import WEB_ORDERING, decide
from pilot.models import Flag, FlagChange
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def run(*words):
    call_command("pilot", *words)


def test_pause_and_two_people_resume(ops, manager, capsys):
    run("pause", "--by", "ops", "--reason", "typhoon")
    assert decide().is_paused

    run("resume", "--by", "ops", "--reason", "over")
    assert decide().is_paused
    with pytest.raises(CommandError):
        run("resume", "--by", "ops", "--reason", "over")
    run("resume", "--by", "manager", "--reason", "over")

    assert not decide().is_paused
    assert capsys.readouterr().out.splitlines()[-1] == "Orders are being taken again."


@pytest.mark.parametrize("audience, stored", [("on", (True, None)), ("off", (False, None)), ("25", (None, 25))])
def test_a_flag_is_changed_with_its_reason(ops, audience, stored):
    run("flag", WEB_ORDERING, audience, "--by", "ops", "--reason", "third cohort")

    flag = Flag.objects.get(name=WEB_ORDERING)
    assert (flag.everyone, flag.percent) == stored
    assert FlagChange.objects.get().by == ops


@pytest.mark.parametrize("audience", ["maybe", "120", "-5"])
def test_an_audience_that_is_none_changes_nothing(ops, audience):
    with pytest.raises(CommandError):
        run("flag", WEB_ORDERING, f" {audience}", "--by", "ops", "--reason", "x")

    assert Flag.objects.count() == 0


@pytest.mark.parametrize("by", ["nobody", "dispatcher"])
def test_only_operations_and_managers(dispatcher, by):
    with pytest.raises(CommandError, match="is nobody of operations"):
        run("pause", "--by", by, "--reason", "x")

    assert not decide().is_paused


def test_status_says_where_the_pilot_stands(ops, capsys):
    CustomerFactory()

    run("status")

    said = json.loads(capsys.readouterr().out)
    assert (said["paused"], said["stages"]["live"], said["jobs"]["parked"]) == (False, 1, 0)


def test_a_customer_nobody_knows(capsys):
    with pytest.raises(CommandError, match="No customer"):
        run("decide", "77")
