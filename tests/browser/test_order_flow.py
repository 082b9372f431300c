"""Acceptance suite 4, order flow: create, list, detail, confirm, assign, change, cancel, statistics; and in bulk."""

import csv
import datetime as dt
import io

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from deliveries.models import Stop
from orders.models import BulkMove, Order
from orders.wishes import Item
from tests.browser.conftest import DESK
from tests.factories import (
    ContactFactory,
    CustomerFactory,
    RouteFactory,
    SiteFactory,
    placed,
    priced,
    wish,
)
from tests.soundness import assert_sound

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(db):
    """A noodle shop; three kinds of cylinders have a price."""
    for code, gas in (("50", 2050), ("20", 820), ("16", 690)):
        priced(code, gas=gas, gas_kg=int(code))
    site = SiteFactory(customer=CustomerFactory(name="阿金麵店", kind="commercial"), address="臺東市海線路 112 號")
    ContactFactory(customer=site.customer, phone="+886900000123", digits="0900000123")
    return site


@pytest.fixture
def order(shop, dispatcher):
    return placed(wish(shop, items=(Item(priced(), 2, 2),)), by=dispatcher)


@pytest.fixture
def held(dispatcher):
    site = SiteFactory(customer=CustomerFactory(name="欠款的店", settlement="monthly", is_blocked=True))
    return placed(wish(site), by=dispatcher)


@pytest.fixture
def desk(page_for, dispatcher):
    return page_for(dispatcher, DESK)


def test_create(desk, shop, axe):
    desk.goto("/desk/")
    desk.keyboard.type("阿金")
    expect(desk.get_by_role("link", name="阿金麵店")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="阿金麵店")).to_be_visible()

    desk.get_by_label("沒火了").check()
    for code in ("50", "20", "16"):
        desk.get_by_role("textbox", name=f"{code} 公斤 叫幾支").fill("1")
    desk.get_by_label("單上的話").fill("後門進")
    expect(desk.get_by_text("三千五百六十元")).to_be_visible()
    axe(desk)
    desk.keyboard.press("F10")

    expect(desk.get_by_role("status").get_by_text("存好了")).to_be_visible()
    order = Order.objects.get()
    assert (order.is_gas_out, order.note, order.total_twd) == (True, "後門進", 3560)
    assert order.lines.count() == 3
    assert_sound()


def test_list_with_filters(desk, order, held, axe):
    desk.goto("/orders/")
    rows = desk.locator("#order-list tbody tr")
    expect(rows).to_have_count(2)

    desk.get_by_label("狀態").select_option(label=str(Order.State.HELD.label))

    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("欠款的店")
    axe(desk)


def test_detail_with_timeline(desk, order, axe):
    desk.goto("/orders/")
    desk.get_by_role("link", name=order.number).click()

    expect(desk.get_by_role("heading", name=order.number)).to_be_visible()
    expect(desk.get_by_role("link", name="阿金麵店").first).to_be_visible()
    expect(desk.locator("ol.line li")).to_have_count(2)
    axe(desk)


def test_confirm(page_for, manager, held):
    page = page_for(manager, DESK)
    page.goto(held.get_absolute_url())

    page.get_by_role("link", name="放行 F10").click()
    page.get_by_label("備註").fill("早上匯款了")
    page.get_by_role("button", name="放行").click()

    expect(page.get_by_role("cell", name="早上匯款了")).to_be_visible()
    held.refresh_from_db()
    assert held.state == "confirmed"


def test_assign_to_a_route(desk, order, axe):
    route = RouteFactory(code="瑞1", day=order.promised_on)  # in the evening that is tomorrow
    desk.goto(f"/dispatch/?day={route.day:%Y-%m-%d}")

    desk.get_by_role("checkbox", name="阿金麵店").check()
    desk.get_by_role("group", name="把勾的排到路線").get_by_role("button", name="瑞1").click()

    expect(desk.locator(".lane .visit").get_by_text("阿金麵店")).to_be_visible()
    assert (Stop.objects.get().order, Stop.objects.get().route) == (order, route)
    axe(desk)


def test_change_quantities(desk, order, axe):
    desk.goto(order.get_absolute_url())
    desk.get_by_role("link", name="改").first.click()

    desk.locator("[name=quantity_20]").fill("3")
    desk.keyboard.press("F10")

    desk.wait_for_url(f"**{order.get_absolute_url()}")
    expect(desk.get_by_role("heading", name=order.number)).to_be_visible()
    expect(desk.get_by_role("row").filter(has_text="20 公斤")).to_contain_text("2,460")
    assert order.lines.get().ordered == 3
    axe(desk)


def test_cancel_with_a_reason(desk, order):
    desk.goto(f"{order.get_absolute_url()}cancel/")
    desk.get_by_label("為什麼").fill("打錯電話")
    desk.keyboard.press("F10")

    expect(desk.get_by_text("打錯電話").first).to_be_visible()
    order.refresh_from_db()
    assert order.state == "cancelled"
    assert_sound()


def test_statistics_with_export(desk, order, held, axe):
    desk.goto("/orders/")
    desk.get_by_role("link", name="統計").click()
    expect(desk.get_by_role("heading", name="訂單統計")).to_be_visible()
    expect(desk.locator("dl.figures")).to_contain_text(f"{order.due_twd + held.due_twd:,}")
    axe(desk)

    with desk.expect_download() as download:
        desk.get_by_role("link", name="匯出 CSV").click()

    table = list(csv.reader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert [str(Order.State.HELD.label), "1", str(held.due_twd)] in table


def test_marked_orders_by_keyboard_each_with_its_outcome(desk, order, held, dispatcher, axe):
    keys = desk.keyboard
    gone = placed(wish(order.site), by=dispatcher)
    gone.plan(by=dispatcher)
    gone.depart(by=dispatcher)
    desk.goto("/orders/")

    keys.press("F6")
    keys.press("Home")
    keys.press("Space")
    for _ in range(2):
        keys.press("ArrowDown")
        keys.press("Space")
    expect(desk.get_by_text("勾了 3")).to_be_visible()
    axe(desk)
    keys.press("Shift+F4")
    expect(desk.get_by_role("heading", name="勾的單都取消")).to_be_visible()
    desk.wait_for_load_state()  # the keys are there
    keys.press("F10")
    expect(desk.get_by_text("請寫原因。")).to_be_visible()
    axe(desk)
    desk.get_by_label("為什麼").fill("颱風")
    keys.press("F10")

    expect(desk.get_by_text("成了 2 張，不行 1 張")).to_be_visible()
    expect(desk.get_by_role("row").filter(has_text=gone.number)).to_contain_text("做不了")
    axe(desk)
    assert sorted(Order.objects.values_list("state", flat=True)) == ["cancelled", "cancelled", "out"]
    desk.reload()
    assert BulkMove.objects.count() == 1  # no soundness here: the order on its way is on no route


def test_marked_orders_get_another_day(desk, order):
    day = timezone.localdate() + dt.timedelta(days=2)
    desk.goto("/orders/")
    desk.get_by_role("checkbox", name=f"勾 {order.number}").check()
    desk.keyboard.press("Shift+F3")

    desk.get_by_label("改到哪天").fill(day.isoformat())
    desk.get_by_label("為什麼").fill("客人說的")
    desk.keyboard.press("F10")

    expect(desk.get_by_text("成了 1 張，不行 0 張")).to_be_visible()
    order.refresh_from_db()
    assert order.promised_on == day
