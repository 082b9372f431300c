"""Every way in which an order comes to be, against every switch; and that all of them decide a customer alike."""

from __future__ import annotations

import json
import uuid

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from deliveries.models import DriverEvent
from luckygas.flags import CHANNELS, SWITCHES, WEB_ORDERING, decide
from orders.models import Order
from orders.standing.generator import run
from pilot.models import Flag
from tests.api.test_order_templates_api import Machine
from tests.deliveries.reporting import departed, handed, raw, row, send, stop_of
from tests.factories import (
    CustomerFactory,
    MembershipFactory,
    SiteFactory,
    StandingOrderFactory,
    UserFactory,
    given,
    placed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


class Ways:
    """One customer, and a real request for each way by which an order of theirs can come."""

    def __init__(self, signed_in, dispatcher, driver, route, site) -> None:
        self.signed_in, self.dispatcher, self.driver, self.route, self.site = signed_in, dispatcher, driver, route, site
        self.customer = site.customer

    def asked(self):
        return {"operation_id": uuid.uuid4(), "site": self.site.pk, "is_gas_out": "no"}

    def web(self):
        person = UserFactory(roles=["customer"])
        MembershipFactory(user=person, customer=self.customer)
        typed = self.asked() | {"quantity_20": "1", "empties_20": "1", "when": "now", "note": ""}
        return self.signed_in(person).post("/orders/new/", typed)

    def desk(self):
        typed = {
            "operation_id": uuid.uuid4(),
            "site": self.site.pk,
            "is_gas_out": "no",
            "when": "now",
            "quantity_20": "2",
        }
        return self.signed_in(self.dispatcher).post(reverse("orders:take", args=[self.customer.number]), typed)

    def counter(self):
        typed = {
            "operation_id": uuid.uuid4(),
            "site": self.site.pk,
            "is_gas_out": "no",
            "when": "now",
            "quantity_20": "1",
        }
        typed |= {"is_at_counter": "on", "method": "cash", "received_twd": "820", "leak_check": "passed"}
        return self.signed_in(self.dispatcher).post(reverse("orders:take", args=[self.customer.number]), typed)

    def template(self):
        standing = StandingOrderFactory(site=self.site)
        typed = {"operation_id": uuid.uuid4(), "is_gas_out": "no"}
        return self.signed_in(self.dispatcher).post(reverse("orders:make_standing", args=[standing.pk]), typed)

    def api(self):
        standing = StandingOrderFactory(site=self.site)
        said = {"operation_id": str(uuid.uuid4()), "is_gas_out": False}
        return Machine(self.dispatcher)("post", f"/api/v1/templates/{standing.pk}/orders", said)

    def standing(self):
        today = timezone.localdate()
        StandingOrderFactory(site=self.site, rhythm="every", every_days=1, starts_on=today)
        with time_machine.travel(f"{today}T18:00+08:00", tick=False):
            return run()

    def sale(self):
        payment = {"method": "cash", "received_twd": 820}
        told = {"buyer": str(self.customer.number), "items": [row()], "leak_check": "passed", "payment": payment}
        return send(self.driver, raw("sale", route=self.route.pk, **told))


STOPPED_BY = {"web": "web", "desk": "desk", "counter": "desk", "template": "desk", "api": "api", "standing": "standing"}
WAYS = [*STOPPED_BY, "sale"]  # what a driver reports is never stopped


@pytest.fixture
def ways(signed_in, dispatcher, driver, twenty):
    given(everyone=True)
    site = SiteFactory(customer=CustomerFactory(legacy_code="0000217"))
    return Ways(signed_in, dispatcher, driver, departed(driver, placed()), site)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("switch", [*SWITCHES, None])
def test_each_switch_stops_its_channels_and_no_other(ways, ops, way, switch):
    if switch:
        Flag.change(switch, by=ops, reason="test", everyone=True)

    answer = getattr(ways, way)()

    is_stopped = bool(switch) and STOPPED_BY.get(way) in SWITCHES[switch]
    assert Order.objects.filter(customer=ways.customer).count() == (0 if is_stopped else 1)
    if is_stopped and way != "standing":
        assert (answer.status_code, answer["Retry-After"], answer.is_paused) == (503, "300", True)


@pytest.mark.parametrize("way", WAYS)
def test_one_pull_of_everything_holds_in_the_next_request_of_every_channel(ways, ops, way):
    Flag.pause(by=ops, reason="test", channels=frozenset(CHANNELS))

    getattr(ways, way)()

    assert Order.objects.filter(customer=ways.customer).exists() is (way == "sale")


def test_what_drivers_report_is_taken_while_everything_is_stopped(ways, ops, driver):
    Flag.pause(by=ops, reason="test", channels=frozenset(CHANNELS))
    order = Order.objects.get()

    answer = send(driver, handed(stop_of(order), row()))

    order.refresh_from_db()
    assert (answer["state"], order.state) == ("applied", "delivered")
    assert DriverEvent.objects.count() == 1


# --- the same decision ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("everyone, lists, is_on", [(None, True, True), (None, False, False), (True, True, True)])
def test_every_way_stores_the_same_decision(ways, everyone, lists, is_on, capsys):
    """What the order stores is what the command says and what any code is told, whoever asked."""
    given(everyone=everyone, allow_customers=[ways.customer.number] if lists else [], allow_roles=["dispatcher"])
    for way in WAYS:
        getattr(ways, way)()

    decisions = {order.channel: order.decision["flags"] for order in Order.objects.filter(customer=ways.customer)}

    assert set(decisions) >= {"phone", "counter", "api", "standing"} | ({"web"} if is_on else set())
    call_command("pilot", "decide", str(ways.customer.number))
    told = json.loads(capsys.readouterr().out)
    assert told.pop("customer") == ways.customer.number
    assert told[WEB_ORDERING] is is_on
    assert all(flags == told for flags in decisions.values())
    assert decide(customer=Customer.objects.get(pk=ways.customer.pk)).flags == told


def test_every_order_of_the_product_is_decided_for_its_customer():
    """No code that can make an order asks for a decision without saying for which customer."""
    import ast

    from tests.test_conventions import ROOT, SOURCES

    lonely = []
    for path in [path for path in SOURCES if path.relative_to(ROOT).parts[0] != "pilot"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", getattr(node.func, "attr", "")) != "decide":
                continue
            if not any(keyword.arg == "customer" for keyword in node.keywords) and not node.args:
                lonely.append(str(path.relative_to(ROOT)))

    allowed = {  # these only look whether a switch is pulled, or decide about a person
        "deliveries/views/positions.py",
        "orders/views/desk.py",
        "orders/views/standing.py",
    }
    assert set(lonely) <= allowed
