"""Open charges: payments laid over charges, the oldest first."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers.ledger import ages, open_charges
from customers.models import AccountEntry, Payment
from tests.factories import CustomerFactory, UserFactory

TODAY = dt.date(2026, 11, 24)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


def days_ago(days):
    return timezone.now() - dt.timedelta(days=days)


def charge(customer, twd, *, days=0, key=None, purpose="charge"):
    legs = {"receivable": twd, "sales": -twd}
    cause = ("order", key or uuid.uuid4().hex)
    AccountEntry.post(customer=customer, legs=legs, cause=cause, purpose=purpose, by=None, at=days_ago(days))


def pay(customer, twd, *, days=0, by=None):
    return Payment.record(
        operation_id=uuid.uuid4(), customer=customer, method="cash", received_twd=twd, by=by or UserFactory(),
        at=days_ago(days),
    )  # fmt: skip


def opened(customer):
    return [(each.days(), each.amount_twd, each.open_twd) for each in open_charges(customer)]


def test_a_payment_pays_the_oldest_charge_first_and_part_of_the_next():
    customer = CustomerFactory()
    charge(customer, 820, days=40)
    charge(customer, 690, days=10)
    pay(customer, 1000)

    assert opened(customer) == [(10, 690, 510)]


def test_what_was_paid_before_its_charge_is_credit_for_it():
    customer = CustomerFactory()
    pay(customer, 1000, days=20)
    charge(customer, 820, days=10)
    charge(customer, 820, days=5)

    assert opened(customer) == [(5, 820, 640)]


def test_a_payment_that_was_taken_back_leaves_its_charge_open_since_it_was_made(dispatcher):
    customer = CustomerFactory()
    charge(customer, 820, days=65)
    payment = pay(customer, 820, days=60)
    assert opened(customer) == []

    payment.reverse(operation_id=uuid.uuid4(), by=dispatcher, why="amount")

    assert opened(customer) == [(65, 820, 820)]


def test_gas_and_deposit_of_an_order_are_one_charge_and_a_correction_lowers_it():
    customer = CustomerFactory()
    charge(customer, 820, days=9, key="7")
    charge(customer, 1000, days=9, key="7", purpose="deposit")
    charge(customer, -120, days=1, key="7", purpose="corrected")

    assert opened(customer) == [(9, 1700, 1700)]


def test_ages_count_from_the_day_of_the_charge():
    customer, settled = CustomerFactory(), CustomerFactory()
    for days, twd in ((0, 1), (29, 2), (30, 4), (59, 8), (60, 16), (89, 32), (90, 64), (400, 128)):
        charge(customer, twd, days=days)
    charge(settled, 500, days=100)
    pay(settled, 700)

    found = ages()

    assert list(found) == [customer.pk]
    age = found[customer.pk]
    assert (age.under_30_twd, age.over_30_twd, age.over_60_twd, age.over_90_twd) == (3, 12, 48, 192)
    assert (age.total_twd, age.overdue_twd, age.since) == (255, 252, TODAY - dt.timedelta(days=400))
    assert [each.age for each in open_charges(customer)] == [90, 90, 60, 60, 30, 30, 0, 0]


@pytest.mark.parametrize("count", [1, 3])
def test_everybody_is_read_in_one_query(count, django_assert_num_queries):
    for _ in range(count):
        charge(CustomerFactory(), 100)

    with django_assert_num_queries(1):
        assert len(ages()) == count


class Laying(TestCase):
    """Whatever is charged, paid and taken back, in whatever order."""

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["charge", "charge", "pay", "pay", "take back"]),
                st.integers(1, 5000),
                st.integers(0, 130),
            ),
            max_size=14,
        )
    )
    def test_open_charges_sum_to_the_balance_and_the_oldest_are_paid_first(self, deeds):
        customer, person, payments, charges = CustomerFactory(), UserFactory(), [], []
        for number, (deed, twd, days) in enumerate(deeds):
            if deed == "charge":
                charge(customer, twd, days=days, key=str(number))
                charges.append((-days, number, twd))
            elif deed == "pay":
                payments.append(pay(customer, twd, days=days, by=person))
            elif payments:
                payments.pop(twd % len(payments)).reverse(operation_id=uuid.uuid4(), by=person, why="amount")

        found = open_charges(customer)

        left = sum(payment.received_twd for payment in payments)
        expected = []
        for _day, number, twd in sorted(charges):  # by hand, one after the other
            paid = min(left, twd)
            left -= paid
            if twd > paid:
                expected.append((str(number), twd, twd - paid))
        balance = AccountEntry.objects.filter(customer=customer, account="receivable").total()
        assert [(each.cause_id, each.amount_twd, each.open_twd) for each in found] == expected
        assert sum(each.open_twd for each in found) == max(balance, 0)
        total = ages(customers=[customer.pk]).get(customer.pk)
        assert (total.total_twd if total else 0) == max(balance, 0)
