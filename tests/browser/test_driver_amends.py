"""After a visit, on the phone: a report is put right without signal, money comes by itself, requests are seen."""

from __future__ import annotations

import re
import uuid
from operator import itemgetter

import pytest
from playwright.sync_api import Page, expect

from customers.models import Payment
from deliveries.models import DriverEvent, Request
from orders.wishes import Item
from pilot import invariants
from tests.browser.driving import PHONE, all_sent, hand_over, held, key, next_action, take_along
from tests.deliveries.reporting import again, departed, handed, phone_of, row, send, stop_of
from tests.factories import UserFactory, placed


@pytest.fixture(autouse=True)
def _every_invariant_holds(transactional_db):
    yield
    assert invariants.check() == []


@pytest.fixture
def orders(driver, twenty):
    orders = [placed(items=(Item(twenty, 2, 2),)) for _ in range(2)]
    departed(driver, *orders)
    return orders


@pytest.fixture
def phone(page_for, driver, orders) -> Page:
    return page_for(driver.user, PHONE, service_workers="allow")


def paid() -> list[int]:
    return sorted(Payment.objects.kept().values_list("received_twd", flat=True))


def test_a_finished_stop_is_put_right_without_signal(phone, driver, orders):
    """Delivered, and put right at once: both stay on the phone, go out in their order, and one is written beside the
    other."""
    stop = stop_of(orders[0])
    take_along(phone)
    phone.context.set_offline(True)
    phone.goto(f"/drive/stops/{stop.pk}/")
    hand_over(phone)
    next_action(phone).click()
    expect(phone).to_have_url(re.compile(r"/drive/$"))

    phone.goto(f"/drive/stops/{stop.pk}/amend/")
    phone.locator("[name=why]").fill("多點了一支")
    phone.locator("[name='items.20.delivered']").fill("1")
    phone.locator("[name='items.20.empties']").fill("1")
    phone.locator("[name='items.20.rest'][value=unwanted]").check()
    phone.locator("[name=choice][value=exact]").check()
    phone.locator("[name=unsigned]").check()
    next_action(phone).click()
    expect(phone).to_have_url(re.compile(r"/drive/$"))
    assert [event["kind"] for event in sorted(held(phone), key=itemgetter("seq"))] == ["deliver", "amend"]
    expect(phone.locator(".unsent")).to_be_visible()
    phone.context.set_offline(False)
    all_sent(phone)

    amended = DriverEvent.objects.get(kind="amend")
    assert (amended.state, amended.body["why"], amended.stop) == ("applied", "多點了一支", stop)
    assert (again(orders[0]).lines.get().delivered, orders[0].state) == (1, "delivered")
    assert paid() == [820]


def test_money_comes_by_itself(page_for, driver, orders, twenty):
    stop = stop_of(orders[0])
    send(driver, handed(stop, row(twenty, 2, 2), cash=1590), phone_of(driver.user))
    page = page_for(driver.user, PHONE)
    page.goto(f"/drive/stops/{stop.pk}/")

    key(page, "收了錢").click()
    expect(page.locator("#due")).to_have_text("50")
    page.locator("[name=choice][value=exact]").check()
    next_action(page).click()
    expect(page).to_have_url(re.compile(r"/drive/$"))
    all_sent(page)

    assert paid() == [50, 1590]


def test_what_the_office_asks_stands_on_top_until_it_was_seen(page_for, driver, orders):
    request = Request.ask(
        orders[1], kind="cancel", by=UserFactory(), text="不在家，不用送", operation_id=uuid.uuid4()
    )  # fmt: skip
    page = page_for(driver.user, PHONE)
    page.goto("/drive/")
    expect(page.locator(".asked")).to_contain_text("第 2 站：不要送 不在家，不用送")

    page.get_by_role("button", name="看到了").click()
    expect(page.locator(".asked")).to_have_count(0)

    assert (again(request).state, again(orders[1]).state) == ("seen", "cancelled")
