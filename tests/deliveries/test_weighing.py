"""Gas left in returned cylinders: weighed once, tagged to its stop, credited at the day's price, taken back once."""

import uuid
from decimal import Decimal

import pytest
from django.db.models import Sum

from customers.models import AccountEntry
from deliveries.closing import parts
from deliveries.models import Weighing
from luckygas.errors import Refused
from orders.models import CylinderMovement, Price
from tests.deliveries.evening import came_back, count

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def back(db):
    """One order gave back one cylinder, which the driver said has gas left; the route is counted."""
    found = came_back(orders=1, parts=1)
    count(found, 820, empty=0, part=1)
    return found


def weigh(back, gross="23.41", tare="20.00", **more):
    facts = {"operation_id": uuid.uuid4(), "stop": back.stop, "product": back.twenty, "by": back.by} | more
    return Weighing.record(gross_kg=Decimal(gross), tare_kg=Decimal(tare), **facts)


def sums(customer, account):
    return AccountEntry.objects.filter(customer=customer, account=account).aggregate(
        twd=Sum("amount_twd", default=0)
    )["twd"]  # fmt: skip


def said(verb, *args, **more):
    with pytest.raises(Refused) as refused:
        verb(*args, **more)
    return refused.value.code


def test_the_gas_left_is_credited_to_the_stops_customer_at_the_days_price(back):
    customer = back.stop.order.customer
    owed = sums(customer, "receivable")

    weighing = weigh(back)

    assert (weighing.net_kg, weighing.price_twd, weighing.credit_twd) == (Decimal("3.41"), 33, 113)
    assert (sums(customer, "receivable"), sums(customer, "gas_credit")) == (owed - 113, 113)


def test_half_a_dollar_is_rounded_up(back):
    assert weigh(back, gross="21.50").credit_twd == 50  # 1.5 kg at NT$33 is 49.5


def test_a_weighed_cylinder_stands_with_the_empties(back):
    weigh(back)

    moved = CylinderMovement.objects.get(cause_kind="weighing")
    assert (moved.from_state, moved.to_state, moved.residual_kg) == ("part", "empty", Decimal("3.41"))


def test_what_the_driver_reported_waits_until_it_is_weighed(back):
    (waiting,) = parts.waiting(back.route.day)
    assert (waiting.stop, waiting.product, waiting.waiting) == (back.stop, back.twenty, 1)

    weighing = weigh(back)
    assert parts.waiting(back.route.day) == []

    weighing.take_back(operation_id=uuid.uuid4(), reason="看錯", by=back.by)
    assert len(parts.waiting(back.route.day)) == 1


def test_an_empty_that_turns_out_to_have_gas_moves_nothing(db):
    back = came_back(orders=1)
    count(back, 820, empty=1)

    assert not weigh(back).was_reported
    assert not CylinderMovement.objects.filter(cause_kind="weighing").exists()


def test_the_same_form_again_is_the_first_weighing_and_another_is_refused(back):
    operation = uuid.uuid4()
    first = weigh(back, operation_id=operation)

    assert weigh(back, operation_id=operation) == first
    assert said(weigh, back, gross="24", operation_id=operation) == "other_body"
    assert sums(back.stop.order.customer, "gas_credit") == 113


def test_no_more_cylinders_are_weighed_than_came_back(back):
    weigh(back)

    assert said(weigh, back) == "none_left"


@pytest.mark.parametrize(
    ("gross", "tare", "code"), [("20", "20", "no_gas"), ("19", "20", "no_gas"), ("40.01", "20", "too_much_gas")]
)
def test_weights_that_cannot_be_are_refused(back, gross, tare, code):
    assert said(weigh, back, gross=gross, tare=tare) == code
    assert Weighing.objects.count() == 0


def test_a_cylinder_is_weighed_when_the_truck_is_back(db):
    assert said(weigh, came_back(orders=1)) == "not_back"


def test_without_a_price_nothing_is_credited(back):
    Price.objects.create(
        product=back.twenty, customer=back.stop.order.customer, kind="residual", amount_twd=0, valid_from="2026-11-01"
    )

    assert said(weigh, back) == "no_price"


def test_it_is_taken_back_once_and_can_be_weighed_again(back):
    weighing, operation = weigh(back), uuid.uuid4()

    assert said(weighing.take_back, operation_id=operation, reason=" ", by=back.by) == "no_reason"
    for _ in range(2):
        weighing.take_back(operation_id=operation, reason="看錯", by=back.by)

    assert sums(back.stop.order.customer, "gas_credit") == 0
    assert said(weighing.take_back, operation_id=uuid.uuid4(), reason="看錯", by=back.by) == "taken_back"
    assert weigh(back, gross="22").credit_twd == 66
