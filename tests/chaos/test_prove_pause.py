"""The short forms of `make prove-pause` and `make prove-flags`, and that their judges can see what they look for."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from luckygas.flags import DEFAULTS, ORDERS_PAUSED, WEB_ORDERING, Decision
from orders.models import Order
from tests.chaos.short_form import prove
from tests.factories import UserFactory, given, priced, wish

LONGEST_SECONDS = 500  # on a busy machine; a minute and a half on two free processors


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pause", "flags"])
def test_the_short_form_of_the_proof_is_green(name, record_property):
    prove(name, record_property, longest_seconds=LONGEST_SECONDS)


# --- the judge of mixed paths -----------------------------------------------------------------------------------------
def placed(channel="web", **flags):
    decision = Decision(DEFAULTS | {WEB_ORDERING: True} | flags, timezone.now())
    return Order.place(
        wish(items=None), operation_id=uuid.uuid4(), channel=channel, by=UserFactory(), decision=decision
    )


@pytest.fixture
def judged(db, morning):
    from tests.proofs import pulls

    priced()
    since = timezone.now() - dt.timedelta(minutes=1)
    return lambda: (pulls.mixed(since), pulls.unknown_to_history(since))


def test_an_order_that_follows_its_decision_is_no_finding(judged):
    given(everyone=True)
    placed()
    placed("phone", **{WEB_ORDERING: False})

    assert judged() == ([], [])


@pytest.mark.parametrize(
    "order", [lambda: placed("web", **{WEB_ORDERING: False}), lambda: placed("web", **{ORDERS_PAUSED: True})]
)
def test_an_order_that_its_decision_forbids_is_mixed(judged, order):
    given(everyone=True)
    found = order()

    assert [each.split()[0] for each in judged()[0]] == [found.number]


def test_another_path_than_the_decided_one_is_mixed(judged, monkeypatch):
    given(everyone=True)
    monkeypatch.setattr(Decision, "variant", "standard")
    found = placed()

    assert [each.split()[0] for each in judged()[0]] == [found.number]


def test_a_decision_that_never_was_is_unknown_to_history(judged):
    with_time = timezone.now() - dt.timedelta(minutes=10)
    given(everyone=False)
    decision = Decision(DEFAULTS | {WEB_ORDERING: True}, timezone.now() + dt.timedelta(seconds=5))
    order = Order.place(wish(), operation_id=uuid.uuid4(), channel="web", by=UserFactory(), decision=decision)

    assert with_time < order.placed_at
    assert [each.split()[0] for each in judged()[1]] == [order.number]
