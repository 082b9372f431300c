"""The day's board in a browser."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from deliveries.models import Route, Stop
from tests.factories import AreaFactory, DriverFactory, RouteFactory, SiteFactory, UserFactory, placed, wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

BOARD = "/dispatch/"


@pytest.fixture
def browser(signed_in, dispatcher):
    return signed_in(dispatcher)


@pytest.fixture
def htmx(signed_in, dispatcher):
    return signed_in(dispatcher, **{"HX-Request": "true"})


def route_with(count: int, **more) -> Route:
    by, route = UserFactory(), RouteFactory(**more)
    for _ in range(count):
        route.add(placed(), by=by)
    return route


def url(name: str, *args) -> str:
    return reverse(f"deliveries:{name}", args=args)


# --- the page --------------------------------------------------------------------------------------------------------
def test_the_board_shows_lanes_and_what_waits(browser):
    route, waiting = route_with(2, code="瑞7"), placed()

    page = browser.get(BOARD).content.decode()

    assert "瑞7" in page
    assert waiting.number in page
    assert str(route.driver) in page
    assert page.count('class="visit"') == 2


def test_the_board_of_another_day(browser):
    RouteFactory(code="明1", day=timezone.localdate() + dt.timedelta(days=1))

    assert "明1" not in browser.get(BOARD).content.decode()
    assert "明1" in browser.get(f"{BOARD}?day={timezone.localdate() + dt.timedelta(days=1)}").content.decode()


@pytest.mark.parametrize("day", ["", "tomorrow", "2026-13-40", "9" * 40])
def test_a_day_that_is_none_is_today(browser, day):
    RouteFactory(code="今1")

    assert "今1" in browser.get(BOARD, {"day": day}).content.decode()


def test_a_poll_gets_the_board_alone(htmx):
    page = htmx.get(BOARD).content.decode()

    assert page.lstrip().startswith('<div class="board" id="board"')
    assert "<html" not in page


def test_a_poll_costs_one_query_while_nothing_changed(htmx, django_assert_num_queries):
    route_with(2)
    tag = htmx.get(BOARD)["ETag"]

    with django_assert_num_queries(3):  # the session, the person, and the one of the board
        answer = htmx.get(BOARD, headers={"If-None-Match": tag})

    assert (answer.status_code, answer.content) == (304, b"")


CHANGES = {
    "a new order": lambda route, waiting, by: placed(),
    "an order cancelled": lambda route, waiting, by: waiting.cancel(by=by, reason="no"),
    "an order put on": lambda route, waiting, by: route.add(waiting, by=by),
    "stops moved": lambda route, waiting, by: route.reorder(route.stops.first(), 2, by=by),
    "published": lambda route, waiting, by: route.publish(by=by),
    "arrived": lambda route, waiting, by: route.stops.first().arrive(by=by),
    "a new route": lambda route, waiting, by: RouteFactory(),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_poll_is_answered_when_something_changed(htmx, dispatcher, what):
    route, waiting = route_with(2), placed()
    tag = htmx.get(BOARD)["ETag"]

    CHANGES[what](route, waiting, dispatcher)

    assert htmx.get(BOARD, headers={"If-None-Match": tag}).status_code == 200


def test_the_queries_do_not_grow_with_what_is_on_the_board(browser, django_assert_max_num_queries):
    route_with(1)
    placed()
    browser.get(BOARD)
    with django_assert_max_num_queries(15) as few:
        browser.get(BOARD)

    for _ in range(2):
        route_with(3)
        placed(wish(SiteFactory(area=AreaFactory(code="南", name="南迴線", kind="line"))))
    with django_assert_max_num_queries(15) as many:
        browser.get(BOARD)

    assert len(few) == len(many)


@pytest.mark.parametrize("role", ["customer_person", "ops"])
def test_only_the_office_dispatches(signed_in, request, role):
    assert signed_in(request.getfixturevalue(role)).get(BOARD).status_code == 403


# --- putting on ------------------------------------------------------------------------------------------------------
def test_several_orders_are_put_on_a_route(browser):
    route, orders = RouteFactory(), [placed(), placed()]

    answer = browser.post(url("add_stop", route.pk), {"order": [order.pk for order in orders]})

    assert (answer.status_code, answer["Location"]) == (303, f"{BOARD}?day={route.day}")
    assert route.stops.count() == 2


def test_htmx_gets_the_board_again(htmx):
    route, order = RouteFactory(), placed()

    answer = htmx.post(url("add_stop", route.pk), {"only": order.pk, "order": placed().pk})

    assert (answer.status_code, answer["HX-Retarget"]) == (200, "#board")
    assert "changed-route" in answer["HX-Trigger-After-Swap"]
    assert route.stops.get().order == order


def test_each_order_has_its_own_outcome(browser):
    route, fits = RouteFactory(), placed()
    lane = placed(wish(SiteFactory(vehicle=2)))

    answer = browser.post(url("add_stop", route.pk), {"order": [fits.pk, lane.pk]}, follow=True)

    page = answer.content.decode()
    assert [stop.order for stop in route.stops.all()] == [fits]
    assert f"{lane.customer} {lane.number}" in page


@pytest.mark.parametrize("given", [{}, {"order": "abc"}, {"order": "-3"}, {"only": "9" * 30}, {"order": "９"}])
def test_nothing_ticked_changes_nothing(htmx, given):
    route = RouteFactory()
    placed()

    answer = htmx.post(url("add_stop", route.pk), given)

    assert answer.status_code == 422
    assert Stop.objects.count() == 0


def test_nothing_is_put_on_a_closed_route(htmx):
    route = RouteFactory(state="closed")

    answer = htmx.post(url("add_stop", route.pk), {"order": placed().pk})

    assert answer.status_code == 422
    assert Stop.objects.count() == 0


def test_putting_the_same_order_again_is_no_mistake(browser):
    route, order = RouteFactory(), placed()

    for _ in range(2):
        assert browser.post(url("add_stop", route.pk), {"order": order.pk}).status_code == 303

    assert route.stops.count() == 1


# --- one stop --------------------------------------------------------------------------------------------------------
def test_a_stop_shows_who_and_what(browser):
    stop = route_with(1).stops.get()

    page = browser.get(url("move_stop", stop.pk)).content.decode()

    assert stop.order.number in page
    assert stop.site.address in page


def test_a_stop_is_moved(htmx):
    first, second = route_with(2).stops.all()

    answer = htmx.post(url("move_stop", second.pk), {"position": 1})

    assert (answer.status_code, answer["HX-Retarget"]) == (200, "#board")
    assert list(Stop.objects.order_by("position")) == [second, first]


@pytest.mark.parametrize("position", ["", "0", "-1", "many", "9" * 20])
def test_a_place_that_is_none_changes_nothing(htmx, position):
    first, second = route_with(2).stops.all()

    answer = htmx.post(url("move_stop", second.pk), {"position": position})

    assert answer.status_code == 422
    assert list(Stop.objects.order_by("position")) == [first, second]


def test_a_finished_stop_is_not_moved(htmx, dispatcher):
    route = route_with(2)
    route.publish(by=dispatcher)
    route.depart(by=dispatcher)
    stop = route.stops.first()
    stop.finish(by=dispatcher)

    assert htmx.post(url("move_stop", stop.pk), {"position": 2}).status_code == 422


def test_a_stop_is_taken_off(htmx):
    stop = route_with(1).stops.get()

    answer = htmx.post(url("remove_stop", stop.pk))

    assert answer.status_code == 200
    assert Stop.objects.count() == 0


def test_a_stop_on_the_road_is_not_taken_off(htmx, dispatcher):
    route = route_with(1)
    route.publish(by=dispatcher)
    route.depart(by=dispatcher)

    answer = htmx.post(url("remove_stop", route.stops.get().pk))

    assert answer.status_code == 422
    assert "done" in answer["HX-Trigger-After-Swap"]  # closes the dialog, so that the sentence is seen
    assert Stop.objects.count() == 1


@pytest.mark.parametrize("name", ["move_stop", "remove_stop", "add_stop", "publish_route", "arrange_route", "route"])
def test_what_is_not_there_is_404(browser, name):
    method = browser.get if name == "route" else browser.post

    assert method(url(name, 999_999)).status_code == 404


# --- routes ----------------------------------------------------------------------------------------------------------
def test_a_route_is_drawn_up(browser, driver):
    day = timezone.localdate()

    answer = browser.post(url("create_route"), {"day": day, "code": "瑞9", "driver": driver.pk})

    assert answer.status_code == 303
    assert Route.objects.get().vehicle == driver.vehicle


def test_the_form_offers_drivers_without_a_route(browser, driver):
    busy = DriverFactory(user=UserFactory(name="忙著"))
    RouteFactory(driver=busy)

    page = browser.get(url("create_route")).content.decode()

    assert "忙著" not in page
    assert f'value="{driver.pk}"' in page


def test_a_code_that_is_taken_is_said_at_the_field(htmx, driver):
    RouteFactory(code="瑞9")

    answer = htmx.post(url("create_route"), {"day": timezone.localdate(), "code": "瑞9", "driver": driver.pk})

    assert answer.status_code == 422
    assert 'id="id_code_error"' in answer.content.decode()
    assert Route.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"day": ""}, {"day": "2020-01-01"}, {"code": ""}, {"code": "x" * 9}, {"driver": "999"}, {"vehicle": "no"}]
)
def test_a_wrong_route_is_not_drawn_up(htmx, driver, wrong):
    given = {"day": timezone.localdate(), "code": "瑞9", "driver": driver.pk} | wrong

    assert htmx.post(url("create_route"), given).status_code == 422
    assert Route.objects.count() == 0


def test_a_route_is_published(htmx):
    route = route_with(1)

    answer = htmx.post(url("publish_route", route.pk))

    route.refresh_from_db()
    assert (answer.status_code, route.state) == (200, "published")


def test_an_empty_route_is_not_published(htmx):
    route = RouteFactory()

    answer = htmx.post(url("publish_route", route.pk))

    route.refresh_from_db()
    assert (answer.status_code, route.state) == (422, "draft")


def test_the_stops_are_ordered(htmx):
    route, by = RouteFactory(), UserFactory()
    for at in ("22.80", "22.76", "22.78"):
        route.add(placed(wish(SiteFactory(latitude=at, longitude="121.145"))), by=by)

    answer = htmx.post(url("arrange_route", route.pk))

    assert answer.status_code == 200
    assert [f"{stop.site.latitude:.2f}" for stop in route.stops.order_by("position")] == ["22.76", "22.78", "22.80"]


def test_a_route_on_the_road_is_not_ordered(htmx, dispatcher):
    route = route_with(1)
    route.publish(by=dispatcher)
    route.depart(by=dispatcher)

    assert htmx.post(url("arrange_route", route.pk)).status_code == 422
