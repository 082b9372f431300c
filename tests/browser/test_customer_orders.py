"""A customer signs up, orders, changes their mind, follows the driver, and sees it delivered; in a real browser."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from customers import claims
from customers.models import AccountEntry, Message
from luckygas.flags import ORDERS_PAUSED
from orders.handover import Handed, Handover
from orders.models import Order
from orders.wishes import Item
from pilot.models import Flag
from tests.browser.conftest import DESK
from tests.factories import (
    ContactFactory,
    CustomerFactory,
    DepotFactory,
    MembershipFactory,
    RouteFactory,
    SiteFactory,
    UserFactory,
    placed,
    priced,
    wish,
)

pytestmark = [pytest.mark.usefixtures("morning", "web_ordering")]
PASSWORD = "brown-cow-2026"


@pytest.fixture
def household(db):
    """林太太 with one address, a mobile on record, and 20 kg delivered once."""
    twenty, customer = priced("20"), CustomerFactory(name="林太太", legacy_code="1")
    priced("16", gas=690)
    site = SiteFactory(customer=customer, closed_weekdays=[7])
    ContactFactory(customer=customer, phone="+886900000123")
    order = placed(wish(site, items=(Item(twenty, 2, 2),)))
    handed = Handed(twenty, 2, 2)
    order.deliver(Handover((handed,), leak_check="passed"), place=DepotFactory().place, by=order.placed_by)
    return site


@pytest.fixture
def person(household):
    person = UserFactory(username="+886900000123", name="林太太", roles=["customer"])
    MembershipFactory(user=person, customer=household.customer)
    return person


def here(page: Page) -> str:
    return urlsplit(page.url).path


def test_from_the_signboard_to_the_first_order(window, household, axe, monkeypatch):
    monkeypatch.setattr(claims, "ANSWER_SECONDS", 0)
    page = window()

    page.goto("/")
    axe(page)
    page.get_by_role("link", name="網路叫").click()
    page.get_by_role("link", name="第一次用").click()
    page.get_by_label("您的電話").fill("0900-000-123")
    page.get_by_role("button", name="傳驗證碼給我").click()
    page.get_by_label("簡訊裡的驗證碼").fill(re.search(r"\d{6}", Message.objects.get(kind="code").body)[0])
    page.get_by_label("新密碼").fill(PASSWORD)
    page.get_by_label("再打一次").fill(PASSWORD)
    axe(page)
    page.get_by_role("button", name="登入").click()
    expect(page.get_by_role("heading", name="照上次")).to_be_visible()
    axe(page)
    page.get_by_label("還有火").check()
    page.get_by_role("button", name="照舊，現在叫").click()

    expect(page.get_by_text("收到了，排車中")).to_be_visible()
    order = Order.objects.open().get()
    assert (order.lines.get().ordered, order.due_twd, order.channel) == (2, 1640, "web")
    axe(page)


def test_the_whole_form_with_its_live_total(page_for, person, household, axe):
    page = page_for(person)
    page.goto("/orders/new/")
    send = page.get_by_role("button", name="叫瓦斯")

    page.get_by_label("沒火了").check()
    page.get_by_role("button", name="20 公斤，多一支", exact=True).click()
    expect(page.get_by_label("20 公斤空瓶", exact=True)).to_have_value("3")
    expect(page.locator(".send .money")).to_have_text("2,460")
    page.get_by_role("button", name="20 公斤空瓶，少一支").click()
    expect(page.locator(".send .money")).to_have_text("3,460")
    page.get_by_label("給師傅的話").fill("按 2 樓電鈴")
    axe(page)
    send.click()

    expect(page).to_have_url(re.compile(r"/orders/\d{7}-\d+/"))
    order = Order.objects.open().get()
    line = order.lines.get()
    assert (line.ordered, line.empties_expected, order.is_gas_out, order.note) == (3, 2, True, "按 2 樓電鈴")


def test_a_mistake_stands_at_its_field_and_what_was_typed_stays(page_for, person, household):
    page = page_for(person)
    page.goto("/orders/new/")

    page.get_by_label("給師傅的話").fill("後門進")
    page.get_by_label("20 公斤", exact=True).fill("7")
    page.get_by_role("button", name="叫瓦斯").click()

    expect(page.locator("#id_is_gas_out_error")).to_be_visible()
    expect(page.get_by_label("20 公斤", exact=True)).to_have_value("7")
    expect(page.get_by_label("給師傅的話")).to_have_value("後門進")
    assert Order.objects.open().count() == 0


def test_a_double_tap_and_the_back_button_are_one_order(page_for, person, household):
    page = page_for(person)
    page.goto("/orders/new/")
    page.get_by_label("還有火").check()

    page.get_by_role("button", name="叫瓦斯").dblclick()
    expect(page).to_have_url(re.compile(r"/orders/\d{7}-\d+/"))
    first = here(page)
    page.go_back()
    if page.get_by_role("button", name="叫瓦斯").count():
        page.get_by_label("還有火").check()

    assert Order.objects.open().count() == 1
    assert first == Order.objects.open().get().get_absolute_url()


def test_a_restored_tab_sends_the_same_order_again(page_for, person, household):
    page = page_for(person)
    page.goto("/orders/new/")
    operation = page.locator("[name=operation_id]").input_value()
    tab = page.context.new_page()
    tab.goto("/orders/new/")

    for each in (page, tab):
        each.evaluate("id => document.querySelector('[name=operation_id]').value = id", operation)
        each.get_by_label("還有火").check()
        each.get_by_role("button", name="叫瓦斯").click()
        expect(each).to_have_url(re.compile(r"/orders/\d{7}-\d+/"))

    assert here(page) == here(tab)
    assert Order.objects.open().count() == 1


def test_a_key_that_is_held_down_while_the_total_comes_is_pressed(page_for, person, household):
    page = page_for(person)
    page.goto("/orders/new/")
    page.get_by_label("還有火").check()
    page.get_by_role("button", name="叫瓦斯").hover()
    page.get_by_label("20 公斤", exact=True).fill("5")

    page.mouse.down()
    expect(page.locator(".send")).to_contain_text("4,100")
    expect(page.get_by_label("一共")).to_contain_text("20 公斤 × 5")
    page.mouse.up()

    expect(page).to_have_url(re.compile(r"/orders/\d{7}-\d+/"))
    assert Order.objects.open().get().lines.get().ordered == 5


def test_a_pause_keeps_the_half_filled_form(page_for, person, household):
    page = page_for(person)
    page.goto("/orders/new/")
    page.get_by_label("沒火了").check()
    page.get_by_label("20 公斤", exact=True).fill("5")
    flag = Flag.objects.create(name=ORDERS_PAUSED, everyone=True)

    page.get_by_role("button", name="叫瓦斯").click()
    expect(page.locator("[data-trouble=paused]")).to_be_visible()
    expect(page.get_by_label("20 公斤", exact=True)).to_have_value("5")
    flag.delete()
    page.get_by_role("button", name="叫瓦斯").click()

    expect(page).to_have_url(re.compile(r"/orders/\d{7}-\d+/"))
    assert Order.objects.open().get().lines.get().ordered == 5


def test_change_and_cancel(page_for, person, household, axe):
    order = placed(wish(household, items=(Item(priced("20"), 1, 1),)))
    page = page_for(person)
    page.goto(order.get_absolute_url())

    page.get_by_role("link", name="改", exact=True).click()
    page.get_by_label("20 公斤", exact=True).fill("4")
    page.get_by_role("button", name="改好送出").click()
    expect(page.get_by_text("20 公斤 × 4")).to_be_visible()
    page.get_by_role("link", name="取消這張單").click()
    axe(page)
    page.get_by_role("button", name="對，取消").click()

    expect(page.get_by_role("heading", name="取消了")).to_be_visible()
    order.refresh_from_db()
    assert order.state == "cancelled"


def test_the_driver_comes_nearer_and_the_order_is_delivered(page_for, window, person, household, axe):
    order = placed(wish(household, items=(Item(priced("20"), 1, 1),)))
    route, others = RouteFactory(), [placed() for _ in range(2)]
    for each in (*others, order):
        route.add(each, by=order.placed_by)
    route.publish(by=order.placed_by)
    route.depart(by=order.placed_by)
    page, stranger = page_for(person), window(DESK, locale="en-US")

    page.goto("/orders/")
    expect(page.get_by_text("前面還有2站")).to_be_visible()
    axe(page)
    stranger.goto(f"/track/{order.track_token}/")
    expect(stranger.get_by_text("2 stops before you")).to_be_visible()
    axe(stranger)
    for stop in route.stops.filter(order__in=others):
        stop.finish(by=route.driver.user)
    order.refresh_from_db()
    handed = Handed(priced("20"), 1, 1)
    order.deliver(Handover((handed,), leak_check="passed"), place=DepotFactory().place, by=order.placed_by)
    page.goto(order.get_absolute_url())

    expect(page.get_by_role("heading", name="送達")).to_be_visible()
    assert sum(entry.amount_twd for entry in AccountEntry.objects.filter(cause_id=str(order.pk))) == 0
    axe(page)


def test_without_scripts_an_order_goes_through_too(page_for, person, household):
    page = page_for(person, java_script_enabled=False)
    page.goto("/orders/new/")

    page.get_by_label("還有火").check()
    page.get_by_label("20 公斤", exact=True).fill("3")
    page.get_by_role("button", name="重算").click()
    expect(page.get_by_label("20 公斤", exact=True)).to_have_value("3")
    page.get_by_role("button", name="叫瓦斯").click()

    expect(page).to_have_url(re.compile(r"/orders/\d{7}-\d+/"))
    assert Order.objects.open().get().lines.get().ordered == 3


@pytest.mark.parametrize("path", ["/orders/history/", "/account/", "/account/profile/"])
def test_the_other_pages_keep_nobody_out(page_for, person, axe, path):
    page = page_for(person)
    page.goto(path)

    axe(page)
