"""`manage.py pilot`: the same verbs without a browser."""

import datetime as dt
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from luckygas.flags import CHANNELS, WEB_ORDERING, WEB_PAUSED, decide
from pilot.models import Approval, Flag, FlagChange
from tests.factories import AreaFactory, CustomerFactory, given

pytestmark = pytest.mark.django_db


def run(*words):
    call_command("pilot", *words)


UNTIL = timezone.localdate() + dt.timedelta(days=30)
SIGNED = ("--by", "ops", "--reason", "third cohort")


def stopped():
    return [channel for channel in CHANNELS if decide().stops(channel)]


def test_pause_and_two_people_resume(ops, manager, capsys):
    run("pause", "--by", "ops", "--reason", "typhoon")
    assert stopped() == ["web", "api", "standing"]

    run("resume", "--by", "ops", "--reason", "over")
    assert stopped() == ["web", "api", "standing"]
    with pytest.raises(CommandError):
        run("resume", "--by", "ops", "--reason", "over")
    run("resume", "--by", "manager", "--reason", "over")

    assert stopped() == []
    assert capsys.readouterr().out.splitlines()[-1] == "Orders are being taken again."


def test_one_channel_is_stopped_and_taken_again_by_its_name(ops, manager):
    run("pause", "api", "desk", *SIGNED)
    assert stopped() == ["api", "desk"]

    run("resume", "desk", *SIGNED)
    run("resume", "desk", "--by", "manager", "--reason", "yes")

    assert stopped() == ["api"]


def test_a_channel_nobody_knows_stops_nothing(ops):
    with pytest.raises(CommandError, match="radio is none of"):
        run("pause", "radio", *SIGNED)

    assert stopped() == []


@pytest.mark.parametrize("audience, stored", [("on", (True, None)), ("off", (False, None)), ("25", (None, 25))])
def test_a_flag_is_changed_with_its_reason(ops, audience, stored):
    run("flag", WEB_ORDERING, audience, "--due", str(UNTIL), *SIGNED)

    flag = Flag.objects.get(name=WEB_ORDERING)
    assert (flag.everyone, flag.percent, flag.owner, flag.due_on) == (*stored, ops, UNTIL)
    assert FlagChange.objects.get().by == ops


def test_every_field_of_a_flag_is_said_and_the_others_stay(ops, manager):
    AreaFactory(code="成", name="成功")
    one, other = CustomerFactory().number, CustomerFactory().number
    said = ["--areas", "成", "--customers", f"{one} {other}", "--deny", f"{one}", "--roles", "driver dispatcher"]
    said += ["--needs", "driver_position", "--starts", "2026-12-01T08:00", "--ends", "2027-01-01T08:00"]
    said += ["--purpose", "experiment", "--owner", "manager", "--due", str(UNTIL)]
    run("flag", WEB_ORDERING, "some", *said, *SIGNED)
    flag = Flag.objects.get(name=WEB_ORDERING)
    assert (flag.everyone, flag.allow_areas, flag.allow_customers) == (None, ["成"], sorted([one, other]))
    assert (flag.deny_customers, flag.allow_roles) == ([one], ["driver", "dispatcher"])
    assert (flag.needs, flag.purpose, flag.owner, flag.due_on) == ("driver_position", "experiment", manager, UNTIL)
    stored = flag.stored()

    run("flag", WEB_ORDERING, "off", *SIGNED)
    run("flag", WEB_ORDERING, "some", *SIGNED)
    assert Flag.objects.get(name=WEB_ORDERING).stored() == stored

    run("flag", WEB_ORDERING, "--deny", "", "--needs", "", *SIGNED)
    flag.refresh_from_db()
    assert (flag.deny_customers, flag.needs, flag.allow_customers) == ([], "", sorted([one, other]))


@pytest.mark.parametrize("audience", ["maybe", "120", "-5"])
def test_an_audience_that_is_none_changes_nothing(ops, audience):
    with pytest.raises(CommandError):
        run("flag", WEB_ORDERING, f" {audience}", "--due", str(UNTIL), *SIGNED)

    assert Flag.objects.count() == 0


@pytest.mark.parametrize("more", [[], ["--due", "2020-01-01"], ["--due", str(UNTIL), "--owner", "nobody"]])
def test_a_change_says_until_when_and_who_answers(ops, more):
    with pytest.raises(CommandError):
        run("flag", WEB_ORDERING, "on", *more, *SIGNED)

    assert Flag.objects.count() == 0


def test_all_off_and_back(ops):
    given(by=ops, percent=25)

    run("off", *SIGNED)
    assert Flag.objects.get().everyone is False
    run("back", *SIGNED)

    assert (Flag.objects.get().everyone, Flag.objects.get().percent) == (None, 25)


def test_a_switch_is_edited_by_two(ops, manager, capsys):
    with pytest.raises(CommandError, match="pause"):
        run("flag", WEB_PAUSED, "on", *SIGNED)
    run("flag", WEB_PAUSED, "--due", str(UNTIL), "--owner", "manager", *SIGNED)
    asked = Approval.waiting()[0]
    assert f"pilot approve {asked.pk} " in capsys.readouterr().out
    run("waiting")
    assert str(asked.pk) in capsys.readouterr().out

    with pytest.raises(CommandError):
        run("approve", str(asked.pk), "--by", "ops")
    run("approve", str(asked.pk), "--by", "manager")

    assert Flag.objects.get(name=WEB_PAUSED).owner == manager


def test_an_approval_is_refused_once(ops, manager):
    run("pause", *SIGNED)
    run("resume", *SIGNED)
    asked = Approval.waiting()[0]

    run("refuse", str(asked.pk), "--by", "manager")

    assert stopped() == ["web", "api", "standing"]
    for words in (["refuse", str(asked.pk)], ["approve", "77"]):
        with pytest.raises(CommandError):
            run(*words, "--by", "manager")


def test_alarms_are_looked_for_and_said(ops, capsys):
    run("pause", "web", *SIGNED)

    run("alarms")

    assert "switch_odd" in capsys.readouterr().out


@pytest.mark.parametrize("by", ["nobody", "dispatcher"])
def test_only_operations_and_managers(dispatcher, by):
    with pytest.raises(CommandError, match="is nobody of operations"):
        run("pause", "--by", by, "--reason", "x")

    assert stopped() == []


def test_status_says_where_the_pilot_stands(ops, capsys):
    CustomerFactory()

    run("status")

    said = json.loads(capsys.readouterr().out)
    assert (said["paused"], said["stopped"], said["stages"]["live"], said["jobs"]["parked"]) == (False, [], 1, 0)


def test_a_customer_nobody_knows(capsys):
    with pytest.raises(CommandError, match="No customer"):
        run("decide", "77")
