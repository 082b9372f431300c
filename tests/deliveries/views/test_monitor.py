"""The day at a glance in a browser."""

import uuid

import pytest
from django.utils import timezone

from customers.models import Incident
from deliveries.models import Device, Review
from tests.factories import RouteFactory, UserFactory, placed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

MONITOR = "/monitor/"


@pytest.mark.parametrize("role", ["dispatcher", "manager", "ops"])
def test_who_watches(signed_in, request, role):
    assert signed_in(request.getfixturevalue(role)).get(MONITOR).status_code == 200


def test_a_customer_does_not_watch(signed_in, customer_person):
    assert signed_in(customer_person).get(MONITOR).status_code == 403


def test_a_driver_does_not_watch(signed_in, driver):
    assert signed_in(driver.user).get(MONITOR).status_code == 403


def test_it_shows_what_must_be_looked_at(signed_in, manager):
    order = placed(is_gas_out=True)
    Incident.objects.create(kind="leak", text="聞到味道")
    review = Review.open(Review.Kind.CASH, reason="瑞1 少 50")

    page = signed_in(manager).get(MONITOR).content.decode()

    assert order.number in page
    assert "聞到味道" in page
    assert f"#review-{review.pk}" in page


def test_a_poll_gets_the_part(signed_in, manager):
    page = signed_in(manager, **{"HX-Request": "true"}).get(MONITOR).content.decode()

    assert 'id="today"' in page
    assert "<html" not in page


CHANGES = {
    "an order": lambda by: placed(),
    "a review": lambda by: Review.open(Review.Kind.CASH, reason="少 50"),
    "an incident": lambda by: Incident.objects.create(kind="leak", text="聞到味道"),
    "a phone": lambda by: Device.objects.create(key=uuid.uuid4(), user=by, unsent=1, oldest_unsent_at=timezone.now()),
    "a route": lambda by: RouteFactory(),
}


def test_a_poll_costs_one_query_while_nothing_changed(signed_in, manager, django_assert_num_queries, monkeypatch):
    browser = signed_in(manager, **{"HX-Request": "true"})
    placed()
    tag = browser.get(MONITOR)["ETag"]

    with django_assert_num_queries(3):  # the session, the person, and the one of the page
        answer = browser.get(MONITOR, headers={"If-None-Match": tag})

    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize("what", CHANGES)
def test_a_poll_is_answered_when_something_changed(signed_in, manager, what):
    browser = signed_in(manager, **{"HX-Request": "true"})
    tag = browser.get(MONITOR)["ETag"]

    CHANGES[what](manager)

    assert browser.get(MONITOR, headers={"If-None-Match": tag}).status_code == 200


def test_the_queries_do_not_grow(signed_in, manager, django_assert_max_num_queries):
    browser, by = signed_in(manager), UserFactory()

    def more():
        route = RouteFactory()
        route.add(placed(), by=by)
        route.publish(by=by)
        placed(is_gas_out=True)
        Incident.objects.create(kind="leak", text="聞到味道")
        Review.open(Review.Kind.CASH, reason="少 50", order=placed())
        Device.objects.create(key=uuid.uuid4(), user=by, unsent=1, oldest_unsent_at=timezone.now())

    more()
    browser.get(MONITOR)
    with django_assert_max_num_queries(15) as few:
        browser.get(MONITOR)
    more()
    more()

    with django_assert_max_num_queries(15) as many:
        browser.get(MONITOR)

    assert len(few) == len(many)
