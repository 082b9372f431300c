"""Driver mobile flow: the acceptance suite of that name, each scenario one test, on a phone's screen."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from customers.models import Incident, Payment
from deliveries.models import DriverEvent, Stop
from luckygas.models import DISPATCHER
from orders.models import CylinderMovement
from orders.wishes import Item
from pilot import invariants
from tests.browser.conftest import DESK
from tests.browser.driving import PHONE, all_sent, hand_over, key, leave, next_action
from tests.deliveries.pictures import jpeg
from tests.deliveries.reporting import published, stop_of
from tests.factories import PASSWORD, ContactFactory, SiteFactory, UserFactory, placed, priced

LATER = 11_000  # ms: past the ten seconds in which a report can be undone
HERE = {"latitude": 22.75431, "longitude": 121.15012}
PHOTO = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
COUNT = "document.addEventListener('pointerup', () => { sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1; })"
PINS = [("22.76000", "121.14500"), ("22.75000", "121.15500"), ("22.75900", "121.14600")]  # the third near the first


@pytest.fixture
def orders(driver, twenty):
    """Two 50 kg and one 20 kg for the first door, two 20 kg for the others; all with a pin and a phone."""
    fifty = priced("50", gas=1960, deposit=2000, gas_kg=50, tare_kg=41)
    wanted = [(Item(fifty, 2, 2), Item(twenty, 1, 1)), (Item(twenty, 2, 2),), (Item(twenty, 2, 2),)]
    orders = []
    for items, (latitude, longitude) in zip(wanted, PINS, strict=True):
        site = SiteFactory(latitude=latitude, longitude=longitude)
        ContactFactory(customer=site.customer)
        orders.append(placed(site=site, items=items))
    published(driver, *orders)
    return orders


@pytest.fixture
def page(page_for, driver, orders) -> Page:
    """The driver's phone, with a clock that can be put forward."""
    page = page_for(driver.user, PHONE, geolocation=HERE, permissions=["geolocation"])
    page.clock.install()
    return page


@pytest.fixture(autouse=True)
def _every_invariant_holds(transactional_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    yield
    assert invariants.check() == []


def sent(page: Page) -> None:
    """The ten seconds are over, and the phone has nothing left."""
    page.clock.fast_forward(LATER)
    expect(page.locator(".undo")).to_be_hidden()
    all_sent(page)


def test_sign_in_on_a_phone(window, driver, orders):
    driver.user.set_password(PASSWORD)
    driver.user.save()
    page = window(PHONE)

    page.goto("/")
    page.goto("/login/")
    page.locator("[name=login]").fill("driver")
    page.locator("[name=password]").fill(PASSWORD)
    key(page, "登入").click()

    expect(page).to_have_url(re.compile(r"/drive/$"))
    expect(page.get_by_role("heading", name=orders[0].customer.name)).to_be_visible()


def test_see_assigned_routes_list_detail_map_and_stops(page, orders):
    page.goto("/drive/")

    expect(page.get_by_role("heading", level=1)).to_have_text("0 / 3 站")
    for order in orders[1:]:
        expect(page.get_by_role("link", name=re.compile(order.customer.name))).to_be_visible()
    leave(page)
    way = page.locator(".drive-act a[href*='google.com/maps/dir']:visible")
    assert f"destination={'%2C'.join(PINS[0])}" in way.get_attribute("href")
    expect(page.locator(f"a[href='tel:{orders[0].customer.contacts.get().phone}']:visible")).to_have_count(1)
    page.get_by_role("link", name=re.compile(orders[1].customer.name)).click()
    expect(page.get_by_role("heading", name=orders[1].customer.name)).to_be_visible()
    expect(page.get_by_text(orders[1].site.address).first).to_be_visible()
    expect(page.locator("[name='items.20.delivered']")).to_have_value("2")


def test_start_the_route(page, driver, orders):
    page.goto("/drive/")
    page.evaluate(COUNT)

    key(page, "裝車，出發").click()
    expect(page.locator(".weight")).to_have_text(re.compile(r"382|402"))
    page.evaluate(COUNT)
    page.get_by_label("牌子看過了，都沒過期").check()
    key(page, "裝好了，出發").click()

    expect(page).to_have_url(re.compile(r"/drive/$"))
    expect(page.get_by_role("button", name="到了").first).to_be_visible()
    assert page.evaluate("sessionStorage.taps") == "3"  # a standard load, tags read, in three taps
    assert {order.state for order in (type(orders[0]).objects.all())} == {"out"}
    assert DriverEvent.objects.get().body["in_date"] is True


def test_complete_a_delivery(page, orders):
    leave(page)
    key(page, "到了").click()
    page.locator("#visit").wait_for()
    for box in page.locator("[name=leak_check][value=passed]").all():
        box.check()
    expect(page.locator("[name='items.50.delivered']")).to_have_value("2")
    expect(page.locator("[name='items.20.delivered']")).to_have_value("1")
    expect(page.locator("#due")).to_have_text("4,740")
    page.get_by_label("現金，剛好").check()
    pad = page.locator("sign-pad svg")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=5)
    page.mouse.up()
    page.set_input_files("[name=photo]", PHOTO)
    expect(page.get_by_text("拍好了")).to_be_visible()

    key(page, "完成，往第 2 站").click()

    expect(page.get_by_role("heading", name=orders[1].customer.name)).to_be_visible()
    sent(page)
    stop = stop_of(orders[0])
    assert (stop.state, stop.order.state) == ("done", "delivered")
    assert Payment.objects.get().received_twd == 2 * 1960 + 820
    assert sorted(stop.proofs.values_list("kind", flat=True)) == ["photo", "signature"]
    given = CylinderMovement.objects.filter(purpose="given").values_list("product__code", "quantity")
    assert sorted(given) == [("20", 1), ("50", 2)]


