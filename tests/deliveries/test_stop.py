"""One visit: arriving, finishing, failing."""

import pytest

from customers.models import Message
from luckygas.errors import Refused
from tests.factories import RouteFactory, UserFactory, placed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def stop(db):
    """The only stop of a route on the road."""
    by, route = UserFactory(), RouteFactory()
    route.add(placed(), by=by)
    route.publish(by=by)
    route.depart(by=by)
    return route.stops.select_related("order").get()


@pytest.fixture
def by(stop):
    return stop.route.driver.user


def test_arriving_is_written_down_once(stop, by):
    stop.arrive(by=by)
    first = stop.arrived_at

    stop.arrive(by=by)

    assert (stop.state, stop.arrived_at) == ("arrived", first)


def test_arriving_tells_the_office(stop, by, monkeypatch):
    told = []
    monkeypatch.setattr("luckygas.live.changed", lambda kind, key: told.append((kind, key)))

    stop.arrive(by=by)

    assert told == [("route", stop.route_id)]


def test_finishing_keeps_who_and_when(stop, by):
    stop.finish(by=by)

    stop.refresh_from_db()
    assert (stop.state, stop.finished_by) == ("done", by)
    assert stop.finished_at is not None


@pytest.mark.parametrize("verb", ["arrive", "finish"])
def test_a_finished_stop_is_over(stop, by, verb):
    stop.finish(by=by)

    with pytest.raises(Refused) as refused:
        getattr(stop, verb)(by=by)

    assert refused.value.code == "illegal_move"


def test_failing_brings_the_order_back_red_and_tells_the_customer(stop, by):
    stop.fail(by=by, reason="not_home", next_step="call")

    stop.order.refresh_from_db()
    assert (stop.state, stop.fail_reason, stop.next_step) == ("failed", "not_home", "call")
    assert (stop.order.state, stop.order.needs_day, stop.order.is_red) == ("confirmed", True, True)
    assert Message.objects.filter(customer=stop.order.customer, kind="failed").count() == 1


@pytest.mark.parametrize(("reason", "next_step"), [("", "call"), ("not_home", ""), ("bored", "call")])
def test_a_failure_says_why_and_what_next(stop, by, reason, next_step):
    with pytest.raises(Refused) as refused:
        stop.fail(by=by, reason=reason, next_step=next_step)

    stop.refresh_from_db()
    assert (refused.value.code, stop.state) == ("no_reason", "pending")


def test_a_failed_order_can_go_on_another_route(stop, by):
    stop.fail(by=by, reason="not_home", next_step="today")

    RouteFactory().add(stop.order, by=by)

    assert stop.order.stops.count() == 2


def test_how_many_stops_come_before(stop, by):
    second = stop.route.add(placed(), by=by)

    assert (stop.before, second.before) == (0, 1)
