"""What two people must agree to: asked for by one, agreed to by another, dead once anything was edited."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from luckygas.errors import Refused
from pilot.models import Approval, approval, approves
from tests.factories import UserFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(monkeypatch):
    """What is true now, and what was done; a kind that asks for it."""
    monkeypatch.setattr(approval, "KINDS", {})
    facts = {"x": "as it was", "done": []}
    approves(
        "test",
        digest=lambda subject, body: f"{facts['x']} {body.get('n')}",
        apply=lambda asked, by: facts["done"].append((asked.subject, asked.body, by.username)),
        sentence=lambda asked: f"Do {asked.subject}",
    )
    return facts


@pytest.fixture
def first():
    return UserFactory(username="ops1", roles=["ops"])


@pytest.fixture
def second():
    return UserFactory(username="ops2", roles=["ops"])


def ask(by, **more):
    return Approval.ask("test", **({"subject": "x", "body": {"n": 1}, "reason": "it is time"} | more), by=by)


def test_one_asks_and_another_agrees(ground, first, second):
    asked = ask(first)
    assert (asked.sentence, Approval.waiting()) == ("Do x", [asked])

    asked.confirm(by=second)

    assert ground["done"] == [("x", {"n": 1}, "ops2")]
    asked.refresh_from_db()
    assert (asked.outcome, asked.asked_by, asked.decided_by) == ("confirmed", first, second)
    assert asked.decided_at is not None
    assert Approval.waiting() == []


def test_the_same_person_cannot_agree(ground, first):
    asked = ask(first)

    with pytest.raises(Refused) as refused:
        asked.confirm(by=first)

    assert (refused.value.code, ground["done"]) == ("same_person", [])
    assert Approval.waiting() == [asked]


def test_the_database_refuses_one_person_too(ground, first):
    ask(first)

    with pytest.raises(IntegrityError, match="two_people_agree"), transaction.atomic():
        Approval.objects.update(outcome="confirmed", decided_by=first, decided_at=timezone.now())


def test_it_dies_when_anything_was_edited(ground, first, second):
    asked = ask(first)
    ground["x"] = "edited"
    assert Approval.waiting() == []

    with pytest.raises(Refused) as refused:
        asked.confirm(by=second)

    assert (refused.value.code, ground["done"]) == ("overtaken", [])
    assert Approval.objects.get().outcome == "overtaken"


def test_what_changed_between_the_digest_and_the_lock_kills_it_too(ground, first, second):
    def overtaken(asked, by):
        ground["done"].append("half")
        raise Refused("Somebody was faster.", code="overtaken")

    approves("late", digest=lambda subject, body: "1", apply=overtaken, sentence=str)
    asked = Approval.ask("late", subject="x", by=first, reason="now")

    with pytest.raises(Refused):
        asked.confirm(by=second)

    assert Approval.objects.get().outcome == "overtaken"


def test_what_cannot_be_done_stays_open(ground, first, second):
    def refused(asked, by):
        raise Refused("Not now.", code="not_now")

    approves("late", digest=lambda subject, body: "1", apply=refused, sentence=str)
    asked = Approval.ask("late", subject="x", by=first, reason="now")

    with pytest.raises(Refused):
        asked.confirm(by=second)

    assert Approval.waiting() == [asked]


def test_asking_twice_is_asking_once(ground, first, second):
    assert ask(first) == ask(second, reason="me too")
    assert Approval.objects.get().reason == "it is time"


def test_asking_for_something_else_overtakes(ground, first, second):
    old, new = ask(first), ask(first, body={"n": 2})

    assert Approval.waiting() == [new]
    old.refresh_from_db()
    assert (old.outcome, old.decided_by) == ("overtaken", None)
    with pytest.raises(Refused) as refused:
        old.confirm(by=second)
    assert refused.value.code == "decided"


def test_two_subjects_wait_side_by_side_and_kinds_are_told_apart(ground, first):
    one, other = ask(first), ask(first, subject="y")

    assert Approval.waiting() == [one, other]
    assert Approval.waiting("test") == [one, other]
    assert Approval.waiting("another") == []


def test_not_agreed_and_taken_back(ground, first, second):
    for by in (second, first):
        ask(first).refuse(by=by)

    assert ground["done"] == []
    assert [(row.outcome, row.decided_by) for row in Approval.objects.order_by("pk")] == [
        ("refused", second),
        ("refused", first),
    ]


@pytest.mark.parametrize("verb", ["confirm", "refuse"])
def test_it_is_decided_once(ground, first, second, verb):
    asked = ask(first)
    asked.confirm(by=second)

    with pytest.raises(Refused) as refused:
        getattr(asked, verb)(by=second)

    assert (refused.value.code, len(ground["done"])) == ("decided", 1)


def test_without_a_reason_nothing_is_asked(ground, first):
    with pytest.raises(Refused) as refused:
        ask(first, reason="  ")

    assert (refused.value.code, refused.value.field) == ("no_reason", "reason")
    assert Approval.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_seconds_at_once_do_it_once(ground, first, second):
    third, asked = UserFactory(username="ops3", roles=["ops"]), ask(first)

    outcomes = at_once(
        lambda: Approval.objects.get(pk=asked.pk).confirm(by=second),
        lambda: Approval.objects.get(pk=asked.pk).confirm(by=third),
    )

    assert sorted(getattr(each, "code", "done") for each in outcomes) == ["decided", "done"]
    assert len(ground["done"]) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_ask_once(ground, first, second):
    outcomes = at_once(lambda: ask(first), lambda: ask(second))

    assert outcomes[0] == outcomes[1] == Approval.objects.get()
