"""The office works a day without a mouse: every journey here is keys alone."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from customers.models import Customer
from deliveries.models import Review, Route
from luckygas.models import DISPATCHER, DRIVER
from orders.models import Order
from tests.browser.conftest import DESK
from tests.factories import (
    AreaFactory,
    ContactFactory,
    CustomerFactory,
    DriverFactory,
    RouteFactory,
    SiteFactory,
    UserFactory,
    placed,
    priced,
    wish,
)

pytestmark = pytest.mark.django_db(transaction=True)
NARROW = {"width": 360, "height": 640}


@pytest.fixture
def dispatcher(transactional_db):
    return UserFactory(username="dispatcher", name="阿芬", roles=[DISPATCHER])


@pytest.fixture
def shops(dispatcher):
    """Two shops with a phone each; nobody ordered yet."""
    priced()
    priced("16", gas=690, gas_kg=16)
    made = []
    for name, digits in (("阿金麵店", "0900000123"), ("海風早餐", "0900000456")):
        shop = CustomerFactory(name=name)
        SiteFactory(customer=shop, address=f"臺東市海線路 {digits[-3:]} 號")
        ContactFactory(customer=shop, phone=f"+886{digits[1:]}", digits=digits)
        made.append(shop)
    return made


@pytest.fixture
def orders(transactional_db) -> list[Order]:
    """Three confirmed orders for today, whatever the clock says."""
    made = []
    for name, latitude in (("遠的", "22.79"), ("近的", "22.76"), ("中間的", "22.775")):
        made.append(
            placed(wish(SiteFactory(customer=CustomerFactory(name=name), latitude=latitude, longitude="121.145")))
        )
    end = timezone.make_aware(dt.datetime.combine(timezone.localdate(), dt.time(23, 59)))
    Order.objects.update(promised_on=timezone.localdate(), promised_from=end - dt.timedelta(hours=2), promised_to=end)
    return made


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def quantity(page: Page, size: str = "20"):
    return page.get_by_role("textbox", name=f"{size} 公斤 叫幾支")


def in_told(page: Page, words: str):
    return page.locator("#told").get_by_text(words)


# --- the phone ----------------------------------------------------------------
def test_two_calls_are_parked_and_taken_up_again_with_every_field(page_for, dispatcher, shops):
    page = page_for(dispatcher, DESK)
    keys = page.keyboard
    page.goto("/desk/")

    keys.type("000-123")
    expect(page.get_by_role("link", name="阿金麵店")).to_be_visible()
    press(page, "ArrowDown", "Enter")
    expect(page.get_by_label("還有火")).to_be_focused()
    press(page, "F4", "Enter")
    expect(quantity(page)).to_be_focused()
    keys.type("3")
    press(page, "Shift+F4", "ArrowUp")  # the last of the times: another day
    expect(page.get_by_label("其他日子")).to_be_checked()
    page.get_by_label("單上的話").focus()
    keys.type("?/1 等她問老闆")  # signs that are keys elsewhere
    expect(page.get_by_text("三支").first).to_be_visible()

    page.reload()
    expect(page.get_by_label("單上的話")).to_have_value("?/1 等她問老闆")
    press(page, "F6")
    page.wait_for_url("**/desk/")

    keys.type("000-456")
    expect(page.get_by_role("link", name="海風早餐")).to_be_visible()
    press(page, "Enter")
    expect(page.get_by_label("還有火")).to_be_focused()
    press(page, "Space", "F6")
    page.wait_for_url("**/desk/")

    press(page, "F6")
    expect(page.get_by_role("link", name="海風早餐")).to_be_focused()
    press(page, "ArrowDown")
    expect(page.get_by_role("link", name="阿金麵店")).to_be_focused()
    expect(page.get_by_role("link", name="阿金麵店")).to_contain_text("20 公斤 ×3 · ?/1 等她問老闆")
    press(page, "Enter")
    expect(page.get_by_label("沒火了")).to_be_checked()
    expect(quantity(page)).to_have_value("3")
    expect(page.get_by_label("其他日子")).to_be_checked()
    expect(page.get_by_label("單上的話")).to_have_value("?/1 等她問老闆")

    page.get_by_label("其他日子").focus()
    press(page, "1")
    expect(page.get_by_role("radio", name="現在")).to_be_checked()
    press(page, "F10")
    expect(in_told(page, "存好了")).to_be_visible()
    order = Order.objects.get()
    assert (order.is_gas_out, order.lines.get().ordered, order.note) == (True, 3, "?/1 等她問老闆")

    expect(page.get_by_role("link", name="海風早餐")).to_be_visible()
    press(page, "F6", "Enter")
    expect(page.get_by_role("heading", name="海風早餐")).to_be_visible()
    press(page, "F7")
    page.wait_for_url("**/desk/")
    expect(page.get_by_role("heading", name="擱著的")).to_be_hidden()


def test_going_back_to_a_call_that_was_saved_shows_its_order(page_for, dispatcher, shops):
    page = page_for(dispatcher, DESK)
    page.goto(f"/desk/{shops[0].number}/")
    expect(page.get_by_label("還有火")).to_be_focused()
    press(page, "Space", "Enter")
    page.keyboard.type("2")
    press(page, "F10")
    expect(in_told(page, "存好了")).to_be_visible()

    page.go_back()

    expect(in_told(page, "已經存好了")).to_be_visible()
    assert Order.objects.get().get_absolute_url() in page.url


# --- lists --------------------------------------------------------------------
def box_of(page: Page, order: Order) -> Locator:
    """What a row of the orders is entered by: the box that marks it."""
    return page.get_by_role("row").filter(has_text=order.number).get_by_role("checkbox")


def test_from_the_list_to_one_order_and_its_release(page_for, manager, shops):
    Customer.objects.filter(pk=shops[1].pk).update(settlement="monthly", is_blocked=True)
    held, other = placed(wish(shops[1].sites.get())), placed(wish(shops[0].sites.get()))
    assert held.state == "held"
    page = page_for(manager, DESK)
    page.goto("/orders/")

    press(page, "F6")
    expect(box_of(page, other)).to_be_focused()
    press(page, "End")
    expect(box_of(page, held)).to_be_focused()
    press(page, "Home", "ArrowDown", "Enter")
    expect(page.get_by_role("heading", name=held.number)).to_be_visible()
    press(page, "F10")
    expect(page.get_by_label("備註")).to_be_focused()
    page.keyboard.type("明天匯款")
    press(page, "F10")

    expect(in_told(page, "放行了")).to_be_visible()
    held.refresh_from_db()
    assert held.state == "confirmed"


def test_filters_stand_in_the_address_and_arrows_go_on_after_a_swap(page_for, dispatcher, shops):
    orders = [placed(wish(shop.sites.get())) for shop in shops]
    page = page_for(dispatcher, DESK)
    page.goto("/orders/")

    press(page, "F2")
    page.keyboard.type("海風")
    expect(page.get_by_role("row")).to_have_count(3)  # head, one order, totals
    expect(page).to_have_url(re.compile(r"text=%E6%B5%B7%E9%A2%A8"))
    expect(page.get_by_role("row").last).to_contain_text("1 張")
    press(page, "ArrowDown")
    expect(box_of(page, orders[1])).to_be_focused()
    page.evaluate("document.body.dispatchEvent(new CustomEvent('changed-order'))")
    page.wait_for_timeout(500)
    expect(box_of(page, orders[1])).to_be_focused()
    press(page, "Enter")
    expect(page.get_by_role("heading", name=orders[1].number)).to_be_visible()

    page.go_back()
    expect(page.get_by_label("單號、客人、電話、住址")).to_have_value("海風")
    expect(page.get_by_role("row")).to_have_count(3)
    page.keyboard.press("F2")
    press(page, "Delete", "Enter")
    expect(page.get_by_role("row")).to_have_count(4)


def test_the_head_and_the_totals_of_a_long_list_stay_in_sight(page_for, dispatcher, shops):
    for _each in range(30):
        placed(wish(shops[0].sites.get()))
    page = page_for(dispatcher, DESK)
    page.goto("/orders/")

    rows = page.get_by_role("row")
    expect(rows).to_have_count(32)

    press(page, "F6", "End")

    expect(rows.nth(30)).to_be_in_viewport()
    expect(rows.nth(1)).not_to_be_in_viewport()
    expect(page.get_by_role("columnheader", name="訂單")).to_be_in_viewport()
    expect(page.get_by_role("rowheader", name="這一頁 30 張")).to_be_in_viewport()


# --- customers ----------------------------------------------------------------
def test_a_customer_is_created_and_edited(page_for, dispatcher):
    AreaFactory()
    page = page_for(dispatcher, DESK)
    page.goto("/customers/")

    press(page, "F9")
    expect(page.get_by_role("heading", name="新客人")).to_be_visible()
    page.get_by_label("電話", exact=True).focus()
    page.keyboard.type("089-000-777")
    page.get_by_label("名稱").focus()
    page.keyboard.type("新開的店")
    press(page, "F10")
    expect(page.get_by_role("heading", name="新開的店")).to_be_visible()

    press(page, "F2")
    expect(page.get_by_label("名稱")).to_have_value("新開的店")
    page.get_by_label("名稱").focus()
    press(page, "End")
    page.keyboard.type("二店")
    press(page, "F10")
    expect(page.get_by_role("heading", name="新開的店二店")).to_be_visible()
    assert Customer.objects.get().name == "新開的店二店"


# --- dispatch -----------------------------------------------------------------
def test_a_day_is_planned_and_published(page_for, dispatcher, orders):
    driver = DriverFactory(user=UserFactory(name="阿德", roles=[DRIVER]))
    page = page_for(dispatcher, DESK)
    page.goto("/dispatch/")

    press(page, "F9")
    page.get_by_label("路線代號").focus()
    page.keyboard.type("瑞1")
    press(page, "Tab", "ArrowDown", "F10")
    lane = page.get_by_role("region", name="瑞1")
    expect(lane).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()

    press(page, "F6", "Space", "ArrowDown", "Space", "ArrowDown", "Space", "1")
    names = lane.locator(".visit-name")
    expect(names).to_have_count(3)
    before = names.all_inner_texts()
    expect(lane.locator(":focus")).to_have_count(1)  # nothing waits any more
    press(page, "Home", "ArrowDown", "Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    press(page, "F4")
    expect(names.nth(1)).to_have_text(before[0])
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(":focus")).to_contain_text(before[0])
    press(page, "Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    press(page, "F3")
    expect(names.first).to_have_text(before[0])
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(":focus")).to_contain_text(before[0])

    press(page, "F10")
    expect(lane).to_contain_text("已發布")
    assert Route.objects.get().driver == driver
    assert set(Order.objects.values_list("state", flat=True)) == {"planned"}


def test_publishing_from_outside_the_lane_only_goes_to_the_key(page_for, dispatcher, orders):
    route = RouteFactory(code="瑞1")
    route.add(orders[0], by=dispatcher)
    page = page_for(dispatcher, DESK)
    page.goto("/dispatch/")

    press(page, "F10")

    expect(page.get_by_role("button", name="發布 瑞1")).to_be_focused()
    route.refresh_from_db()
    assert route.is_draft
    press(page, "F10")
    expect(in_told(page, "發布了")).to_be_visible()


def test_a_stop_is_moved_on_the_page_of_its_route(page_for, dispatcher, orders):
    route = RouteFactory(code="瑞1")
    for order in orders:
        route.add(order, by=dispatcher)
    first = orders[0].customer.name
    page = page_for(dispatcher, DESK)
    page.goto(f"/dispatch/routes/{route.pk}/")
    rows = page.get_by_role("table").first.get_by_role("row")
    expect(rows.nth(1)).to_contain_text(first)

    press(page, "F6", "F4")
    expect(rows.nth(2)).to_contain_text(first)
    press(page, "F4")
    expect(rows.nth(3)).to_contain_text(first)
    press(page, "F3")
    expect(rows.nth(2)).to_contain_text(first)


# --- reviews ------------------------------------------------------------------
def test_a_review_is_decided(page_for, dispatcher, shops):
    order = placed(wish(shops[0].sites.get()))
    for reason in ("第一件", "第二件"):
        Review.open(Review.Kind.EVENT, reason=reason, order=order)
    page = page_for(dispatcher, DESK)
    page.goto("/dispatch/reviews/")

    press(page, "F6", "ArrowDown", "Tab", "Tab")  # past the way to a leak check
    page.keyboard.type("問過了？可以")
    press(page, "F10")

    expect(in_told(page, "決定")).to_be_visible()
    assert list(Review.objects.open().values_list("reason", flat=True)) == ["第一件"]
    expect(page.get_by_role("cell", name="問過了？可以")).to_be_visible()


# --- help and notices ---------------------------------------------------------
@pytest.mark.parametrize(("language", "title"), [("zh-TW", "這一頁的按鍵"), ("en-US", "Keys on this page")])
def test_help_lists_the_page_s_own_keys_and_gives_the_focus_back(page_for, dispatcher, shops, language, title, axe):
    page = page_for(dispatcher, DESK, locale=language)
    page.goto(f"/desk/{shops[0].number}/")
    quantity = page.locator("[name=quantity_20]")
    quantity.focus()
    help_ = page.get_by_role("dialog", name=title)

    press(page, "F1")
    expect(help_).to_be_visible()
    carried = {one.get_attribute("aria-keyshortcuts") for one in page.locator("[aria-keyshortcuts]:visible").all()}
    expect(help_.locator("dl").first.locator("dt")).to_have_count(len(carried))
    axe(page)
    press(page, "Escape")
    expect(help_).to_be_hidden()
    expect(quantity).to_be_focused()

    press(page, "?")
    expect(help_).to_be_hidden()
    page.locator("[name=is_gas_out]").first.focus()
    press(page, "?")
    expect(help_).to_be_visible()
    press(page, "F1")
    expect(help_).to_be_hidden()


def test_what_was_said_can_be_read_again(page_for, dispatcher, orders):
    RouteFactory(code="瑞1")
    page = page_for(dispatcher, DESK)
    page.goto("/dispatch/")
    for _each in range(2):
        press(page, "F6", "Space", "1")
        expect(page.get_by_role("checkbox")).to_have_count(2 - _each)
    expect(page.locator("#told .notice")).to_have_count(1)

    page.goto("/orders/")
    press(page, "Shift+F1")

    said = page.get_by_role("region", name="這個視窗說過的話")
    expect(said.get_by_role("listitem")).to_have_count(2)
    expect(said.get_by_role("listitem").first).to_contain_text(re.compile(r"\d\d:\d\d.*1 張單排到 瑞1"))
    press(page, "Escape")
    expect(said).to_be_hidden()


# --- zhuyin -------------------------------------------------------------------
def test_enter_and_keys_do_nothing_while_chinese_is_composed(page_for, dispatcher, shops):
    page = page_for(dispatcher, DESK)
    page.goto("/customers/new/")
    ime = page.context.new_cdp_session(page)
    name = page.get_by_label("名稱")
    name.focus()

    def compose(text: str) -> None:
        ime.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})

    sent = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    compose("ㄌㄧㄣˊ")
    press(page, "Enter", "F1", "F10")
    for kind in ("rawKeyDown", "keyUp"):  # Safari: the composition is over, its Enter still comes as 229
        ime.send(
            "Input.dispatchKeyEvent", {"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
        )
    expect(page.get_by_role("dialog")).to_be_hidden()
    ime.send("Input.insertText", {"text": "林太太"})
    page.wait_for_timeout(300)
    assert sent == []
    expect(name).to_have_value("林太太")

    press(page, "Enter")
    expect(page.locator("#id_phone_error")).to_be_visible()
    assert sent == ["POST"]


def test_half_a_word_looks_nobody_up(page_for, dispatcher, shops):
    page = page_for(dispatcher, DESK)
    asked = []
    page.on("request", lambda request: asked.append(request.post_data) if request.url.endswith("/find/") else None)
    page.goto("/desk/")
    ime = page.context.new_cdp_session(page)

    ime.send("Input.imeSetComposition", {"text": "ㄚ", "selectionStart": 1, "selectionEnd": 1})
    page.wait_for_timeout(400)
    assert asked == []
    ime.send("Input.insertText", {"text": "阿金"})
    expect(page.get_by_role("link", name="阿金麵店")).to_be_visible()
    press(page, "Enter")
    expect(page.get_by_role("heading", name="阿金麵店")).to_be_visible()
