"""A customer orders: what the page offers, what it takes, and what it refuses with a sentence at the field."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from customers.models import Membership, Site
from luckygas.flags import ORDERS_PAUSED, WEB_ORDERING
from orders.models import Order
from pilot.models import Flag
from tests.factories import (
    CustomerFactory,
    MembershipFactory,
    SiteFactory,
    SlotFactory,
    UserFactory,
    placed,
    priced,
    wish,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning", "web_ordering")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def site(customer_person, twenty) -> Site:
    return Site.objects.get(customer__memberships__user=customer_person)


@pytest.fixture
def web(customer_person, signed_in):
    return signed_in(customer_person)


def typed(site: Site, **more: object) -> dict[str, object]:
    """A form as its page would send it."""
    return {
        "operation_id": uuid.uuid4(),
        "site": site.pk,
        "is_gas_out": "no",
        "quantity_20": "1",
        "empties_20": "1",
        "when": "now",
        "note": "",
    } | more


def test_an_order_confirms_itself_and_its_page_is_shown_when_it_breaks_no_rule(web, site, customer_person):
    response = web.post("/orders/new/", typed(site, note="按 2 樓電鈴"))

    order = Order.objects.get()
    assert (response.status_code, response["Location"]) == (303, order.get_absolute_url())
    assert (order.state, order.channel, order.placed_by, order.note) == ("confirmed", "web", customer_person, "按 2 樓電鈴")
    assert order.variant == "web_ordering"


def test_htmx_is_sent_to_the_order(web, site):
    response = web.post("/orders/new/", typed(site), headers=HTMX)

    assert (response.status_code, response["HX-Redirect"]) == (204, Order.objects.get().get_absolute_url())


def test_the_same_form_sent_twice_is_one_order(web, site):
    form = typed(site)

    first, second = (web.post("/orders/new/", form) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1


def test_a_restored_form_with_other_contents_is_refused_and_names_the_order(web, site):
    form = typed(site)
    web.post("/orders/new/", form)

    response = web.post("/orders/new/", form | {"quantity_20": "2"})

    assert response.status_code == 422
    assert Order.objects.get().number in response.content.decode()
    assert Order.objects.get().lines.get().ordered == 1
