"""A route from draft to closed, and what its orders do with it."""

from decimal import Decimal

import pytest
from django.utils import timezone

from customers.models import Payment
from deliveries.models import Review, Route, Stop
from luckygas.db import derived_id
from luckygas.errors import Refused
from orders.handover import Handover
from orders.models import Order
from orders.wishes import Item
from tests.factories import DepotFactory, DriverFactory, RouteFactory, SiteFactory, UserFactory, placed, priced, wish
from tests.races import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def by(db):
    return UserFactory(roles=["dispatcher"])


@pytest.fixture
def rung(monkeypatch, django_capture_on_commit_callbacks):
    """What browsers were told changed, once the transaction committed."""
    told = []
    monkeypatch.setattr("luckygas.live.changed", lambda kind, key: told.append((kind, key)))
    return told


def heavy(kg: int) -> Order:
    """An order of one cylinder that weighs so much, with its steel."""
    return placed(items=(Item(priced(f"X{kg}", gas_kg=kg - 10, tare_kg=10), 1, 1),))


def positions(route):
    return list(route.stops.order_by("position").values_list("order", "position"))


# --- drawing up ------------------------------------------------------------------------------------------------------
def test_a_route_is_drawn_up_as_a_draft_at_its_drivers_depot(by, driver, rung):
    day = timezone.localdate()

    route = Route.draw_up(code="瑞1", day=day, driver=driver, vehicle=driver.vehicle, by=by)

    assert (route.state, route.depot, route.colour) == ("draft", driver.depot, 1)
    assert rung == [("route", route.pk)]


def test_the_same_route_drawn_up_again_is_the_first_one(by, driver):
    given = {"code": "瑞1", "day": timezone.localdate(), "driver": driver, "vehicle": driver.vehicle, "by": by}

    assert Route.draw_up(**given) == Route.draw_up(**given)


def test_a_code_is_given_once_a_day(by, driver):
    taken = RouteFactory(code="瑞1")

    with pytest.raises(Refused) as refused:
        Route.draw_up(code="瑞1", day=taken.day, driver=driver, vehicle=driver.vehicle, by=by)

    assert (refused.value.code, refused.value.field) == ("code_taken", "code")


def test_a_driver_has_one_open_route_a_day(by, driver):
    first = RouteFactory(driver=driver)

    with pytest.raises(Refused) as refused:
        Route.draw_up(code="別1", day=first.day, driver=driver, vehicle=driver.vehicle, by=by)

    assert (refused.value.code, refused.value.field) == ("driver_taken", "driver")


def test_a_closed_route_leaves_room_for_a_second_trip(by, driver):
    first = RouteFactory(driver=driver)
    first.add(placed(), by=by)
    first.publish(by=by)
    first.depart(by=by)
    first.stops.get().fail(by=by, reason="not_home", next_step="call")
    first.close(by=by)

    second = Route.draw_up(code="瑞1-2", day=first.day, driver=driver, vehicle=driver.vehicle, by=by)

    assert second.pk != first.pk


# --- adding ----------------------------------------------------------------------------------------------------------
def test_an_order_on_a_draft_stays_confirmed(by, rung):
    route, order = RouteFactory(), placed()
    rung.clear()

    stop = route.add(order, by=by)

    order.refresh_from_db()
    assert (stop.position, stop.site, order.state) == (1, order.site, "confirmed")
    assert rung == [("route", route.pk)]


def test_an_order_on_a_published_route_is_planned_at_once(by):
    route = RouteFactory()
    route.add(placed(), by=by)
    route.publish(by=by)
    order = placed()

    route.add(order, by=by)

    assert order.state == "planned"


def test_an_order_joins_a_departed_route_and_is_out(by):
    route = RouteFactory()
    route.add(placed(), by=by)
    route.publish(by=by)
    route.depart(by=by)
    order = placed()

    route.add(order, by=by)

    assert order.state == "out"
    moves = order.events.exclude(from_state="out").values_list("to_state", flat=True)
    assert list(moves) == ["placed", "confirmed", "planned", "out"]


