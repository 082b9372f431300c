"""What goes over the doorstep, and what is written down when it went against the rules."""

import pytest

from customers.models import AccountEntry
from luckygas.errors import Refused
from orders.handover import Handed, Handover
from orders.models import CylinderMovement
from orders.wishes import Item
from tests.factories import DepotFactory, ProductFactory, placed, priced

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def order(twenty):
    return placed(items=(Item(twenty, 2, 2),))


@pytest.fixture
def sixteen(db):
    return priced("16", gas=690, gas_kg=16, tare_kg=16)


def handed(*items, **more):
    return Handover(items, **{"leak_check": "passed"} | more)


def deliver(order, handover):
    order.deliver(handover, place=DepotFactory().place, by=order.placed_by)


def contest(order, handover, **more):
    order.contest(handover, place=DepotFactory().place, by=order.placed_by, reason="so it was", **more)


def moved(order):
    rows = CylinderMovement.objects.filter(cause_kind="order", cause_id=str(order.pk))
    return sorted(rows.values_list("product__code", "quantity", "purpose"))


def test_other_dealers_empties_of_a_kind_that_was_not_ordered_are_kept(order, twenty, sixteen):
    deliver(order, handed(Handed(twenty, 2, 2), Handed(sixteen, 0, 0, other_empties=3)))

    assert ("16", 3, "other_empties") in moved(order)


def test_an_empty_of_a_kind_without_a_price_is_taken_back(order, twenty):
    deliver(order, handed(Handed(twenty, 2, 2), Handed(ProductFactory(code="10"), 0, 1)))

    assert ("10", 1, "taken") in moved(order)


def test_another_kind_needs_the_customers_word(order, twenty, sixteen):
    items = Handed(twenty, 1, 1, "substituted"), Handed(sixteen, 1, 1)

    with pytest.raises(Refused) as refused:
        deliver(order, handed(*items))
    deliver(order, handed(*items, substitutes_agreed=True))

    assert refused.value.code == "consent"
    assert order.due_twd == 820 + 690


def test_propane_never_replaces_plain_gas(order, twenty):
    propane = priced("營20", gas=900, family="propane")

    with pytest.raises(Refused) as refused:
        deliver(order, handed(Handed(twenty, 0, 0, "substituted"), Handed(propane, 2, 2), substitutes_agreed=True))

    assert refused.value.code == "propane"
    assert moved(order) == []


@pytest.mark.parametrize("bad", [-1, 100])
def test_impossible_counts_are_refused_and_leave_nothing(order, twenty, bad):
    with pytest.raises(Refused) as refused:
        deliver(order, handed(Handed(twenty, bad, 0)))

    assert refused.value.code == "bad_quantity"
    assert AccountEntry.objects.count() == 0


@pytest.mark.parametrize("start", ["confirmed", "planned", "out", "cancelled"])
def test_a_contested_handover_is_written_whatever_the_state(order, twenty, start):
    ways = {"planned": ["planned"], "out": ["planned", "out"], "cancelled": ["cancelled"]}
    for state in ways.get(start, []):
        order._move(state, by=None)
    messages = order.customer.messages.count()

    contest(order, handed(Handed(twenty, 2, 1)))

    assert order.state == "review"
    assert order.events.last().to_state == "review"
    assert moved(order) == [("20", 1, "taken"), ("20", 2, "given")]
    assert sum(AccountEntry.objects.filter(account="receivable").values_list("amount_twd", flat=True)) == 2640
    assert order.customer.messages.count() == messages


def test_what_is_handed_over_of_a_held_order_is_checked_and_nobody_let_it_go(order, twenty):
    customer = order.customer
    customer.is_blocked, customer.settlement = True, "monthly"
    customer.save()
    held = placed(site=order.site, items=(Item(twenty, 1, 1),), pays_by="account")

    contest(held, handed(Handed(twenty, 1, 1)))

    assert list(held.events.values_list("to_state", flat=True)) == ["placed", "held", "review"]


def test_empties_with_gas_left_are_kept_apart(order, twenty):
    deliver(order, handed(Handed(twenty, 2, 2, parts=1)))

    assert {("20", 1, "taken"), ("20", 1, "taken_part")} <= set(moved(order))


def test_no_more_with_gas_left_than_came_back(order, twenty):
    with pytest.raises(Refused) as refused:
        deliver(order, handed(Handed(twenty, 2, 1, parts=2)))

    assert refused.value.code == "bad_quantity"


def test_a_contested_order_is_handed_over_once(order, twenty):
    contest(order, handed(Handed(twenty, 2, 2)))

    with pytest.raises(Refused) as refused:
        contest(order, handed(Handed(twenty, 2, 2)))

    assert refused.value.code == "handed_over"


def test_what_was_short_of_a_contested_order_is_owed_once_it_is_settled(order, twenty):
    contest(order, handed(Handed(twenty, 1, 1, "owed")))
    before = order.owed_orders.count()

    order.settle("delivered", by=order.placed_by, reason="the customer has it")

    assert (before, order.owed_orders.get().lines.get().ordered) == (0, 1)


def test_where_nothing_went_either_way_it_is_delivered_another_time(order, twenty):
    contest(order, handed(Handed(twenty, 0, 0, "owed")))

    order.settle("confirmed", by=order.placed_by, reason="it was another door")
    deliver(order, handed(Handed(twenty, 2, 2)))

    assert (order.state, order.total_twd) == ("delivered", 1640)


@pytest.mark.parametrize("gone", [(1, 0), (0, 1)], ids=["a full one", "an empty"])
def test_what_went_either_way_is_only_settled_as_delivered(order, twenty, gone):
    contest(order, handed(Handed(twenty, *gone, "owed")))

    with pytest.raises(Refused) as refused:
        order.settle("confirmed", by=order.placed_by, reason="it was another door")

    assert refused.value.code == "handed_over"


def test_nothing_is_owed_of_an_order_that_had_been_cancelled(order, twenty):
    order.cancel(by=order.placed_by, reason="moved")
    contest(order, handed(Handed(twenty, 1, 1, "owed")))

    order.settle("delivered", by=order.placed_by, reason="the customer keeps it")

    assert order.state == "delivered"
    assert order.owed_orders.count() == 0
