"""One order goes all the way: a customer orders, the office plans, a driver delivers, the customer sees it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from customers.models import AccountEntry
from luckygas.models import DRIVER
from orders.models import CylinderMovement, Order, Place
from tests.browser.conftest import DESK
from tests.conftest import MORNING
from tests.factories import ContactFactory, DriverFactory, UserFactory, priced
from tests.soundness import assert_sound

pytestmark = [pytest.mark.usefixtures("morning", "web_ordering")]


@pytest.fixture
def driver(transactional_db):
    return DriverFactory(user=UserFactory(username="driver", name="阿德", roles=[DRIVER]))


def test_from_the_tap_to_both_ledgers(page_for, customer_person, dispatcher, driver):
    twenty = priced()
    customer = customer_person.memberships.get().customer
    ContactFactory(customer=customer)
    phone, board, truck = page_for(customer_person), page_for(dispatcher, DESK), page_for(driver.user)
    for window in (phone, board, truck):
        window.clock.set_system_time(MORNING)

    phone.goto("/orders/new/")
    phone.get_by_label("還有火").check()
    phone.get_by_label("20 公斤", exact=True).fill("2")
    phone.get_by_label("20 公斤空瓶", exact=True).fill("1")
    phone.get_by_role("button", name="叫瓦斯").click()
    expect(phone).to_have_url(re.compile(r"/orders/\d{7}-\d+/"))
    order = Order.objects.get()

    board.goto("/dispatch/")
    board.keyboard.press("F9")
    board.get_by_label("路線代號").fill("瑞1")
    board.get_by_label("司機").select_option(label=f"阿德 · {driver.vehicle.plate}")
    board.get_by_role("button", name="開這條路線").click()
    lane = board.get_by_role("region", name="瑞1")
    board.get_by_role("checkbox", name=customer.name, exact=True).check()
    board.get_by_role("group", name="把勾的排到路線").get_by_role("button", name="瑞1").click()
    expect(lane.locator(".visit")).to_have_count(1)
    lane.get_by_role("button", name="發布").click()
    expect(lane).to_contain_text("已發布")

    truck.goto("/drive/")
    truck.get_by_role("link", name="裝車，出發").click()
    truck.get_by_label("牌子看過了，都沒過期").check()
    truck.get_by_role("button", name="裝好了，出發").click()
    truck.get_by_role("button", name="到了").or_(truck.get_by_role("link", name="到了")).first.click()
    truck.get_by_label("沒漏").check()
    truck.get_by_label("現金，剛好").check()
    truck.get_by_label("客人沒簽名").check()
    truck.get_by_role("button", name=re.compile("完成")).click()
    expect(truck.get_by_text("都跑完了")).to_be_visible()
    truck.clock.fast_forward(11_000)  # past the time in which it can be undone
    expect(truck.get_by_text("送完 1 站")).to_be_visible()

    phone.goto(order.get_absolute_url())
    expect(phone.get_by_role("heading", name="送達")).to_be_visible()
    legs = AccountEntry.objects.values_list("purpose", "account", "amount_twd")
    assert set(legs) == {
        ("charge", "receivable", 1640),
        ("charge", "sales", -1640),
        ("deposit", "receivable", 1000),
        ("deposit", "deposit", -1000),
        ("received", "cash", 2640),
        ("received", "receivable", -2640),
    }
    moved = CylinderMovement.objects.filter(cause_kind="order").values_list("quantity", "from_state", "to_state")
    assert set(moved) == {(2, "full", "in_use"), (1, "in_use", "empty")}
    assert dict(Place.of_site(order.site).stock()) == {(twenty.pk, "in_use"): 1}
    assert_sound()