def test_adding_twice_is_one_stop(by):
    route, order = RouteFactory(), placed()

    assert route.add(order, by=by) == route.add(order, by=by)
    assert route.stops.count() == 1


def test_a_stop_is_added_where_it_is_wanted(by):
    route = RouteFactory()
    first, second, third = placed(), placed(), placed()
    route.add(first, by=by)
    route.add(second, by=by)

    route.add(third, by=by, position=2)

    assert positions(route) == [(first.pk, 1), (third.pk, 2), (second.pk, 3)]


def test_an_order_stands_on_one_route(by):
    order = placed()
    RouteFactory(code="瑞1").add(order, by=by)

    with pytest.raises(Refused) as refused:
        RouteFactory().add(order, by=by)

    assert refused.value.code == "on_a_route"
    assert "瑞1" in str(refused.value.sentence)


def test_only_confirmed_orders_are_put_on_a_route(by):
    order = placed()
    order.cancel(by=by, reason="no")

    with pytest.raises(Refused) as refused:
        RouteFactory().add(order, by=by)

    assert refused.value.code == "not_confirmed"


def test_nothing_is_added_to_a_closed_route(by):
    route = RouteFactory(state="closed")

    with pytest.raises(Refused) as refused:
        route.add(placed(), by=by)

    assert refused.value.code == "closed"


@pytest.mark.parametrize(("site", "vehicle"), [(2, "truck"), (1, "motorcycle")])
def test_a_vehicle_that_cannot_reach_the_door_is_refused(by, site, vehicle):
    route = RouteFactory()
    route.vehicle.kind = vehicle
    route.vehicle.save()

    with pytest.raises(Refused) as refused:
        route.add(placed(wish(SiteFactory(vehicle=site))), by=by)

    assert refused.value.code == "vehicle"


def test_a_vehicle_is_never_overloaded(by):
    route = RouteFactory()
    route.vehicle.limit_kg = 100
    route.vehicle.save()
    route.add(heavy(60), by=by)

    with pytest.raises(Refused) as refused:
        route.add(heavy(45), by=by)

    assert refused.value.code == "overweight"
    assert "5" in str(refused.value.sentence)
    assert route.load_kg == Decimal(60)


def test_what_is_delivered_weighs_no_more(by):
    route = RouteFactory()
    route.add(heavy(60), by=by)
    route.publish(by=by)
    route.depart(by=by)
    route.stops.get().finish(by=by)

    assert route.load_kg == 0


# --- removing and ordering -------------------------------------------------------------------------------------------
def test_a_stop_comes_off_a_published_route_and_its_order_waits_again(by):
    route, first, second = RouteFactory(), placed(), placed()
    gone = route.add(first, by=by)
    route.add(second, by=by)
    route.publish(by=by)

    route.remove(gone, by=by)

    first.refresh_from_db()
    assert first.state == "confirmed"
    assert positions(route) == [(second.pk, 1)]


def test_nothing_comes_off_a_route_that_has_left(by):
    route = RouteFactory()
    stop = route.add(placed(), by=by)
    route.publish(by=by)
    route.depart(by=by)

    with pytest.raises(Refused) as refused:
        route.remove(stop, by=by)

    assert refused.value.code == "departed"


def test_a_stop_the_driver_reported_from_does_not_come_off(by):
    route = RouteFactory()
    stop = route.add(placed(), by=by)
    Review.open(Review.Kind.EVENT, reason="report", stop=stop)

    with pytest.raises(Refused) as refused:
        route.remove(stop, by=by)

    assert refused.value.code == "reported"


@pytest.mark.parametrize(("position", "expected"), [(1, [3, 1, 2]), (2, [1, 3, 2]), (99, [1, 2, 3])])
def test_a_stop_is_moved(by, position, expected):
    route = RouteFactory()
    stops = [route.add(placed(), by=by) for _ in range(3)]

    route.reorder(stops[2], position, by=by)

    assert [stops.index(stop) + 1 for stop in route.stops.order_by("position")] == expected


