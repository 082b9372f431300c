"""Open orders whose price is not their day's, and the customer who moved one."""

import datetime as dt
import uuid

import pytest

from luckygas.errors import Refused
from orders.billing.crossing import crossing
from orders.models import PriceChange
from orders.story import story
from orders.wishes import Item, When
from tests.factories import CustomerFactory, SiteFactory, placed, priced, wish

DECEMBER = dt.date(2026, 12, 1)
BEFORE, AFTER = When(day=dt.date(2026, 11, 28)), When(day=dt.date(2026, 12, 2))
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


def change(product, twd, *, by, valid_from=DECEMBER, customer=None, kind="gas"):
    return PriceChange.enter(
        operation_id=uuid.uuid4(), by=by, valid_from=valid_from, amounts={(product.pk, kind): twd}, reason="調價",
        customer=customer,
    )  # fmt: skip


def order_for(when, *, by, site=None, empties=2):
    return placed(wish(site, items=(Item(priced(), 2, empties),), when=when), by=by)


def differences():
    return [(each.order, each.difference_twd) for each in crossing()]


def test_an_order_that_was_placed_before_the_change_keeps_what_it_was_told(dispatcher, manager, twenty):
    before, crosses = order_for(BEFORE, by=dispatcher), order_for(AFTER, by=dispatcher)

    change(twenty, 840, by=manager)

    assert differences() == [(crosses, 40)]
    later = order_for(AFTER, by=dispatcher)
    assert (crosses.due_twd, before.due_twd, later.due_twd) == (1640, 1640, 1680)


def test_moved_by_us_across_a_change_the_lower_price_holds(dispatcher, manager, twenty):
    change(twenty, 840, by=manager)
    ours, cheaper = order_for(BEFORE, by=dispatcher), order_for(AFTER, by=dispatcher)

    ours.reschedule(AFTER, by=dispatcher, reason="颱風")
    cheaper.reschedule(BEFORE, by=dispatcher, reason="颱風")

    [found] = crossing()
    assert (found.order, found.difference_twd, found.moved_from) == (ours, 40, BEFORE.day)
    assert (found.moved.by, found.moved.reason) == (dispatcher, "颱風")
    assert (ours.due_twd, cheaper.due_twd) == (1640, 1640)


def test_a_customers_own_price_is_compared_with_and_not_the_list(dispatcher, manager, twenty):
    site = SiteFactory(customer=CustomerFactory())
    change(twenty, 800, by=manager, valid_from=dt.date(2026, 11, 25), customer=site.customer)
    order = order_for(AFTER, by=dispatcher, site=site)

    change(twenty, 840, by=manager)

    assert (order.due_twd, differences()) == (1600, [])


def test_a_deposit_counts_only_where_one_is_due(dispatcher, manager, twenty):
    order_for(AFTER, by=dispatcher)
    owing = order_for(AFTER, by=dispatcher, empties=1)

    change(twenty, 1200, by=manager, kind="deposit")

    assert differences() == [(owing, 200)]


def test_what_the_customer_moved_costs_what_its_day_costs(dispatcher, manager, twenty):
    order = order_for(AFTER, by=dispatcher)
    change(twenty, 840, by=manager)
    operation = uuid.uuid4()

    order.reprice(by=dispatcher, reason="客人自己改期", operation_id=operation)
    order.reprice(by=dispatcher, reason="客人自己改期", operation_id=operation)

    order.refresh_from_db()
    event = order.events.last()
    assert (order.due_twd, order.priced_on, crossing()) == (1680, AFTER.day, [])
    assert (event.by, event.reason, event.data) == (
        dispatcher, "客人自己改期", {"priced_on": "2026-12-02", "due_twd": 1640}
    )  # fmt: skip
    assert story(order)[-1].text == "已照送貨日計價"


def test_an_order_on_the_truck_keeps_its_price(dispatcher, manager, twenty):
    order = order_for(AFTER, by=dispatcher)
    change(twenty, 840, by=manager)
    order.depart(by=dispatcher)

    with pytest.raises(Refused) as refused:
        order.reprice(by=dispatcher, reason="x")

    order.refresh_from_db()
    assert (refused.value.code, order.due_twd) == ("too_late", 1640)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(
    dispatcher, manager, twenty, count, django_assert_num_queries
):
    for _ in range(count):
        order_for(AFTER, by=dispatcher)
    change(twenty, 840, by=manager)

    with django_assert_num_queries(4):
        assert len(crossing()) == count
