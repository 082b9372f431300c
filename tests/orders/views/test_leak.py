"""Somebody writes of a leak where an order belongs: the office knows, whatever else is wrong with the form."""

from __future__ import annotations

import uuid

import pytest

from customers.models import Incident, Site
from luckygas.flags import ORDERS_PAUSED
from orders.models import Order
from pilot.models import Flag
from tests.factories import UserFactory, placed, wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning", "web_ordering", "twenty")]


@pytest.fixture
def site(customer_person) -> Site:
    return Site.objects.get(customer__memberships__user=customer_person)


@pytest.fixture
def web(customer_person, signed_in):
    return signed_in(customer_person)


def typed(site: Site, **more: object) -> dict[str, object]:
    wished = {"site": site.pk, "is_gas_out": "no", "quantity_20": "1", "when": "now", "note": "廚房有瓦斯味"}
    return {"operation_id": uuid.uuid4()} | wished | more


def test_it_is_an_incident_once_and_never_an_order(web, site, customer_person):
    pages = [web.post("/orders/new/", typed(site, is_gas_out="")) for _again in range(2)]

    incident = Incident.objects.get()
    assert (incident.kind, incident.site, incident.text) == ("leak", site, "廚房有瓦斯味")
    assert incident.opened_by == customer_person
    assert all((page.status_code, "公司已經知道了" in page.content.decode()) == (422, True) for page in pages)
    assert not Order.objects.exists()


def test_while_orders_are_paused_too(web, site):
    Flag.objects.create(name=ORDERS_PAUSED, everyone=True)

    web.post("/orders/new/", typed(site))

    assert Incident.objects.filter(site=site).exists()


def test_on_the_page_that_changes_an_order(web, site):
    order = placed(wish(site), by=UserFactory())

    page = web.post(f"/orders/{order.number}/change/", typed(site))

    assert (page.status_code, Incident.objects.get().site) == (422, site)


def test_counting_again_while_somebody_types_tells_nobody(web, site):
    web.post("/orders/new/", typed(site, recount="1"))

    assert not Incident.objects.exists()
