"""The phone rings: found, repeated, read back and saved without a mouse."""

import pytest
from playwright.sync_api import expect

from orders.handover import Handover
from orders.models import Order
from orders.wishes import Item
from tests.browser.conftest import DESK
from tests.factories import ContactFactory, CustomerFactory, DepotFactory, SiteFactory, placed, priced, wish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def noodles(dispatcher):
    """A shop that had two 20 kg last time."""
    twenty = priced()
    priced("16", gas=690, gas_kg=16)
    shop = CustomerFactory(name="阿金麵店", legacy_code="217")
    site = SiteFactory(customer=shop, address="臺東市海線路 112 號")
    ContactFactory(customer=shop, phone="+886900000123", digits="0900000123")
    order = placed(wish(site, items=(Item(twenty, 2, 2),)), by=dispatcher)
    order.deliver(Handover.as_ordered(order, leak_check="passed"), place=DepotFactory().place, by=dispatcher)
    return shop


def test_a_phone_order_by_keyboard_alone(page_for, dispatcher, noodles, axe):
    page = page_for(dispatcher, DESK)
    keys = page.keyboard
    page.goto("/desk/")

    keys.type("000-123")
    expect(page.get_by_role("link", name="阿金麵店")).to_be_visible()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="阿金麵店")).to_be_visible()

    expect(page.get_by_label("還有火")).to_be_focused()
    keys.press("Space")
    keys.press("F3")
    expect(page.get_by_role("textbox", name="20 公斤 叫幾支")).to_have_value("2")
    expect(page.get_by_text("一千六百四十元")).to_be_visible()
    axe(page)

    keys.press("F10")
    expect(page.get_by_role("status").get_by_text("存好了")).to_be_visible()
    order = Order.objects.latest("pk")
    assert page.url.endswith("/desk/")
    assert (order.channel, order.state, order.is_gas_out, order.summary()) == (
        "phone",
        "confirmed",
        False,
        "20 公斤 ×2",
    )

    page.goto("/orders/")
    expect(page.get_by_role("link", name=order.number)).to_be_visible()
    axe(page)


def test_a_call_is_parked_and_taken_up_again_as_it_was(page_for, dispatcher, noodles):
    page = page_for(dispatcher, DESK)
    page.goto(f"/desk/{noodles.number}/")
    keys = page.keyboard
    keys.press("F4")
    keys.press("Enter")
    expect(page.get_by_role("textbox", name="20 公斤 叫幾支")).to_be_focused()
    keys.type("3")
    expect(page.get_by_text("三支").first).to_be_visible()

    keys.press("F6")
    page.wait_for_url("**/desk/")
    expect(page.locator("#q")).to_be_focused()
    expect(page.get_by_role("link", name="阿金麵店")).to_be_visible()
    keys.press("ArrowDown")
    expect(page.get_by_role("link", name="阿金麵店")).to_be_focused()
    keys.press("Enter")

    expect(page.get_by_label("沒火了")).to_be_checked()
    expect(page.get_by_role("textbox", name="20 公斤 叫幾支")).to_have_value("3")
    expect(page.get_by_text("三支").first).to_be_visible()

    keys.press("F10")
    expect(page.get_by_role("status").get_by_text("存好了")).to_be_visible()
    expect(page.get_by_role("heading", name="擱著的")).to_be_hidden()
    assert Order.objects.latest("pk").lines.get().ordered == 3


def test_what_is_wrong_is_said_and_what_was_typed_stays(page_for, dispatcher, noodles, axe):
    page = page_for(dispatcher, DESK)
    page.goto(f"/desk/{noodles.number}/")
    page.keyboard.press("F3")
    expect(page.get_by_role("textbox", name="20 公斤 叫幾支")).to_have_value("2")

    page.keyboard.press("F10")

    expect(page.get_by_text("問一下現在還有沒有火")).to_be_visible()
    expect(page.get_by_role("textbox", name="20 公斤 叫幾支")).to_have_value("2")
    assert Order.objects.count() == 1
    axe(page)


def test_the_leak_page_is_one_key_away(page_for, dispatcher, noodles, axe):
    page = page_for(dispatcher, DESK)
    page.goto(f"/desk/{noodles.number}/")

    page.keyboard.press("F8")

    expect(page.get_by_role("heading", name="電話裡說漏氣")).to_be_visible()
    axe(page)
