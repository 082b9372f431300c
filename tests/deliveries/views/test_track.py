"""Tracking: for whoever has the link, for a while, and about nobody."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client

from deliveries.approach import Approach
from orders.handover import Handed, Handover
from orders.models import Order
from orders.models.order import TRACKING_DAYS
from tests.factories import (
    AreaFactory,
    ContactFactory,
    CustomerFactory,
    DepotFactory,
    RouteFactory,
    SiteFactory,
    placed,
    priced,
    wish,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def order(twenty) -> Order:
    customer = CustomerFactory(name="林太太的名字")
    ContactFactory(customer=customer, phone="+886900000456", name="林先生")
    return placed(wish(SiteFactory(customer=customer, address="臺東市福泰路 20 號", label="老家")))


def on_a_route(order: Order, *, before: int):
    """Departed, with so many stops of others first."""
    route = RouteFactory()
    for _ in range(before):
        route.add(placed(wish(SiteFactory(area=AreaFactory(code="四", name="四維")))), by=order.placed_by)
    route.add(order, by=order.placed_by)
    route.publish(by=order.placed_by)
    route.depart(by=order.placed_by)
    order.refresh_from_db()
    return route


def finish(route, count: int) -> None:
    for stop in list(route.stops.order_by("position"))[:count]:
        stop.finish(by=route.driver.user)


def test_a_stranger_sees_where_the_order_stands_and_nothing_about_whose_it_is(client, order):
    response = client.get(f"/track/{order.track_token}/")

    page = response.content.decode()
    assert response.status_code == 200
    assert order.number in page
    for secret in ("林太太", "林先生", "福泰路", "老家", "0900-000-456", "820", order.customer.code):
        assert secret not in page


def test_stops_before_you_and_the_time_follow_the_driver(client, order):
    route = on_a_route(order, before=3)

    first = client.get(f"/track/{order.track_token}/").context["approach"]
    finish(route, 2)
    second = client.get(f"/track/{order.track_token}/").context["approach"]

    assert (first.before, second.before, second.area) == (3, 1, "四維")
    assert second.starts_at < first.starts_at
    assert second.strip.count("you") == 1


def test_the_last_stop_before_and_the_driver_at_the_door_are_said(client, order):
    route = on_a_route(order, before=1)
    finish(route, 1)
    next_one = client.get(f"/track/{order.track_token}/").content.decode()
    route.stops.get(order=order).arrive(by=route.driver.user)

    here = client.get(f"/track/{order.track_token}/").content.decode()

    assert "下一站就是您" in next_one
    assert "師傅到門口了" in here


def test_htmx_gets_the_live_part(client, order):
    part = client.get(f"/track/{order.track_token}/", headers=HTMX).content.decode()

    assert part.lstrip().startswith('<section class="sign"')


def test_an_order_that_waits_has_no_approach(order):
    assert Approach.of(order) is None


def deliver(order: Order) -> None:
    handed = Handed(priced(), 1, 1)
    order.deliver(Handover((handed,), leak_check="passed"), place=DepotFactory().place, by=order.placed_by)


def test_the_link_ends_some_days_after_delivery(client, order):
    deliver(order)
    last = order.delivered_at + dt.timedelta(days=TRACKING_DAYS)

    with time_machine.travel(last - dt.timedelta(minutes=1)):
        open_still = client.get(f"/track/{order.track_token}/").status_code
    with time_machine.travel(last + dt.timedelta(minutes=1)):
        over = client.get(f"/track/{order.track_token}/").status_code

    assert (open_still, over) == (200, 404)


def test_the_link_of_an_order_that_never_came_ends_after_its_promise(client, order):
    with time_machine.travel(order.promised_to + dt.timedelta(days=TRACKING_DAYS, minutes=1)):
        assert client.get(f"/track/{order.track_token}/").status_code == 404


@pytest.mark.parametrize("token", ["x", "A" * 22, "1", "林"])
def test_a_made_up_link_is_404(client, order, token):
    assert client.get(f"/track/{token}/").status_code == 404


def test_the_token_has_128_bits_and_no_page_keeps_it(client, order):
    other = placed(wish(order.site))

    response = client.get(f"/track/{order.track_token}/")

    assert len(order.track_token) == 22
    assert order.track_token != other.track_token
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex")
    assert response["Referrer-Policy"] == "same-origin"


def test_tracking_only_reads(client, order):
    assert client.post(f"/track/{order.track_token}/").status_code == 405


@pytest.mark.parametrize("before", [1, 3])
def test_tracking_asks_the_database_as_often_for_one_stop_as_for_three(order, before, django_assert_num_queries):
    on_a_route(order, before=before)
    client = Client()
    client.get(f"/track/{order.track_token}/")

    with django_assert_num_queries(6):
        client.get(f"/track/{order.track_token}/")


def test_an_office_person_may_follow_the_link_too(order, dispatcher, signed_in):
    assert signed_in(dispatcher).get(f"/track/{order.track_token}/").status_code == 200
