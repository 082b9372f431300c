"""Acceptance suite 8, order search: by number, name, dates, product, kind, area, combined; paging; only signed in."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from orders.models import Order
from orders.wishes import Item
from tests.browser.conftest import DESK
from tests.factories import AreaFactory, CustomerFactory, SiteFactory, placed, priced, wish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hotel(dispatcher):
    """Two 20 kg for a hotel of 成功線, ordered today."""
    site = SiteFactory(
        customer=CustomerFactory(name="日昇旅店", kind="commercial"),
        area=AreaFactory(code="成", name="成功線", kind="line"),
    )
    return placed(wish(site, items=(Item(priced(), 2, 2),)), by=dispatcher)


@pytest.fixture
def home(dispatcher):
    """One 16 kg for a household of 瑞光, ordered today through the web."""
    items = (Item(priced("16", gas=690, gas_kg=16), 1, 1),)
    return placed(wish(SiteFactory(customer=CustomerFactory(name="林太太")), items=items), by=dispatcher, channel="web")


@pytest.fixture
def desk(page_for, dispatcher, hotel, home):
    page = page_for(dispatcher, DESK)
    page.goto("/orders/")
    expect(rows(page)).to_have_count(2)
    return page


def rows(page):
    return page.locator("#order-list tbody tr")


def found(page, *orders):
    expect(rows(page)).to_have_count(len(orders))
    for order in orders:
        expect(page.locator("#order-list").get_by_role("link", name=order.number)).to_be_visible()


def folded(page):
    page.get_by_text("更多條件").click()


def test_keyword_by_number_and_name(desk, hotel, home, axe):
    for text, order in ((home.number, home), ("日昇", hotel)):
        desk.keyboard.press("F2")
        desk.keyboard.type(text)
        found(desk, order)

    desk.keyboard.press("F2")
    desk.keyboard.type("沒有這個人")
    expect(desk.get_by_text("找不到這樣的單")).to_be_visible()
    axe(desk)


def test_date_range_with_total_and_time(desk, hotel, home, axe):
    old = timezone.now() - dt.timedelta(days=120)
    Order.objects.filter(pk=home.pk).update(placed_at=old)

    desk.get_by_label("接單從").fill(f"{old:%Y-%m-%d}")
    found(desk, hotel, home)
    head = desk.locator("#order-list .slip-head")
    expect(head).to_contain_text(f"{hotel.due_twd + home.due_twd:,}")
    desk.get_by_label("接單到").fill(f"{old + dt.timedelta(days=1):%Y-%m-%d}")

    found(desk, home)
    expect(head).to_contain_text(f"{home.due_twd:,}")
    expect(rows(desk)).to_contain_text(f"{timezone.localtime(old):%H:%M}")
    axe(desk)


def test_several_filters_at_once_stay_in_the_address(desk, hotel, home):
    folded(desk)
    desk.get_by_label("狀態").select_option(label="已確認")
    desk.get_by_label("怎麼來的").select_option(label="網路")
    desk.get_by_label("最多幾元").fill("700")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**at_most=700**")

    desk.reload()
    found(desk, home)
    expect(desk.get_by_label("最多幾元")).to_have_value("700")
    desk.get_by_label("最多幾元").fill("10")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("找不到這樣的單")).to_be_visible()


def test_product(desk, hotel, home):
    folded(desk)

    desk.get_by_label("品項").select_option(label="16 公斤")

    found(desk, home)


def test_customer_kind(desk, hotel, home):
    folded(desk)

    desk.get_by_label("客戶類別").select_option(label="店家")

    found(desk, hotel)


def test_area(desk, hotel, home):
    desk.get_by_label("區", exact=True).select_option(label="成功線")

    found(desk, hotel)


def test_paging(desk, hotel, home, axe):
    for _ in range(50):
        placed(wish(home.site))
    desk.goto("/orders/")

    expect(rows(desk)).to_have_count(50)
    expect(desk.locator("#order-list h2")).to_contain_text("52")
    desk.get_by_role("heading", name="訂單", level=1).click()
    desk.keyboard.press("]")
    found(desk, hotel, home)
    desk.keyboard.press("[")
    expect(rows(desk)).to_have_count(50)
    axe(desk)


def test_refused_when_not_signed_in(window, hotel):
    page = window(DESK)

    page.goto("/orders/?text=日昇")

    expect(page.get_by_label("密碼")).to_be_visible()
    expect(page.get_by_text(hotel.number)).to_be_hidden()


def test_a_search_is_kept_and_used_again(desk, hotel, home, axe):
    desk.get_by_label("區", exact=True).select_option(label="成功線")
    found(desk, hotel)
    desk.get_by_role("link", name="這樣查，存起來").click()
    desk.get_by_label("這樣查，取個名字").fill("成功線的單")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("status").get_by_text("存成「成功線的單」了")).to_be_visible()

    desk.goto("/orders/")
    desk.get_by_role("link", name="成功線的單").click()
    found(desk, hotel)
    axe(desk)

    desk.get_by_role("link", name="整理常查的").click()
    desk.get_by_role("button", name="刪掉「成功線的單」").click()
    expect(desk.get_by_text("還沒存")).to_be_visible()
    axe(desk)