def test_nothing_moves_before_a_finished_stop(by):
    route = RouteFactory()
    stops = [route.add(placed(), by=by) for _ in range(3)]
    route.publish(by=by)
    route.depart(by=by)
    stops[0].finish(by=by)

    route.reorder(stops[2], 1, by=by)

    assert [stops.index(stop) for stop in route.stops.order_by("position")] == [0, 2, 1]


def test_a_finished_stop_stays_where_it_is(by):
    route = RouteFactory()
    stop = route.add(placed(), by=by)
    route.publish(by=by)
    route.depart(by=by)
    stop.finish(by=by)

    with pytest.raises(Refused) as refused:
        route.reorder(stop, 1, by=by)

    assert refused.value.code == "finished"


def test_the_stops_are_put_in_the_order_of_the_drive(by):
    route = RouteFactory()
    places = ["22.79", "22.76", None, "22.775"]
    stops = [route.add(placed(wish(SiteFactory(latitude=at, longitude=at and "121.145"))), by=by) for at in places]

    saved = route.arrange(by=by)

    assert [stops.index(stop) for stop in route.stops.order_by("position")] == [1, 3, 0, 2]
    assert saved > 0
    assert route.arrange(by=by) == 0


def test_a_route_that_has_left_is_not_arranged(by):
    route = RouteFactory()
    route.add(placed(), by=by)
    route.publish(by=by)
    route.depart(by=by)

    with pytest.raises(Refused) as refused:
        route.arrange(by=by)

    assert refused.value.code == "departed"


# --- moves -----------------------------------------------------------------------------------------------------------
def test_publishing_plans_its_orders(by, rung):
    route, order = RouteFactory(), placed()
    route.add(order, by=by)
    rung.clear()

    route.publish(by=by)

    order.refresh_from_db()
    assert (route.state, order.state, order.events.last().by) == ("published", "planned", by)
    assert route.published_at is not None
    assert rung == [("route", route.pk), ("order", order.number)]


def test_an_empty_route_is_not_published(by):
    route = RouteFactory()

    with pytest.raises(Refused) as refused:
        route.publish(by=by)

    route.refresh_from_db()
    assert (refused.value.code, route.state) == ("empty", "draft")


def test_publishing_again_changes_nothing(by):
    route = RouteFactory()
    route.add(placed(), by=by)
    route.publish(by=by)
    first = route.published_at

    route.publish(by=by)

    assert route.published_at == first


def test_a_draft_does_not_depart(by):
    route = RouteFactory()
    route.add(placed(), by=by)

    with pytest.raises(Refused) as refused:
        route.depart(by=by)

    assert refused.value.code == "illegal_move"


def test_a_route_with_open_stops_does_not_close(by):
    route = RouteFactory()
    route.add(placed(), by=by)
    route.publish(by=by)
    route.depart(by=by)

    with pytest.raises(Refused) as refused:
        route.close(by=by)

    assert refused.value.code == "open_stops"


# --- orders that go elsewhere ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("publish", [False, True])
def test_a_cancelled_order_leaves_its_route(by, publish):
    route, order, other = RouteFactory(), placed(), placed()
    route.add(order, by=by)
    route.add(other, by=by)
    if publish:
        route.publish(by=by)

    order.cancel(by=by, reason="moved away")

    assert positions(route) == [(other.pk, 1)]


def test_an_order_sold_over_the_counter_leaves_its_draft(by):
    route, order = RouteFactory(), placed()
    route.add(order, by=by)

    order.deliver(Handover.as_ordered(order, leak_check="passed"), place=DepotFactory().place, by=by)

    assert positions(route) == []


