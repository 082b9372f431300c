"""Payments: written down once, taken back once."""

import uuid

import pytest

from customers.models import AccountEntry, Payment, PaymentReversal
from luckygas.errors import Refused
from tests.factories import CustomerFactory
from tests.soundness import assert_sound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


def pay(customer, twd=820, *, by, method="cash"):
    return Payment.record(operation_id=uuid.uuid4(), customer=customer, method=method, received_twd=twd, by=by)


def legs(payment):
    entries = AccountEntry.objects.filter(cause_kind="payment", cause_id=str(payment.pk)).order_by("pk")
    return [(entry.purpose, entry.account, entry.amount_twd, entry.by) for entry in entries]


def test_a_bounced_cheque_is_taken_back_with_who_and_why(dispatcher, manager):
    payment = pay(CustomerFactory(), by=dispatcher, method="cheque")

    reversal = payment.reverse(operation_id=uuid.uuid4(), by=manager, why="bounced", note="票號 7")

    assert (reversal.by, reversal.why, reversal.note) == (manager, "bounced", "票號 7")
    assert legs(payment) == [
        ("received", "bank", 820, dispatcher),
        ("received", "receivable", -820, dispatcher),
        ("reversed", "bank", -820, manager),
        ("reversed", "receivable", 820, manager),
    ]
    assert AccountEntry.objects.filter(customer=payment.customer, account="receivable").total() == 0
    assert not Payment.objects.kept().exists()
    assert_sound()


def test_the_same_operation_again_answers_with_the_first_reversal(dispatcher):
    payment, operation = pay(CustomerFactory(), by=dispatcher), uuid.uuid4()

    first = payment.reverse(operation_id=operation, by=dispatcher, why="amount")
    again = payment.reverse(operation_id=operation, by=dispatcher, why="amount")

    assert (again, PaymentReversal.objects.count(), len(legs(payment))) == (first, 1, 4)


def test_nothing_is_taken_back_twice(dispatcher):
    payment = pay(CustomerFactory(), by=dispatcher)
    payment.reverse(operation_id=uuid.uuid4(), by=dispatcher, why="twice")

    with pytest.raises(Refused) as refused:
        payment.reverse(operation_id=uuid.uuid4(), by=dispatcher, why="twice")

    assert (refused.value.code, len(legs(payment))) == ("reversed", 4)


def test_the_right_amount_takes_the_place_of_a_wrong_one(dispatcher):
    wrong = Payment.record(
        operation_id=uuid.uuid4(), customer=CustomerFactory(), method="cash", received_twd=8200, by=dispatcher,
        cause=("stop", 7),
    )  # fmt: skip

    for _ in range(2):
        wrong.reverse(operation_id=uuid.UUID(int=7), by=dispatcher, why="amount", right_twd=820)

    right = Payment.objects.kept().get()
    assert (right.received_twd, right.method, right.cause_kind, right.cause_id) == (820, "cash", "stop", "7")
    assert AccountEntry.objects.filter(customer=wrong.customer, account="cash").total() == 820
    assert_sound()


def test_only_a_cheque_bounces(dispatcher):
    payment = pay(CustomerFactory(), by=dispatcher)

    with pytest.raises(Refused) as refused:
        payment.reverse(operation_id=uuid.uuid4(), by=dispatcher, why="bounced")

    assert (refused.value.field, len(legs(payment))) == ("why", 2)
