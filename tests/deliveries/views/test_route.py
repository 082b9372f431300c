"""One route in full: stops, load, money."""

import pytest
from django.urls import reverse

from customers.models import Payment
from deliveries.models import Stop
from luckygas.db import derived_id
from tests.factories import RouteFactory, UserFactory, placed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def browser(signed_in, dispatcher):
    return signed_in(dispatcher)


@pytest.fixture
def htmx(signed_in, dispatcher):
    return signed_in(dispatcher, **{"HX-Request": "true"})


@pytest.fixture
def route(db):
    """A route on the road with two stops; the first paid NT$820 in notes."""
    by, route = UserFactory(), RouteFactory(code="瑞1")
    for _ in range(2):
        route.add(placed(), by=by)
    route.publish(by=by)
    route.depart(by=by)
    stop = route.stops.first()
    Payment.record(
        operation_id=derived_id("test", stop.pk),
        customer=stop.order.customer,
        method="cash",
        received_twd=820,
        by=by,
        cause=("stop", stop.pk),
    )
    return route


def url(name, route):
    return reverse(f"deliveries:{name}", args=[route.pk])


def test_the_page_shows_stops_load_and_money(browser, route):
    answer = browser.get(url("route", route))

    page = answer.content.decode()
    assert [stop for stop, *_rest in answer.context["rows"]] == list(route.stops.all())
    assert [(product.code, count) for product, count in answer.context["load"]] == [("20", 2)]
    assert answer.context["cash_due_twd"] == 820
    assert route.stops.first().order.number in page


def test_htmx_gets_the_part(htmx, route):
    page = htmx.get(url("route", route)).content.decode()

    assert 'id="route"' in page
    assert "<html" not in page


def test_the_queries_do_not_grow_with_the_stops(browser, route, django_assert_max_num_queries):
    with django_assert_max_num_queries(15) as few:  # as the monitor: what the driver says of the shift stands here too
        browser.get(url("route", route))
    for _ in range(2):
        route.add(placed(), by=UserFactory())

    with django_assert_max_num_queries(15) as many:
        browser.get(url("route", route))

    assert len(few) == len(many)


def test_a_stop_is_moved_on_the_page_itself(htmx, route):
    first, second = route.stops.all()

    answer = htmx.post(reverse("deliveries:move_stop", args=[second.pk]), {"position": 1, "on": "route"})

    assert answer.status_code == 200
    assert 'id="route"' in answer.content.decode()
    assert list(Stop.objects.order_by("position")) == [second, first]


@pytest.mark.parametrize("position", ["", "0", "x"])
def test_a_wrong_place_is_said_on_the_page(htmx, route, position):
    second = route.stops.last()

    answer = htmx.post(reverse("deliveries:move_stop", args=[second.pk]), {"position": position, "on": "route"})

    assert answer.status_code == 422
    assert "notice" in answer.content.decode()
    assert route.stops.last() == second


def test_a_route_with_open_stops_is_not_closed(htmx, route):
    answer = htmx.post(url("close_route", route))

    route.refresh_from_db()
    assert (answer.status_code, route.state) == (422, "departed")


def test_a_route_is_closed(browser, route, dispatcher):
    for stop in route.stops.all():
        stop.fail(by=dispatcher, reason="not_home", next_step="call")

    answer = browser.post(url("close_route", route))

    route.refresh_from_db()
    assert (answer.status_code, route.state) == (303, "closed")


@pytest.mark.parametrize("name", ["route", "close_route"])
def test_a_driver_may_not(signed_in, driver, route, name):
    browser = signed_in(driver.user)

    answer = browser.get(url(name, route)) if name == "route" else browser.post(url(name, route))

    assert answer.status_code == 403


def test_a_route_that_is_not_there_is_404(browser):
    assert browser.post(reverse("deliveries:close_route", args=[999_999])).status_code == 404
