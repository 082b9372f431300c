"""How fast the desk is by keyboard alone: keys counted, seconds measured, both within what was promised.

`make prove-desk` reads the figures from here.
"""

import json
import time
import uuid

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from customers.models import Customer, IncomingCall
from orders.handover import Handover
from orders.models import Order
from orders.wishes import Item
from tests.browser.conftest import DESK
from tests.factories import (
    AreaFactory,
    ContactFactory,
    CustomerFactory,
    DepotFactory,
    SiteFactory,
    placed,
    priced,
    wish,
)

pytestmark = pytest.mark.django_db(transaction=True)
MOST_KEYS, REPEAT_SECONDS, NEW_SECONDS = 5, 15, 60


class Hands:
    """The person at the keyboard: counts what they press, and looks at a clock."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys, self.began = page, 0, time.monotonic()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self.began, 1)


@pytest.fixture
def noodles(dispatcher):
    """A shop that had two 20 kg last time, and calls just now."""
    twenty = priced()
    shop = CustomerFactory(name="阿金麵店", legacy_code="217")
    site = SiteFactory(customer=shop, address="臺東市海線路 112 號")
    ContactFactory(customer=shop, phone="+886900000123", digits="0900000123")
    order = placed(wish(site, items=(Item(twenty, 2, 2),)), by=dispatcher)
    order.deliver(Handover.as_ordered(order, leak_check="passed"), place=DepotFactory().place, by=dispatcher)
    IncomingCall.ring(call_id=uuid.uuid4().hex, number="0900000123", at=timezone.now())
    return shop


def test_from_the_ring_to_the_usual_saved(page_for, dispatcher, noodles, record_property):
    page = page_for(dispatcher, DESK)
    page.goto("/desk/")
    hands = Hands(page)

    hands.press("Shift+F2")
    expect(page.get_by_role("heading", name="阿金麵店")).to_be_visible()
    expect(page.get_by_label("還有火")).to_be_focused()
    hands.press("Space", "F3")
    expect(page.get_by_text("一千六百四十元")).to_be_visible()
    hands.press("F10")
    expect(page.get_by_role("status").get_by_text("存好了")).to_be_visible()

    record_property("repeat", json.dumps({"keys": hands.keys, "seconds": hands.seconds}))
    assert Order.objects.latest("pk").lines.get().ordered == 2
    assert (hands.keys <= MOST_KEYS, hands.seconds <= REPEAT_SECONDS) == (True, True), (hands.keys, hands.seconds)


def test_somebody_new_with_their_first_order(page_for, dispatcher, record_property):
    priced()
    AreaFactory()
    page = page_for(dispatcher, DESK)
    page.goto("/desk/")
    hands = Hands(page)

    hands.press("F9")
    page.wait_for_url("**/customers/new/?desk")
    for name, text in (("phone", "0900000124"), ("address", "臺東市測試路 9 號"), ("name", "阿金早餐店")):
        while page.evaluate("document.activeElement.name") != name:
            hands.press("Tab")
            assert hands.keys < 60, f"no way to {name}"
        hands.type(text)
        if name == "address":
            hands.press("Tab", "ArrowDown")
    hands.press("F10")
    page.wait_for_url("**/desk/*/")
    expect(page.get_by_label("還有火")).to_be_focused()
    hands.press("Space", "Enter")
    expect(page.get_by_role("textbox", name="20 公斤 叫幾支")).to_be_focused()
    hands.type("1")
    expect(page.get_by_text("一支").first).to_be_visible()
    hands.press("F10")
    expect(page.get_by_role("status").get_by_text("存好了")).to_be_visible()

    record_property("new customer", json.dumps({"keys": hands.keys, "seconds": hands.seconds}))
    assert Order.objects.get().customer == Customer.objects.get(name="阿金早餐店")
    assert hands.seconds <= NEW_SECONDS
