"""Why an order stands on no route, and where it would fit."""

import datetime as dt

import pytest
from django.utils import timezone

from customers.models import CalendarDay
from deliveries.board.board import Board
from deliveries.models import Vehicle
from orders.models import Order
from orders.wishes import Item
from tests.factories import AreaFactory, CustomerFactory, RouteFactory, SiteFactory, UserFactory, placed, priced, wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

PIN = {"latitude": "22.76", "longitude": "121.15"}


def only():
    """The only order that waits today, with its reason."""
    (waiting,) = Board.of(timezone.localdate()).waiting
    return waiting


def today(order: Order, **fields) -> Order:
    Order.objects.filter(pk=order.pk).update(promised_on=timezone.localdate(), **fields)
    return order


def test_what_fits_names_its_route():
    route = RouteFactory(code="瑞1")
    placed(wish(SiteFactory(**PIN)))

    assert (only().icon, only().suggestion.route, only().can_go) == ("truck", route, True)


def test_the_route_that_goes_there_already_is_suggested():
    by = UserFactory()
    RouteFactory(code="瑞1")
    there = RouteFactory(code="瑞2")
    there.add(placed(wish(SiteFactory(**PIN))), by=by)
    placed(wish(SiteFactory(**PIN)))

    assert only().suggestion.route == there


def test_nothing_is_suggested_without_a_route():
    placed(wish(SiteFactory(**PIN)))

    assert (only().icon, only().suggestion) == ("truck", None)


def test_a_closed_route_is_not_suggested():
    RouteFactory(state="closed")
    placed(wish(SiteFactory(**PIN)))

    assert only().suggestion is None


def test_a_held_order_waits_for_a_manager_and_cannot_be_ticked():
    RouteFactory()
    customer = CustomerFactory(settlement="monthly", is_blocked=True)
    order = placed(wish(SiteFactory(customer=customer, **PIN)))

    assert order.state == "held"
    assert (only().icon, only().can_go) == ("pause", False)
    assert order.held_because in only().why


def test_an_address_without_a_pin_says_so_and_can_go_all_the_same():
    RouteFactory()
    placed(wish(SiteFactory()))

    assert (only().icon, bool(only().suggestion)) == ("pin", True)


def test_a_line_that_does_not_drive_that_day_says_when_it_does():
    RouteFactory()
    line = AreaFactory(code="南", name="南迴線", kind="line", weekdays=[4])
    today(placed(wish(SiteFactory(area=line, **PIN))))

    assert only().icon == "calendar"
    assert "南迴線" in only().why
    assert "11/26" in only().why


def test_a_typhoon_is_a_reason():
    RouteFactory()
    placed(wish(SiteFactory(**PIN)))
    CalendarDay.objects.create(day=timezone.localdate(), kind="suspension", name="颱風")

    assert only().icon == "calendar"
    assert "颱風" in only().why


def test_a_motorcycle_address_needs_a_motorcycle():
    RouteFactory()
    placed(wish(SiteFactory(vehicle=2, **PIN)))

    assert (only().icon, only().suggestion) == ("scooter", None)


def test_a_motorcycle_is_suggested_for_it():
    scooter = RouteFactory(code="寶1")
    Vehicle.objects.filter(pk=scooter.vehicle_id).update(kind="motorcycle", limit_kg=80)
    RouteFactory()
    placed(wish(SiteFactory(vehicle=2, **PIN)))

    assert only().suggestion.route == scooter


def test_too_heavy_says_by_how_much():
    route = RouteFactory(code="成1")
    Vehicle.objects.filter(pk=route.vehicle_id).update(limit_kg=100)
    placed(wish(SiteFactory(**PIN), items=(Item(priced("50", gas_kg=50, tare_kg=43), 2, 2),)))

    assert (only().icon, only().suggestion) == ("truck", None)
    assert "成1" in only().why
    assert "86" in only().why


def test_who_has_not_agreed_to_a_day_is_called_first():
    RouteFactory()
    today(placed(wish(SiteFactory(**PIN))), needs_day=True)

    assert only().icon == "phone"


def test_an_order_on_a_draft_does_not_wait():
    RouteFactory().add(placed(), by=UserFactory())

    assert Board.of(timezone.localdate()).waiting == []


def test_what_was_promised_before_and_is_not_planned_waits_still():
    order = placed()
    Order.objects.filter(pk=order.pk).update(promised_on=timezone.localdate() - dt.timedelta(days=3))

    assert only().order == order


def test_what_is_promised_for_later_does_not_wait_yet():
    order = placed()
    Order.objects.filter(pk=order.pk).update(promised_on=timezone.localdate() + dt.timedelta(days=1))

    assert Board.of(timezone.localdate()).waiting == []


def test_those_without_gas_come_first():
    later, first = placed(), placed(is_gas_out=True)

    assert [row.order for row in Board.of(timezone.localdate()).waiting] == [first, later]


def test_the_numbers_above_the_lanes():
    by, route = UserFactory(), RouteFactory()
    out, late, _waiting, cancelled = placed(), placed(), placed(), placed()
    route.add(out, by=by)
    route.publish(by=by)
    route.depart(by=by)
    cancelled.cancel(by=by, reason="no")
    ago = timezone.now() - dt.timedelta(hours=2)
    today(late, promised_from=ago, promised_to=ago + dt.timedelta(hours=1))

    totals = Board.of(timezone.localdate()).totals

    assert totals == {"orders": 3, "delivered": 0, "out": 1, "late": 1, "waiting": 2}
