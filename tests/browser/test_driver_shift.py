"""What stands beside the visits of a day: a visit of the old system, and another driver who takes the route over."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from deliveries import loading
from deliveries.models import Stop, Takeover
from luckygas.models import DISPATCHER, DRIVER
from orders.models import Order
from orders.wishes import Item
from pilot import invariants
from tests.browser.conftest import DESK
from tests.browser.driving import PHONE, all_sent, key
from tests.browser.measuring import faults
from tests.deliveries.reporting import published, stop_of
from tests.factories import CustomerFactory, DriverFactory, SiteFactory, UserFactory, placed

LATER = 11_000  # ms


@pytest.fixture(autouse=True)
def _every_invariant_holds(transactional_db):
    yield
    assert invariants.check() == []


@pytest.fixture
def route(driver, twenty):
    order = placed(items=(Item(twenty, 1, 1),))
    route = published(driver, order)
    route.depart(by=driver.user, on_board={twenty: 5})
    return route


@pytest.fixture
def office(page_for):
    return page_for(UserFactory(roles=[DISPATCHER]), DESK)


def test_a_visit_of_the_old_system(page_for, office, axe, driver, route):
    old = SiteFactory(customer=CustomerFactory(system_of_record="legacy", stage="legacy", legacy_code="0001234"))
    office.goto(f"/dispatch/routes/{route.pk}/")
    office.get_by_role("link", name="舊系統的站").click()
    office.get_by_label("客戶編號（新的或舊的）").fill("0001234")
    office.get_by_label("20 公斤").fill("2")
    office.get_by_label("要收回的現金").fill("1400")
    axe(office)
    office.get_by_role("button", name=re.compile("放上路線")).click()
    expect(office.get_by_role("rowheader", name=re.compile(old.customer.name))).to_be_visible()

    page = page_for(driver.user, PHONE)
    page.clock.install()
    page.goto(f"/drive/stops/{Stop.objects.get(kind='legacy').pk}/")
    expect(page.locator("[name='items.20.delivered']")).to_have_value("2")
    page.locator("[name=received_twd]").fill("1400")
    assert faults(page, "light") == []
    key(page, re.compile("完成")).click()
    expect(page).to_have_url(re.compile(r"/drive/$"))
    page.clock.fast_forward(LATER)
    expect(page.locator(".undo")).to_be_hidden()
    all_sent(page)

    assert Stop.objects.get(kind="legacy").state == "done"
    assert (Order.objects.count(), route.cash_with_driver_twd) == (1, 1400)


def test_another_driver_takes_over(page_for, office, axe, driver, route, twenty):
    other = DriverFactory(user=UserFactory(username="second", name="第二人", roles=[DRIVER]))
    office.goto(f"/dispatch/routes/{route.pk}/")
    office.get_by_role("link", name="換司機接手").click()
    office.get_by_label("誰接手").select_option(label="第二人")
    office.get_by_label("原因").fill("人不舒服")
    office.locator("[name=counted_twd]").fill("0")
    office.locator("[name='full.20']").fill("5")
    axe(office)
    office.get_by_role("button", name=re.compile("交給別人")).click()
    expect(office.get_by_text("還沒接手")).to_be_visible()

    page = page_for(other.user, PHONE)
    page.goto("/drive/shift/")
    expect(page.get_by_role("heading", name=re.compile(str(driver)))).to_be_visible()
    assert faults(page, "light") == []
    key(page, "我接手了").click()
    expect(page).to_have_url(re.compile(r"/drive/$"))
    all_sent(page)

    assert Takeover.objects.get().taken_at
    assert stop_of(Order.objects.get()).route.driver == other
    assert [count for *_kind, count in loading.held_by(driver.vehicle.place)] == [5]
    office.reload()
    expect(office.get_by_text(re.compile("接手了"))).to_be_visible()
