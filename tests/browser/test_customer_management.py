"""Acceptance suite 5, customer management: create, search, filter, edit, detail, deactivate, bulk import, paging."""

import re
import time

import pytest
from playwright.sync_api import expect

from customers.files import importing
from customers.models import Customer, Import, Merge, Site
from orders.handover import Handover
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
from tests.soundness import assert_sound

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 30  # a preview takes no longer
LINES = 2_000


@pytest.fixture
def hotel(db):
    """A shop in 瑞光 whose cylinders were brought once."""
    site = SiteFactory(customer=CustomerFactory(name="日昇旅店", kind="commercial"), address="臺東市海線路 9 號")
    ContactFactory(customer=site.customer, phone="+886900000460", digits="0900000460")
    return site.customer


@pytest.fixture
def desk(page_for, dispatcher):
    return page_for(dispatcher, DESK)


def rows(page):
    return page.locator("#customer-list tbody tr")


def test_create(desk, axe):
    AreaFactory()
    desk.goto("/customers/")
    desk.keyboard.press("F9")

    desk.get_by_label("電話", exact=True).fill("０９００ ０００ ７７７")
    desk.get_by_label("名稱").fill("海風民宿")
    desk.get_by_label("類別").select_option("commercial")
    desk.get_by_label("地址").fill("臺東市海線路 2 號")
    desk.get_by_label("區", exact=True).select_option(label="瑞光")
    desk.get_by_label("統一編號").fill("12345678")
    desk.keyboard.press("F10")
    expect(desk.get_by_text("這不是統一編號")).to_be_visible()

    desk.get_by_label("統一編號").fill("12345676")
    desk.keyboard.press("F10")

    expect(desk.get_by_role("heading", name="海風民宿")).to_be_visible()
    expect(desk.get_by_text("0900-000-777").first).to_be_visible()
    customer = Customer.objects.get()
    assert (customer.tax_id, customer.sites.get().address) == ("12345676", "臺東市海線路 2 號")
    axe(desk)


def test_search(desk, hotel, axe):
    for name in ("林太太", "阿金麵店"):
        SiteFactory(customer=CustomerFactory(name=name))
    desk.goto("/customers/")
    expect(rows(desk)).to_have_count(3)

    for text in ("日昇", "000460", hotel.code, "海線路９號"):
        desk.keyboard.press("F2")
        desk.keyboard.type(text)
        expect(rows(desk)).to_have_count(1)
        expect(rows(desk)).to_contain_text("日昇旅店")
    assert "text=" in desk.url

    desk.keyboard.press("F2")
    desk.keyboard.type("沒有這個人")
    expect(desk.get_by_text("找不到")).to_be_visible()
    axe(desk)


def test_filter_by_area(desk, hotel):
    SiteFactory(customer=CustomerFactory(name="成功的"), area=AreaFactory(code="成", name="成功線", kind="line"))
    desk.goto("/customers/")

    desk.get_by_label("區", exact=True).select_option(label="成功線")

    expect(rows(desk)).to_have_count(1)
    expect(rows(desk)).to_contain_text("成功的")
    expect(desk).to_have_url(re.compile("area="))
    desk.reload()
    expect(rows(desk)).to_have_count(1)


def test_edit(desk, hotel, axe):
    desk.goto(f"/customers/{hotel.number}/")
    desk.keyboard.press("F2")
    desk.get_by_label("名稱").fill("日昇大旅店")
    desk.keyboard.press("F10")

    expect(desk.get_by_role("heading", name="日昇大旅店")).to_be_visible()
    expect(desk.get_by_text("日昇旅店 → 日昇大旅店")).to_be_visible()
    axe(desk)


def test_the_pin_is_moved_by_keys_and_by_a_click(desk, hotel, axe):
    site = hotel.sites.get()
    Site.objects.filter(pk=site.pk).update(latitude="22.75000", longitude="121.15000")
    desk.goto(f"/customers/{hotel.number}/sites/{site.pk}/")
    latitude, longitude = desk.get_by_label("緯度"), desk.get_by_label("經度")
    pin_map = desk.get_by_role("application")

    pin_map.focus()
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("Shift+ArrowRight")
    expect(latitude).to_have_value("22.75010")
    expect(longitude).to_have_value("121.15100")

    pin_map.click(position={"x": 10, "y": 10})
    assert float(latitude.input_value()) > 22.7501
    assert float(longitude.input_value()) < 121.15
    axe(desk)

    desk.keyboard.press("F10")
    expect(desk.get_by_role("heading", name="日昇旅店")).to_be_visible()
    site.refresh_from_db()
    assert (site.pin_source, float(site.latitude) > 22.7501) == ("person", True)


