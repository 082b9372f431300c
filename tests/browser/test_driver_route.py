"""A driver's day on a phone: one full, one partial and one failed stop; with and without a connection or scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from customers.models import AccountEntry, Payment
from deliveries.models import DriverEvent, Review, Route
from luckygas.models import DISPATCHER
from orders.models import CylinderMovement
from orders.wishes import Item
from pilot import invariants
from tests.browser.conftest import DESK
from tests.browser.driving import PHONE, hand_over, key, leave
from tests.deliveries.reporting import again, published, stop_of
from tests.factories import ContactFactory, UserFactory, placed

LATER = 11_000  # ms: past the ten seconds in which a report can be undone


@pytest.fixture
def orders(twenty):
    orders = [placed(items=(Item(twenty, 2, 2),)) for _ in range(3)]
    for order in orders:
        ContactFactory(customer=order.customer)
    return orders


@pytest.fixture
def route(driver, orders) -> Route:
    return published(driver, *orders)


@pytest.fixture(autouse=True)
def _every_invariant_holds(transactional_db):
    yield
    assert invariants.check() == []


def test_a_route_with_one_full_one_partial_and_one_failed_stop(page_for, axe, driver, orders, route):
    full, partial, failed = orders
    page = page_for(driver.user, PHONE)
    leave(page)
    axe(page)

    key(page, "到了").click()
    expect(page.get_by_role("heading", name=full.customer.name)).to_be_visible()
    hand_over(page)
    axe(page)
    key(page, "完成，往第 2 站").click()
    expect(page.get_by_role("heading", name=partial.customer.name)).to_be_visible()

    key(page, "到了").click()
    page.get_by_role("button", name="交 20 公斤, 少一支").or_(
        page.get_by_label(re.compile("交 20 公斤.*少"))
    ).first.click()
    page.get_by_label(re.compile("收 20 公斤 空瓶.*少|收 20 公斤空瓶.*少")).first.click()
    page.get_by_label("下次補").check()
    hand_over(page)
    expect(page.locator("#due")).to_have_text("820")
    key(page, "完成，往第 3 站").click()
    expect(page.get_by_role("heading", name=failed.customer.name)).to_be_visible()

    key(page, "到了").click()
    key(page, "送不成").click()
    axe(page)
    page.get_by_label("不在家").check()
    page.get_by_label("客人要明天").check()
    key(page, "記下來").click()
    expect(page.get_by_text("都跑完了")).to_be_visible()

    page.get_by_role("link", name="收工").first.click()
    expect(page.get_by_text("2,460")).to_be_visible()
    axe(page)
    key(page, "收車").click()
    expect(page.get_by_text("結束", exact=False).first).to_be_visible()

    assert [again(order).state for order in orders] == ["delivered", "delivered", "confirmed"]
    assert again(failed).needs_day
    assert partial.owed_orders.get().lines.get().ordered == 1
    assert [stop_of(order).state for order in orders] == ["done", "done", "failed"]
    assert again(route).state == "closed"
    assert sorted(Payment.objects.values_list("received_twd", flat=True)) == [820, 1640]
    assert sum(AccountEntry.objects.filter(account="receivable").values_list("amount_twd", flat=True)) == 0
    moved = CylinderMovement.objects.filter(cause_kind="order").values_list("cause_id", "quantity", "purpose")
    assert set(moved) == {
        (str(full.pk), 2, "given"),
        (str(full.pk), 2, "taken"),
        (str(partial.pk), 1, "given"),
        (str(partial.pk), 1, "taken"),
    }
    assert DriverEvent.objects.exclude(state="applied").count() == Review.objects.count() == 0
    office = page_for(UserFactory(roles=[DISPATCHER]), DESK)
    office.goto(f"/orders/{full.number}/")
    expect(office.get_by_text("送達").first).to_be_visible()


def test_a_report_written_without_a_connection_is_sent_once_afterwards(page_for, driver, orders, route):
    page = page_for(driver.user, PHONE)
    page.clock.install()
    leave(page)
    page.goto(f"/drive/stops/{stop_of(orders[0]).pk}/")
    hand_over(page)

    page.context.set_offline(True)
    key(page, "完成").click()
    expect(page.get_by_text("記在手機裡了")).to_be_visible()
    page.clock.fast_forward(LATER)
    expect(page.get_by_text("1 筆未送 · 最舊 0 分")).to_be_visible()
    assert again(orders[0]).state == "out"

    page.context.set_offline(False)
    expect(page).to_have_url(re.compile(r"/drive/$"))
    expect(page.locator("li[data-state=done]")).to_be_visible()
    expect(page.locator(".unsent")).to_be_hidden()
    expect(page.get_by_role("heading", name=orders[1].customer.name)).to_be_visible()

    assert again(orders[0]).state == "delivered"
    assert DriverEvent.objects.filter(kind="deliver").count() == 1
    assert Payment.objects.count() == 1


def test_a_lost_answer_makes_no_second_handover(page_for, driver, orders, route):
    page = page_for(driver.user, PHONE)
    page.clock.install()
    leave(page)
    page.goto(f"/drive/stops/{stop_of(orders[0]).pk}/")
    hand_over(page)

    lost = []

    def lose(request):
        if lost or request.request.method != "POST":
            return request.fallback()
        request.fetch()
        request.abort()
        return lost.append(again(orders[0]).state)

    page.route("**/drive/events/", lose)
    key(page, "完成").click()
    expect(page.locator(".undo")).to_be_visible()
    page.clock.fast_forward(LATER)
    expect(page.locator("li[data-state=done]")).to_be_visible(timeout=20_000)
    expect(page.locator(".unsent")).to_be_hidden()

    assert lost == ["delivered"]
    assert DriverEvent.objects.filter(kind="deliver").count() == Payment.objects.count() == 1


def test_a_driver_who_was_signed_out_keeps_everything(page_for, driver, orders, route):
    page = page_for(driver.user, PHONE)
    page.clock.install()
    leave(page)
    page.goto(f"/drive/stops/{stop_of(orders[0]).pk}/")
    hand_over(page)
    cookies = page.context.cookies()

    page.context.clear_cookies()
    key(page, "完成").click()
    expect(page.locator(".undo")).to_be_visible()
    page.clock.fast_forward(LATER)
    expect(page.get_by_text("1 筆未送。再登入一次，都還在。")).to_be_visible()
    page.context.add_cookies(cookies)
    page.goto("/drive/")

    expect(page.locator("li[data-state=done]")).to_be_visible()
    expect(page.locator(".unsent")).to_be_hidden()
    expect(page.get_by_role("heading", name=orders[1].customer.name)).to_be_visible()
    assert again(orders[0]).state == "delivered"


def test_everything_works_without_scripts(page_for, driver, orders, route):
    page = page_for(driver.user, PHONE, java_script_enabled=False)
    leave(page)

    key(page, "到了").click()
    hand_over(page)
    key(page, "完成").click()

    expect(page.get_by_text("第 1 站完成")).to_be_visible()
    assert again(orders[0]).state == "delivered"


def test_a_signature_and_a_photo_reach_the_office(page_for, driver, orders, route, settings, tmp_path):
    from tests.deliveries.pictures import jpeg

    settings.MEDIA_ROOT = tmp_path / "media"
    page = page_for(driver.user, PHONE)
    page.clock.install()
    leave(page)
    stop = stop_of(orders[0])
    page.goto(f"/drive/stops/{stop.pk}/")
    page.get_by_label("沒漏").check()
    page.get_by_label("現金，剛好").check()
    pad = page.locator("sign-pad svg")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=5)
    page.mouse.up()
    page.set_input_files("[name=photo]", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})

    key(page, "完成").click()
    expect(page.locator(".undo")).to_be_visible()
    page.clock.fast_forward(LATER)

    expect(page.locator("li[data-state=done]")).to_be_visible()
    expect(page.locator(".unsent")).to_be_hidden()
    assert sorted(stop.proofs.values_list("kind", flat=True)) == ["photo", "signature"]
