"""An order from the first word to both ledgers."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from customers.models import AccountEntry, Message, Payment
from luckygas.errors import Refused
from orders.handover import Handed, Handover
from orders.models import CylinderMovement, Order, Place
from orders.wishes import Item
from tests.factories import CustomerFactory, DepotFactory, SiteFactory, UserFactory, decided, placed, priced, wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


def deliver(order, *items, **more):
    order.deliver(Handover(items, **more), place=DepotFactory().place, by=order.placed_by)


def test_an_order_that_breaks_no_rule_confirms_itself_and_tells_the_customer():
    order = placed()

    assert order.state == "confirmed"
    assert list(order.events.values_list("from_state", "to_state")) == [("", "placed"), ("placed", "confirmed")]
    assert Message.objects.filter(customer=order.customer, kind="confirmed").count() == 1


def test_the_same_operation_answers_with_the_first_order():
    wished, operation = wish(), uuid.uuid4()
    by = placed().placed_by

    first, second = (
        Order.place(wished, operation_id=operation, channel="web", by=by, decision=decided()) for _ in range(2)
    )

    assert first == second


def test_the_same_operation_with_another_wish_is_refused():
    wished = wish()
    order = placed(wished)

    with pytest.raises(Refused) as refused:
        Order.place(
            wish(wished.site, note="other"),
            operation_id=order.operation_id,
            channel="web",
            by=None,
            decision=decided(),
        )

    assert refused.value.code == "other_body"
    assert Order.objects.count() == 1


def test_delivery_posts_exactly_the_right_legs():
    twenty = priced()
    order = placed(items=(Item(twenty, 2, 1),))

    order.site.customer.legacy_code = "1"
    deliver(order, Handed(twenty, 2, 1), leak_check="passed")

    assert order.state == "delivered"
    assert set(AccountEntry.objects.values_list("account", "amount_twd", "purpose")) == {
        ("receivable", 1640, "charge"),
        ("sales", -1640, "charge"),
        ("receivable", 1000, "deposit"),
        ("deposit", -1000, "deposit"),
    }
    moves = CylinderMovement.objects.values_list("quantity", "from_state", "to_state", "purpose")
    assert set(moves) == {(2, "full", "in_use", "given"), (1, "in_use", "empty", "taken")}
    assert dict(Place.of_site(order.site).stock()) == {(twenty.pk, "in_use"): 1}


def test_what_is_short_is_owed_by_a_linked_order():
    twenty = priced()
    order = placed(items=(Item(twenty, 2, 2),))

    deliver(order, Handed(twenty, 1, 1, "owed"), leak_check="passed")

    owed = order.owed_orders.get()
    assert (owed.state, owed.needs_day, owed.lines.get().ordered) == ("confirmed", True, 1)


def test_nothing_is_delivered_past_a_missing_leak_check():
    order = placed(is_gas_out=True)

    with pytest.raises(Refused) as refused:
        deliver(order)

    assert refused.value.code == "leak_check"


def test_the_database_refuses_delivered_without_the_leak_check():
    order = placed(is_gas_out=True)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET state = 'delivered', delivered_at = now() WHERE id = %s", [order.pk])


def test_no_order_for_a_customer_of_the_legacy_system():
    site = SiteFactory(customer=CustomerFactory(stage="legacy", system_of_record="legacy"))

    with pytest.raises(Refused) as refused:
        placed(wish(site))

    assert refused.value.code == "legacy"


def test_a_payment_leaves_two_legs_and_is_recorded_once():
    order, operation = placed(), uuid.uuid4()

    for _ in range(2):
        Payment.record(
            operation_id=operation, customer=order.customer, method="cash", received_twd=820, by=order.placed_by
        )

    assert list(AccountEntry.objects.values_list("account", "amount_twd").order_by("account")) == [
        ("cash", 820),
        ("receivable", -820),
    ]


@pytest.mark.parametrize("more", [0, 3])
def test_placing_takes_as_many_statements_whatever_was_placed_before(more, twenty, django_assert_num_queries):
    site = SiteFactory()
    for _ in range(more):
        placed(wish(site))
    wished, by = wish(site, items=(Item(twenty, 1, 1),)), UserFactory()

    with django_assert_num_queries(17):
        placed(wished, by=by)
