"""The delivery slip: which visit, what was paid for it, and what it comes to."""

import pytest
from django.utils.translation import override

from customers.models import Payment
from deliveries.models import Route, Stop
from deliveries.paper.slip import Slip
from luckygas.db import derived_id
from orders.models import Order
from orders.services import hand_over_at_counter
from orders.wishes import Item
from tests.deliveries.reporting import departed, handed, published, row, send, stop_of
from tests.factories import DepotFactory, RouteFactory, UserFactory, placed, priced

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
SIGNED = "M10 10l20 20"


def slip_of(order: Order) -> Slip:
    (slip,) = Slip.of(Order.objects.filter(pk=order.pk).for_slip())
    return slip


def sums(order: Order) -> list[tuple[str, int]]:
    with override("zh-hant"):
        return slip_of(order).sums


def test_before_the_handover_it_says_what_to_collect(driver, twenty):
    order = placed(items=(Item(twenty, 2, 1),))
    published(driver, order)

    slip = slip_of(order)

    assert (slip.is_handed_over, slip.given, slip.taken) == (False, 2, 1)
    assert [(line.product, count) for line, count in slip.deposits] == [(twenty, 1)]
    assert sums(order) == [("要收現金", 2640)]


def test_on_account_nothing_is_collected(driver, twenty):
    assert sums(placed(items=(Item(twenty, 1, 1),), pays_by="account")) == [("記帳，不收現金", 820)]


def test_after_it_it_says_what_was_paid_and_who_signed(driver, twenty):
    order = placed()
    departed(driver, order)
    send(driver, handed(stop_of(order), signature=SIGNED))
    order.refresh_from_db()

    slip = slip_of(order)

    assert slip.is_delivered
    assert slip.is_settled
    assert slip.stop.signature == SIGNED
    assert sums(order) == [("收現金", 820)]


def test_what_was_left_owed_is_said_and_what_a_later_visit_collects_is_added(driver, twenty):
    order = placed()
    route = departed(driver, order)
    send(driver, handed(stop_of(order), cash=300, left_owed=True))
    assert sums(order) == [("一共", 820), ("收現金", 300), ("還沒收", 520)]
    collect = route.stops.get(kind=Stop.Kind.COLLECT_MONEY)
    Payment.record(
        operation_id=derived_id("test", collect.pk),
        customer=order.customer,
        method="transfer",
        received_twd=520,
        by=driver.user,
        cause=("stop", collect.pk),
    )

    assert sums(order) == [("一共", 820), ("收現金", 300), ("收匯款", 520)]
    assert slip_of(order).is_settled


def test_an_account_keeps_the_rest(driver, twenty):
    order = placed(pays_by="account")
    departed(driver, order)
    send(driver, handed(stop_of(order), cash=0))

    assert sums(order) == [("一共", 820), ("記在月結", 820)]
    assert not slip_of(order).is_settled


def test_what_was_paid_beyond_is_not_owed_here(driver, twenty):
    order = placed()
    departed(driver, order)
    send(driver, handed(stop_of(order), cash=1000))

    assert (slip_of(order).left_twd, sums(order)) == (0, [("一共", 820), ("收現金", 1000)])


def test_other_dealers_empties_are_counted(driver, twenty):
    order = placed()
    departed(driver, order)
    send(driver, handed(stop_of(order), row(other_empties=2)))

    assert Order.objects.for_slip().get(pk=order.pk).other_empties == 2


def test_the_counter_has_no_visit_and_its_money_counts(twenty):
    DepotFactory().place  # noqa: B018  (its place is where the counter hands over from)
    order = placed(channel="counter")
    hand_over_at_counter(
        order, operation_id=order.operation_id, by=UserFactory(), received_twd=820, leak_check="passed"
    )

    slip = slip_of(Order.objects.get(pk=order.pk))

    assert (slip.stop, slip.received_twd) == (None, 820)


def test_the_visit_is_the_one_that_happened_and_never_a_failed_one(driver, twenty):
    order = placed()
    first = departed(driver, order)
    failed = stop_of(order)
    failed.fail(by=driver.user, reason="not_home", next_step="today")
    assert slip_of(order).stop is None
    second = RouteFactory(code="第二趟")
    second.add(Order.objects.get(pk=order.pk), by=driver.user)

    assert slip_of(order).stop.route == second
    assert Slip.of_route(first) == []
    assert [slip.order for slip in Slip.of_route(second)] == [order]


def test_a_routes_slips_come_in_the_order_they_are_driven(driver, twenty):
    first, second, third = placed(), placed(), placed()
    route = published(driver, first, second, third)
    route.reorder(stop_of(third), 1, by=driver.user)

    assert [slip.order for slip in Slip.of_route(Route.objects.get(pk=route.pk))] == [third, first, second]


def test_two_orders_do_not_share_their_payments(driver, twenty):
    one, other = placed(), placed(items=(Item(priced("16", gas=690), 1, 1),))
    departed(driver, one, other)
    send(driver, handed(stop_of(one)))

    slips = {slip.order.pk: slip for slip in Slip.of(Order.objects.for_slip())}

    assert (slips[one.pk].received_twd, slips[other.pk].received_twd) == (820, 0)
