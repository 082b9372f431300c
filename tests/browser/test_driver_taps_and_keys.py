"""How many taps a usual visit takes, and a driver's day with a keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from deliveries.models import DriverEvent, Route
from orders.wishes import Item
from tests.browser.driving import PHONE, all_sent, key, leave, next_action
from tests.deliveries.reporting import published, stop_of
from tests.factories import ContactFactory, CustomerFactory, SiteFactory, placed

COUNT_TAPS = """() => {
  let taps = 0;
  document.addEventListener("pointerup", () => { sessionStorage.taps = ++taps; });
}"""


@pytest.fixture
def orders(driver, twenty):
    """Gas that ran out at a new customer's, and a usual order of an old one."""
    known = SiteFactory(customer=CustomerFactory(legacy_code="0000217"))
    two = (Item(twenty, 2, 2),)
    orders = [placed(items=two, is_gas_out=True), placed(site=known, items=two)]
    for order in orders:
        ContactFactory(customer=order.customer)
    return orders


def test_a_usual_exchange_takes_three_taps_after_arriving(page_for, driver, orders):
    """As ordered, as many empties back, cash as due, nobody signs; nothing is chosen beforehand."""
    published(driver, *orders[1:])
    page = page_for(driver.user, PHONE)
    page.clock.install()
    leave(page)
    next_action(page).click()
    expect(page.locator("#visit")).to_be_visible()
    assert page.locator("#visit input:checked").count() == 0
    page.evaluate(COUNT_TAPS)

    page.get_by_label("現金，剛好").check()
    page.get_by_label("客人沒簽名").check()
    key(page, "完成").click()
    expect(page.locator(".undo")).to_be_visible()

    assert page.evaluate("sessionStorage.taps") == "3"
    page.clock.fast_forward(11_000)
    expect(page.locator("li[data-state=done]")).to_be_visible()
    assert stop_of(orders[1]).state == "done"


def test_a_leak_check_is_a_tap_of_its_own(page_for, driver, orders):
    published(driver, *orders)
    page = page_for(driver.user, PHONE)
    leave(page)
    next_action(page).click()
    expect(page.locator("#visit")).to_be_visible()

    page.get_by_label("現金，剛好").check()
    page.get_by_label("客人沒簽名").check()
    key(page, "完成").click()

    expect(page.locator(".hand-part[data-state=needed]")).to_have_attribute("aria-labelledby", "leak")
    expect(page.locator("[name=leak_check]").first).to_be_in_viewport()
    assert stop_of(orders[0]).events.filter(kind="deliver").count() == 0


# --- a keyboard alone ---
FOCUS = """(element) => {
  if (element !== document.activeElement) return null;
  const ringed = [element, element.closest("label, .count")].filter(Boolean).some((each) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle === "solid" && parseFloat(outlineWidth) >= 3;
  });
  const whole = element.closest("label") ?? element;
  const box = whole.getBoundingClientRect();
  const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return { ringed, obscured: !whole.contains(at) };
}"""


def tab_to(page: Page, target: Locator) -> None:
    """Tab until it has the focus, and see that one sees it: a ring, and no bar on top of it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if focus := target.evaluate(FOCUS):  # asked at once: what is sent meanwhile may draw the page anew
            break
    assert focus == {"ringed": True, "obscured": False}


def choose(page: Page, target: Locator) -> None:
    tab_to(page, target)
    page.keyboard.press("Space")


def go(page: Page) -> None:
    tab_to(page, next_action(page))
    page.keyboard.press("Enter")


def test_a_whole_day_with_the_keyboard_alone(page_for, driver, orders):
    published(driver, *orders)
    page = page_for(driver.user, PHONE)
    page.goto("/drive/")

    go(page)
    page.wait_for_url("**/load/")
    choose(page, page.get_by_label("牌子看過了，都沒過期"))
    go(page)
    page.wait_for_url("**/drive/")
    go(page)
    expect(page.locator(".arrived")).to_be_visible()
    choose(page, page.locator("[name=leak_check]").first)
    choose(page, page.get_by_role("button", name="交 20 公斤，少一支"))
    choose(page, page.get_by_label("下次補"))
    choose(page, page.get_by_role("button", name="收 20 公斤 空瓶，少一支"))
    choose(page, page.get_by_label("現金，剛好"))
    choose(page, page.get_by_label("客人沒簽名"))
    go(page)
    expect(page.locator(".undo")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_label("下次補")).to_be_checked()
    go(page)
    expect(page.locator(".undo")).to_be_visible()
    tab_to(page, page.get_by_role("link", name=re.compile(f"^{orders[1].customer.name}")))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="送不成"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/fail/")
    choose(page, page.get_by_label("不在家"))
    choose(page, page.get_by_label("公司打電話"))
    go(page)
    expect(page.get_by_text("都跑完了")).to_be_visible()
    go(page)
    page.wait_for_url("**/summary/")
    go(page)
    expect(page.locator(".closed")).to_be_visible()
    all_sent(page)

    assert [stop_of(order).state for order in orders] == ["done", "failed"]
    assert Route.objects.get().state == "closed"
    assert DriverEvent.objects.exclude(state="applied").count() == 0
