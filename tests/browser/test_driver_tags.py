"""Tags and serials on the phone: what is overdue is refused with and without a connection, put aside, and swapped."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from deliveries import loading
from deliveries.models import DriverEvent
from orders.models import Cylinder
from orders.wishes import Item
from pilot import invariants
from tests.browser.driving import PHONE, all_sent, hand_over, held, key
from tests.browser.measuring import faults
from tests.deliveries.reporting import published, stop_of
from tests.factories import placed

LATER = 11_000  # ms
SEES = """
  window.BarcodeDetector = class { async detect() { return [{ rawValue: "LG-2" }]; } };
  navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
"""


@pytest.fixture
def serials(twenty):
    """One that was due last month, and one in date; both went onto this truck in the depot."""
    today = timezone.localdate()
    for serial, limit in (("LG-1", today - dt.timedelta(days=30)), ("LG-2", today + dt.timedelta(days=300))):
        Cylinder.objects.create(serial=serial, product=twenty, inspect_by=limit)


@pytest.fixture
def order(driver, twenty, serials):
    order = placed(items=(Item(twenty, 1, 1),))
    published(driver, order)
    return order


@pytest.fixture
def page(page_for, driver, order) -> Page:
    page = page_for(driver.user, PHONE)
    page.clock.install()
    page.add_init_script(SEES)
    return page


@pytest.fixture(autouse=True)
def _every_invariant_holds(transactional_db):
    yield
    assert invariants.check() == []


def full(place):
    return [count for _product, state, count in loading.held_by(place) if state == "full"]


def load(page: Page, count: int = 3) -> None:
    page.goto("/drive/load/")
    page.locator("[name='loaded.20']").fill(str(count))
    page.get_by_label("牌子看過了，都沒過期").check()
    key(page, "裝好了，出發").click()
    expect(page).to_have_url(re.compile(r"/drive/$"))


def test_an_overdue_one_stays_in_the_depot(page, driver, order):
    page.goto("/drive/load/")
    page.get_by_text("有過期的，或要記瓶號").click()
    page.get_by_label("瓶號，或牌上的年月").fill("115.10")
    expect(page.locator("check-tag output")).to_contain_text("2026-10-31 就過期了")
    page.get_by_label("牌子看過了，都沒過期").check()
    key(page, "裝好了，出發").click()
    assert held(page) == []
    assert page.url.endswith("/load/")
    assert faults(page, "light") == []

    key(page, "擱一邊，換一支").click()
    key(page, "裝好了，出發").click()

    expect(page).to_have_url(re.compile(r"/drive/$"))
    assert full(driver.vehicle.quarantine) == [1]
    assert full(driver.vehicle.place) == [1]


def test_an_overdue_one_is_refused_at_the_door_without_a_connection_and_swapped(page, driver, order):
    load(page)
    page.goto(f"/drive/stops/{stop_of(order).pk}/")
    hand_over(page)
    page.context.set_offline(True)
    page.get_by_text("瓶號或牌子").click()
    page.get_by_label("瓶號，或牌上的年月").fill("2020-01")
    expect(page.locator("check-tag output")).to_contain_text("不能交")
    key(page, "完成").click()
    assert held(page) == []

    key(page, "擱一邊，換一支").click()
    expect(page.locator("check-tag output")).to_contain_text("還有 2 支滿的")
    key(page, "完成").click()
    page.clock.fast_forward(LATER)
    expect(page.locator(".unsent:visible")).to_contain_text("1 筆未送")
    page.context.set_offline(False)
    all_sent(page)

    order.refresh_from_db()
    assert order.state == "delivered"
    assert (full(driver.vehicle.quarantine), full(driver.vehicle.place)) == ([1], [1])
    assert DriverEvent.objects.get(kind="deliver").body["items"][0]["aside"] == ["2020-01"]


def test_the_camera_reads_a_serial(page, driver, order):
    page.goto("/drive/load/")
    page.get_by_text("有過期的，或要記瓶號").click()
    key(page, "鏡頭").click()
    expect(page.get_by_label("瓶號，或牌上的年月")).to_have_value("LG-2")
    key(page, "記下").click()
    expect(page.locator("check-tag output")).to_contain_text("記下 20 公斤 LG-2")
    page.get_by_label("牌子看過了，都沒過期").check()
    key(page, "裝好了，出發").click()
    expect(page).to_have_url(re.compile(r"/drive/$"))

    move = Cylinder.objects.get(serial="LG-2").movements.get()
    assert (move.to_place, move.purpose) == (driver.vehicle.place, "load")


def test_sold_to_somebody_who_passes_by_without_a_connection(page, driver, order, twenty):
    load(page)
    page.goto("/drive/shift/sale/")
    page.context.set_offline(True)
    page.locator("[name='items.20.delivered']").fill("1")
    expect(page.locator("#due")).to_have_text("1,820")
    page.get_by_label("驗過了，沒漏").check()
    page.get_by_label("現金，剛好").check()
    key(page, "賣了").click()
    expect(page.locator(".unsent:visible, .kept:visible").first).to_be_visible()

    page.context.set_offline(False)  # the page goes on by itself, to the list
    expect(page).to_have_url(re.compile(r"/drive/$"), timeout=30_000)
    all_sent(page)

    event = DriverEvent.objects.get(kind="sale")
    assert (event.state, event.body["payment"]["received_twd"]) == ("applied", 1820)
    assert full(driver.vehicle.place) == [2]


def test_the_vehicle_is_looked_over_and_the_bag_counted(page, driver, order):
    page.goto("/drive/shift/check/")
    for box in page.locator("input[value=ok]").all():
        box.check()
    page.locator("input[name='part.tyres'][value=fault]").check()
    page.locator("[name=note]").fill("左後輪磨平")
    page.locator("[name=odometer_km]").fill("120500")
    assert faults(page, "light") == []
    key(page, "看好了").click()
    expect(page).to_have_url(re.compile(r"/shift/$"))

    load(page)
    page.goto("/drive/shift/cash/")
    page.locator("[name='note.1000']").fill("1")
    page.locator("[name='note.50']").fill("3")
    expect(page.locator("cash-sum output")).to_have_text("1,150")
    expect(page.locator(".differs")).to_be_visible()
    assert faults(page, "light") == []
    key(page, "點好了").click()
    expect(page).to_have_url(re.compile(r"/summary/$"))
    all_sent(page)

    route = stop_of(order).route
    assert (route.vehicle_checks.get().faults, route.vehicle_checks.get().note) == (["tyres"], "左後輪磨平")
    assert route.reviews.get().kind == "vehicle"
    assert route.cash_declared.get().total_twd == 1150