def test_detail_with_history_and_cylinders(desk, hotel, dispatcher, axe):
    order = placed(wish(hotel.sites.get(), items=(Item(priced(), 2, 0),)), by=dispatcher)
    order.deliver(Handover.as_ordered(order, leak_check="passed"), place=DepotFactory().place, by=dispatcher)

    desk.goto(f"/customers/{hotel.number}/")

    standing = desk.get_by_role("region", name="單和瓶")
    expect(standing.get_by_text(order.number)).to_be_visible()
    expect(standing.get_by_text("20×2").first).to_be_visible()
    expect(desk.get_by_role("region", name="改過什麼").get_by_text("建檔").first).to_be_visible()
    axe(desk)


def test_deactivate(desk, hotel, axe):
    desk.goto(f"/customers/{hotel.number}/")
    desk.get_by_role("link", name="停用").click()
    expect(desk.get_by_role("heading", name="停用")).to_be_visible()
    desk.keyboard.press("F10")
    expect(desk.get_by_text("請寫為什麼")).to_be_visible()

    desk.get_by_label("為什麼").fill("搬走了")
    desk.keyboard.press("F10")

    expect(desk.get_by_text("搬走了").first).to_be_visible()
    desk.goto("/customers/")
    expect(desk.get_by_text("日昇旅店")).to_be_hidden()
    desk.get_by_label("送不送").select_option(label="停了的")
    expect(rows(desk)).to_contain_text("日昇旅店")
    axe(desk)


def test_bulk_import_with_preview_within_thirty_seconds(page_for, manager, hotel, axe):
    page = page_for(manager, DESK)
    people = "".join(f"客人{n},09001{n:05d},臺東市測試路 {n} 號,瑞光\n" for n in range(LINES))
    content = f"名稱,電話,地址,區域\n{people}阿金,0900-000-460,,\n沒電話,,,\n".encode("cp950")
    page.goto("/customers/")
    page.get_by_role("link", name="匯入", exact=True).click()
    page.get_by_label("CSV 或 XLSX 檔").set_input_files({"name": "客人.csv", "mimeType": "text/csv", "buffer": content})
    page.keyboard.press("F10")
    expect(page.get_by_text("正在核對。")).to_be_visible()

    began = time.monotonic()
    importing.work(Import.objects.get().pk)  # what a worker does, here and below
    expect(page.get_by_role("link", name="有錯 1")).to_be_visible()
    assert time.monotonic() - began < SECONDS
    expect(page.get_by_text("這格沒有寫。")).to_be_visible()
    page.get_by_role("link", name="可能已經有了 1").click()
    expect(page.get_by_role("link", name="日昇旅店")).to_be_visible()
    assert Customer.objects.count() == 1
    axe(page)

    page.get_by_role("button", name="是別人，要建檔").click()
    expect(page.get_by_role("button", name=f"{LINES + 1:,} 位客人建檔")).to_be_visible()
    Import.objects.get().rows.filter(line__gt=60, state="right").delete()  # the rest would take the suite a minute
    page.reload()
    page.keyboard.press("F10")
    expect(page.get_by_text("正在建檔。")).to_be_visible()
    importing.work(Import.objects.get().pk)

    expect(page.get_by_text("60 位客人建檔了。")).to_be_visible()
    assert Customer.objects.count() == 61
    assert_sound()


def test_paging(desk, axe):
    for n in range(120):
        CustomerFactory(name=f"客人{n:03d}")
    desk.goto("/customers/?sort=name")

    expect(rows(desk)).to_have_count(50)
    expect(rows(desk).first).to_contain_text("客人000")
    desk.get_by_role("heading", name="客戶").click()
    desk.keyboard.press("]")
    expect(rows(desk).first).to_contain_text("客人050")
    desk.keyboard.press("]")
    expect(rows(desk)).to_have_count(20)
    expect(rows(desk).last).to_contain_text("客人119")
    desk.keyboard.press("[")
    expect(rows(desk).first).to_contain_text("客人050")
    axe(desk)


def test_two_records_become_one_by_keyboard_alone(page_for, manager, hotel, axe):
    site = SiteFactory(customer=CustomerFactory(name="日升旅店"), address="台東市海線路９號")
    ContactFactory(customer=site.customer, phone="+886900000460", digits="0900000460")
    page = page_for(manager, DESK)
    keys = page.keyboard
    page.goto("/customers/doubles/")

    page.get_by_role("link", name="比對").first.focus()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="合併兩筆資料")).to_be_visible()
    expect(page.get_by_label("台東市海線路９號")).to_have_value(str(hotel.sites.get().pk))
    axe(page)
    page.get_by_label("怎麼知道是同一個客人").focus()
    keys.type("同一支電話，問過老闆")
    keys.press("F10")

    expect(page.get_by_role("heading", name="日昇旅店")).to_be_visible()
    expect(page.get_by_text("同一支電話，問過老闆").first).to_be_visible()
    assert Merge.objects.get().absorbed == site.customer
    assert hotel.sites.active().count() == 1
    axe(page)
    assert_sound()
