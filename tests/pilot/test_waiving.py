"""A waiver takes two people, and dies when the evidence it was about changes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from luckygas.errors import Refused
from pilot.certificate.suites import SUITES
from pilot.certificate.waiving import ask_waiver
from pilot.models import Approval, Waiver
from tests.pilot.certificates import assess, row, stored

pytestmark = pytest.mark.django_db
KEY = "accessibility/every_page"


def ask(by, **more):
    until = timezone.localdate() + dt.timedelta(days=10)
    return ask_waiver(KEY, **{"until": until, "by": by, "reason": "相機畫面沒有替代文字"} | more)


def test_one_asks_and_another_agrees(ops, manager):
    stored(ops, without="accessibility")

    approval = ask(ops)
    assert assess().verdict == "NO-GO"
    with pytest.raises(Refused) as refused:
        approval.confirm(by=ops)
    assert refused.value.code == "same_person"
    approval.confirm(by=manager)

    waiver = Waiver.objects.get()
    assert (waiver.criterion, waiver.asked_by, waiver.agreed_by) == (KEY, ops, manager)
    assert waiver.reason == "相機畫面沒有替代文字"
    assert assess().verdict == "GO"


def test_it_waits_on_the_pilots_page_with_its_words(ops):
    ask(ops)

    assert [each.sentence for each in Approval.waiting("waiver")] == [
        f"免除「無障礙：每一頁，每個人」到 {timezone.localdate() + dt.timedelta(days=10)}"
    ]


def test_new_evidence_of_its_suite_kills_the_request(ops, manager):
    stored(ops)
    approval = ask(ops)
    row(SUITES["accessibility"], ops, failed=40, ended_at=timezone.now()).save()

    with pytest.raises(Refused) as refused:
        approval.confirm(by=manager)

    assert refused.value.code == "overtaken"
    assert Waiver.objects.count() == 0


def test_evidence_of_another_suite_does_not(ops, manager):
    approval = ask(ops)
    row(SUITES["load"], ops).save()

    approval.confirm(by=manager)

    assert Waiver.objects.count() == 1


def test_a_new_waiver_takes_the_place_of_the_old_one(ops, manager):
    ask(ops).confirm(by=manager)
    later = timezone.localdate() + dt.timedelta(days=20)
    ask(ops, until=later).confirm(by=manager)

    assert Waiver.objects.get(ended_at=None).until == later
    assert Waiver.objects.exclude(ended_at=None).get().ended_by == manager


def test_not_agreed_changes_nothing(ops, manager):
    ask(ops).refuse(by=manager)

    assert Waiver.objects.count() == 0


@pytest.mark.parametrize("days", [-1, 31])
def test_it_ends_within_thirty_days(ops, days):
    with pytest.raises(Refused) as refused:
        ask(ops, until=timezone.localdate() + dt.timedelta(days=days))

    assert refused.value.field == "until"


def test_it_is_about_a_requirement_that_there_is(ops):
    with pytest.raises(Refused) as refused:
        ask_waiver("browser/no_such", until=timezone.localdate(), by=ops, reason="x")

    assert refused.value.code == "unknown_criterion"


def test_it_says_why(ops):
    with pytest.raises(Refused) as refused:
        ask(ops, reason="  ")

    assert refused.value.field == "reason"