def test_handle_an_issue(page, orders):
    leave(page)
    page.goto(f"/drive/stops/{stop_of(orders[0]).pk}/")
    key(page, "送不成").click()
    page.get_by_label("不在家").check()
    page.get_by_label("公司打電話").check()
    page.locator("[name=note]").fill("按鈴三次，鄰居說去臺北")
    page.set_input_files("[name=photo]", PHOTO)
    expect(page.get_by_text("拍好了")).to_be_visible()

    key(page, "記下來").click()

    expect(page.get_by_role("heading", name=orders[1].customer.name)).to_be_visible()
    sent(page)
    stop = stop_of(orders[0])
    assert (stop.state, stop.fail_reason, stop.next_step) == ("failed", "not_home", "call")
    assert stop.note == "按鈴三次，鄰居說去臺北"
    assert stop.order.state == "confirmed"
    assert stop.order.needs_day
    assert stop.proofs.get().kind == "photo"


def test_offline_and_sync(page, orders):
    leave(page)
    stop = stop_of(orders[0])
    page.goto(f"/drive/stops/{stop.pk}/")
    hand_over(page)
    page.context.set_offline(True)
    key(page, "完成").click()
    page.clock.fast_forward(LATER)
    expect(page.locator(".unsent:visible")).to_contain_text("1 筆未送")
    assert stop_of(orders[0]).state != "done"

    page.context.set_offline(False)
    begun = time.monotonic()
    expect(page.locator(".unsent")).to_be_hidden(timeout=10_000)

    assert time.monotonic() - begun < 10
    assert stop_of(orders[0]).state == "done"
    assert DriverEvent.objects.filter(kind="deliver").count() == 1


def test_navigate_and_re_optimise(page, page_for, orders):
    leave(page)
    page.goto(f"/drive/stops/{stop_of(orders[0]).pk}/")
    hand_over(page)
    key(page, "完成").click()
    expect(page).to_have_url(re.compile(r"/drive/$"))
    sent(page)
    expect(page.get_by_role("heading", name=orders[1].customer.name)).to_be_visible()
    way = page.locator(".drive-act a[href*='google.com/maps/dir']:visible")
    assert "%2C".join(PINS[1]) in way.get_attribute("href")

    page.get_by_role("link", name=re.compile("^更多")).locator("visible=true").click()
    key(page, "重排路線，近的先").click()

    expect(page.get_by_role("heading", name=orders[2].customer.name)).to_be_visible()
    assert "%2C".join(PINS[2]) in way.get_attribute("href")
    assert [stop.order for stop in Stop.objects.order_by("position")] == [orders[0], orders[2], orders[1]]
    office = page_for(UserFactory(roles=[DISPATCHER]), DESK)
    office.goto(f"/dispatch/routes/{stop_of(orders[0]).route_id}/")
    expect(office.get_by_text("司機重排了路線")).to_be_visible()


def test_end_of_day_summary(page, orders):
    leave(page)
    for order in orders:
        page.goto(f"/drive/stops/{stop_of(order).pk}/")
        hand_over(page)
        key(page, "完成").click()
        expect(page).to_have_url(re.compile(r"/drive/$"))
    sent(page)
    expect(page.get_by_text("都跑完了")).to_be_visible()

    next_action(page).click()
    page.wait_for_url("**/summary/")
    expect(page.get_by_role("heading", name=re.compile("要交的現金"))).to_contain_text("8,020")
    expect(page.locator("#drive-summary")).to_contain_text("50 公斤")
    key(page, "收車").click()

    expect(page.locator(".closed:visible")).to_be_visible()
    all_sent(page)
    assert stop_of(orders[0]).route.state == "closed"


def test_emergency_contact(page, page_for, driver, orders):
    office = page_for(UserFactory(roles=[DISPATCHER]), DESK)
    leave(page)
    page.get_by_role("link", name=re.compile("^更多")).locator("visible=true").click()
    expect(page.get_by_role("link", name="打給公司")).to_have_attribute("href", re.compile(r"^tel:\+886"))
    expect(page.get_by_role("link", name="119")).to_have_attribute("href", "tel:119")

    key(page, "求救：我要幫忙").click()

    expect(page.get_by_role("button", name="到了").first).to_be_visible()  # at once, and nothing to undo
    incident = Incident.objects.get()
    assert (incident.kind, incident.opened_by, incident.closed_at) == ("sos", driver.user, None)
    assert "22.75431,121.15012" in incident.text
    office.goto("/dispatch/")
    expect(office.locator("#alarm")).to_contain_text("司機求救")