def test_an_order_that_is_unplanned_leaves_its_route(by):
    route, order = RouteFactory(), placed()
    route.add(order, by=by)
    route.publish(by=by)
    order.refresh_from_db()

    order.unplan(by=by)

    assert positions(route) == []


def test_a_cancelled_order_with_a_report_keeps_its_stop_with_the_reason(by):
    route, order = RouteFactory(), placed()
    stop = route.add(order, by=by)
    Review.open(Review.Kind.EVENT, reason="report", stop=stop)

    order.cancel(by=by, reason="moved away")

    stop.refresh_from_db()
    assert (stop.state, stop.next_step, stop.note) == ("failed", "cancel", "moved away")


# --- cash ------------------------------------------------------------------------------------------------------------
def paid(stop: Stop, twd: int, method: str = "cash") -> None:
    Payment.record(
        operation_id=derived_id("test", stop.pk, method),
        customer=stop.order.customer,
        method=method,
        received_twd=twd,
        by=stop.route.driver.user,
        cause=("stop", stop.pk),
    )


@pytest.fixture
def departed(by):
    route = RouteFactory(code="瑞1")
    route.add(placed(), by=by)
    route.publish(by=by)
    route.depart(by=by)
    return route


def test_the_cash_of_a_route_is_what_its_stops_were_paid_in_notes(departed):
    stop = departed.stops.get()
    paid(stop, 820)
    paid(stop, 500, method="transfer")

    assert departed.cash_due_twd == 820
    assert RouteFactory().cash_due_twd == 0


# --- races -----------------------------------------------------------------------------------------------------------
def codes(outcomes):
    return sorted(outcome.code if isinstance(outcome, Refused) else type(outcome).__name__ for outcome in outcomes)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_number", range(5))
def test_two_dispatchers_put_one_order_on_two_routes_and_one_succeeds(round_number):
    by, order, first, second = UserFactory(), placed(), RouteFactory(), RouteFactory()

    outcomes = at_once(
        lambda: Route.objects.get(pk=first.pk).add(Order.objects.get(pk=order.pk), by=by),
        lambda: Route.objects.get(pk=second.pk).add(Order.objects.get(pk=order.pk), by=by),
    )

    assert codes(outcomes) == ["Stop", "on_a_route"]
    assert Stop.objects.filter(order=order).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_number", range(5))
def test_two_routes_for_one_driver_and_day_at_once_are_one_route(round_number):
    by, driver = UserFactory(), DriverFactory()
    day = timezone.localdate()

    def draw_up(code):
        return lambda: Route.draw_up(code=code, day=day, driver=driver, vehicle=driver.vehicle, by=by)

    outcomes = at_once(draw_up("瑞1"), draw_up("瑞2"))

    assert codes(outcomes) == ["Route", "driver_taken"]
    assert Route.objects.filter(driver=driver).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_number", range(5))
def test_an_order_added_while_its_route_is_published_is_planned_all_the_same(round_number):
    by, route, order = UserFactory(), RouteFactory(), placed()
    route.add(placed(), by=by)

    at_once(
        lambda: Route.objects.get(pk=route.pk).publish(by=by),
        lambda: Route.objects.get(pk=route.pk).add(Order.objects.get(pk=order.pk), by=by),
    )

    order.refresh_from_db()
    assert order.state == "planned"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_number", range(5))
def test_cancelling_and_publishing_at_once_never_leave_a_stop_of_a_cancelled_order(round_number):
    by, route, order = UserFactory(), RouteFactory(), placed()
    route.add(placed(), by=by)
    route.add(order, by=by)

    outcomes = at_once(
        lambda: Route.objects.get(pk=route.pk).publish(by=by),
        lambda: Order.objects.get(pk=order.pk).cancel(by=by, reason="no"),
    )

    assert codes(outcomes) == ["NoneType", "NoneType"]
    assert Stop.objects.filter(order=order).count() == 0
    assert set(Order.objects.filter(stops__route=route).values_list("state", flat=True)) == {"planned"}
