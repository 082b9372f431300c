"""Kill switches: one pulls, each channel its own, two release and two edit; what is wrong with them is said."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from luckygas.errors import Refused
from luckygas.flags import (
    API_PAUSED,
    CHANNELS,
    DESK_PAUSED,
    ORDERS_PAUSED,
    STANDING_PAUSED,
    SWITCHES,
    WEB_ORDERING,
    WEB_PAUSED,
    decide,
)
from pilot.flags.alarms import left_pulled, odd, stale
from pilot.flags.switches import ask_edit, ask_release
from pilot.models import Approval, Flag, FlagChange
from pilot.models.flag import switches_for
from tests.factories import UserFactory, given
from tests.races import at_once

pytestmark = pytest.mark.django_db
USUAL = SWITCHES[ORDERS_PAUSED]


@pytest.fixture
def first():
    return UserFactory(username="ops1", roles=["ops"])


@pytest.fixture
def second():
    return UserFactory(username="manager2", roles=["manager"])


def pull(by, *channels, reason="成功線封路"):
    return Flag.pause(by=by, reason=reason, **({"channels": frozenset(channels)} if channels else {}))


def stopped():
    decision = decide()
    return {channel for channel in CHANNELS if decision.stops(channel)}


def release(first, second, *channels):
    ask_release(frozenset(channels), by=first, reason="路通了").confirm(by=second)


# --- pulling ----------------------------------------------------------------------------------------------------------
def test_nothing_is_stopped_at_first():
    assert stopped() == set()


def test_one_pull_stops_web_api_and_standing_orders_and_never_the_desk(first):
    assert pull(first) == [ORDERS_PAUSED]
    assert stopped() == {"web", "api", "standing"}


@pytest.mark.parametrize(
    "channel, switch",
    [("web", WEB_PAUSED), ("api", API_PAUSED), ("standing", STANDING_PAUSED), ("desk", DESK_PAUSED)],
)
def test_each_channel_has_its_own_switch(first, channel, switch):
    assert pull(first, channel) == [switch]
    assert stopped() == {channel}


def test_one_reason_pulls_several(first):
    assert pull(first, "web", "desk") == [WEB_PAUSED, DESK_PAUSED]
    assert {change.reason for change in FlagChange.objects.all()} == {"成功線封路"}
    assert stopped() == {"web", "desk"}


def test_all_four_are_two_switches():
    assert switches_for(frozenset(CHANNELS)) == [ORDERS_PAUSED, DESK_PAUSED]


def test_what_is_stopped_already_is_not_pulled_again(first):
    pull(first, "web")

    assert pull(first) == [API_PAUSED, STANDING_PAUSED]
    assert pull(first) == []
    assert FlagChange.objects.count() == 3


@pytest.mark.parametrize("more, field", [({"reason": "  "}, "reason"), ({"channels": frozenset()}, "channels")])
def test_without_a_reason_or_a_channel_nothing_stops(first, more, field):
    with pytest.raises(Refused) as refused:
        Flag.pause(**({"by": first, "reason": "x", "channels": USUAL} | more))

    assert refused.value.field == field
    assert stopped() == set()


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("values", [{"everyone": False}, {"everyone": None}, {"ends_at": timezone.now()}])
def test_no_other_change_opens_a_switch(first, switch, values):
    Flag.change(switch, by=first, reason="x", everyone=True)

    with pytest.raises(Refused) as refused:
        Flag.change(switch, by=first, reason="go on", **values)

    assert refused.value.code == "kill_switch"
    assert stopped() == SWITCHES[switch]


def test_nobody_is_let_through_before_it_is_pulled(first):
    with pytest.raises(Refused):
        Flag.change(ORDERS_PAUSED, by=first, reason="for friends", deny_customers=[1001])


# --- releasing --------------------------------------------------------------------------------------------------------
def test_one_person_pulls_and_two_release(first, second):
    pull(first)
    asked = ask_release(USUAL, by=first, reason="路通了")
    assert stopped() == USUAL

    asked.confirm(by=second)

    assert stopped() == set()
    change = FlagChange.objects.order_by("-pk").first()
    assert (change.by, change.reason) == (second, "路通了")


def test_the_same_person_cannot_release_alone(first):
    pull(first)

    with pytest.raises(Refused) as refused:
        ask_release(USUAL, by=first, reason="通了").confirm(by=first)

    assert refused.value.code == "same_person"
    assert stopped() == USUAL


def test_one_of_what_a_wide_switch_stops_is_opened_alone(first, second):
    pull(first)

    release(first, second, "api")

    assert stopped() == {"web", "standing"}
    assert set(Flag.pulled_switches()) == {WEB_PAUSED, STANDING_PAUSED}


def test_what_is_pulled_twice_opens_with_both(first, second):
    pull(first, "web")
    Flag.change(ORDERS_PAUSED, by=first, reason="x", everyone=True)

    release(first, second, "web")

    assert stopped() == {"api", "standing"}


def test_the_desk_is_released_by_itself(first, second):
    pull(first, *CHANNELS)

    release(first, second, "desk")

    assert stopped() == USUAL


def test_an_agreement_dies_when_a_switch_of_it_moves(first, second):
    pull(first, "web")
    old = ask_release(frozenset({"web"}), by=first, reason="通了")
    pull(second)  # the rest
    Flag.change(ORDERS_PAUSED, by=second, reason="all of it", everyone=True)

    with pytest.raises(Refused) as refused:
        old.confirm(by=second)

    assert refused.value.code == "overtaken"
    assert stopped() == USUAL
    assert Approval.waiting() == []


def test_an_agreement_for_the_web_outlives_a_pull_of_the_desk(first, second):
    pull(first, "web")
    asked = ask_release(frozenset({"web"}), by=first, reason="通了")
    pull(second, "desk")

    asked.confirm(by=second)

    assert stopped() == {"desk"}


def test_asking_twice_is_asking_once(first, second):
    pull(first)

    assert ask_release(USUAL, by=first, reason="一") == ask_release(USUAL, by=second, reason="二")


@pytest.mark.parametrize("channels", [frozenset({"web"}), frozenset()])
def test_nothing_can_be_released_that_is_not_stopped(first, channels):
    for pulled in (False, True):
        if pulled:
            pull(first, "desk")
        with pytest.raises(Refused) as refused:
            ask_release(channels, by=first, reason="why")
        assert refused.value.code == "not_paused"


@pytest.mark.django_db(transaction=True)
def test_a_pull_and_a_release_at_once_leave_the_switch_as_the_later_said(first, second):
    """Whichever comes first, both are done in full: either it was pulled again afterwards, or what was pulled went."""
    pull(first)
    asked = ask_release(USUAL, by=first, reason="通了")

    pulled, confirmed = at_once(lambda: pull(second, *CHANNELS), lambda: asked.confirm(by=second))

    assert confirmed is None
    assert pulled in ([DESK_PAUSED], [ORDERS_PAUSED, DESK_PAUSED])
    assert stopped() == ({"desk"} if pulled == [DESK_PAUSED] else set(CHANNELS))


# --- terms ------------------------------------------------------------------------------------------------------------
def test_two_people_say_who_answers_for_a_switch(first, second):
    until = timezone.localdate() + dt.timedelta(days=9)
    asked = ask_edit(WEB_PAUSED, owner=second, due_on=until, by=first, reason="holidays")
    assert not Flag.objects.filter(owner=second).exists()

    asked.confirm(by=second)

    flag = Flag.objects.get(name=WEB_PAUSED)
    assert (flag.owner, flag.due_on, flag.everyone, flag.purpose) == (second, until, None, "kill")


def test_an_edit_dies_when_the_switch_was_pulled_meanwhile(first, second):
    asked = ask_edit(WEB_PAUSED, owner=second, due_on=timezone.localdate(), by=first, reason="holidays")
    pull(first, "web")

    with pytest.raises(Refused) as refused:
        asked.confirm(by=second)

    assert refused.value.code == "overtaken"
    assert Flag.objects.get(name=WEB_PAUSED).owner is None


def test_one_alone_edits_no_switch(first):
    with pytest.raises(Refused) as refused:
        Flag.change(WEB_PAUSED, by=first, reason="mine", owner=first)

    assert refused.value.code == "kill_switch"


# --- paper ------------------------------------------------------------------------------------------------------------
def test_paper_is_taken_once_the_desk_was_stopped_and_for_two_weeks(first, second):
    assert not decide().takes_paper
    pull(first, "desk")
    assert decide().takes_paper
    release(first, second, "desk")
    assert decide().takes_paper

    assert not decide(at=timezone.now() + dt.timedelta(days=15)).takes_paper


def test_a_switch_that_was_only_edited_brings_no_paper(first, second):
    ask_edit(DESK_PAUSED, owner=first, due_on=timezone.localdate(), by=first, reason="x").confirm(by=second)

    assert not decide().takes_paper


# --- what is watched --------------------------------------------------------------------------------------------------
def test_a_switch_that_stays_pulled_over_a_day_is_an_alarm(first):
    with time_machine.travel(timezone.now() - dt.timedelta(hours=25), tick=False):
        pull(first)
    pull(first, "desk")

    assert list(left_pulled()) == [ORDERS_PAUSED]
    assert "25" in str(left_pulled()[ORDERS_PAUSED])


def test_an_edit_does_not_make_a_pull_younger(first, second):
    with time_machine.travel(timezone.now() - dt.timedelta(hours=25), tick=False):
        pull(first)
    ask_edit(ORDERS_PAUSED, owner=first, due_on=timezone.localdate(), by=first, reason="x").confirm(by=second)

    assert list(left_pulled()) == [ORDERS_PAUSED]


def test_a_flag_past_its_day_is_an_alarm(first):
    given(by=first, everyone=True, due_on=timezone.localdate())
    assert stale() == {}

    Flag.objects.update(due_on=timezone.localdate() - dt.timedelta(days=1))

    assert list(stale()) == [WEB_ORDERING]


def test_switches_in_an_odd_position_are_an_alarm(first):
    assert odd() == {}
    pull(first, "web")
    assert list(odd()) == [WEB_PAUSED]  # nobody may order in the browser anyway
    given(by=first, percent=5)
    assert odd() == {}
    Flag.change(ORDERS_PAUSED, by=first, reason="x", everyone=True)
    assert list(odd()) == [WEB_PAUSED]  # and the wide one stops the same


def test_a_flag_whose_needed_one_is_off_is_an_alarm(first):
    given("driver_position", by=first, everyone=False)
    given(by=first, everyone=True, needs="driver_position")

    assert list(odd()) == [WEB_ORDERING]
