"""A driver without signal: the route was opened once with it, and from then on everything works and nothing is lost."""

from __future__ import annotations

import re
import threading

import pytest
from playwright.sync_api import Page, expect

from customers.models import Payment
from deliveries.models import DriverEvent, ProofRule, Review, Route
from luckygas.models import DRIVER
from orders.wishes import Item
from pilot import invariants
from tests.browser.driving import (
    PHONE,
    Line,
    all_sent,
    hand_over,
    held,
    kept_pages,
    key,
    next_action,
    sign,
    signal,
    take_along,
)
from tests.deliveries.pictures import jpeg
from tests.deliveries.reporting import again, published, stop_of
from tests.factories import ContactFactory, DriverFactory, UserFactory, placed

PASSWORD = "a long password"
NO_SYNC = "delete window.SyncManager; delete ServiceWorkerRegistration.prototype.sync;"


@pytest.fixture
def orders(driver, twenty):
    driver.user.set_password(PASSWORD)
    driver.user.save()
    orders = [placed(items=(Item(twenty, 2, 2),)) for _ in range(3)]
    for order in orders:
        ContactFactory(customer=order.customer)
    published(driver, *orders)
    return orders


@pytest.fixture(autouse=True)
def _every_invariant_holds(transactional_db, line, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    yield
    assert invariants.check() == []


@pytest.fixture
def phone(page_for, driver, orders) -> Page:
    """The driver's phone, as browsers are: with a worker."""
    return page_for(driver.user, PHONE, service_workers="allow")


def cold_start(page: Page, path: str = "/drive/") -> Page:
    """The tab is closed, and a new one opened."""
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(path)
    return page


def done(page: Page, said: str = "") -> None:
    """The big key of a stop, and back on the list."""
    next_action(page).click()
    expect(page).to_have_url(re.compile(r"/drive/$"))
    if said:
        expect(page.get_by_text(said).first).to_be_visible()


def load_and_leave(page: Page) -> None:
    key(page, "裝車，出發").click()
    page.get_by_label("牌子看過了").check()
    key(page, "裝好了，出發").click()
    expect(page).to_have_url(re.compile(r"/drive/$"))
    expect(key(page, "到了")).to_be_visible()


def test_a_whole_shift_without_signal_arrives_once(phone, driver, orders):
    signed, failed, last = orders
    take_along(phone)
    signal(phone, there=False)
    page = cold_start(phone)
    expect(page.locator("as-of")).to_contain_text(re.compile(r"手機裡的，\d\d:\d\d 的樣子"))

    load_and_leave(page)
    key(page, "到了").click()
    expect(page.get_by_role("heading", name=signed.customer.name)).to_be_visible()
    hand_over(page)
    page.locator("[name=unsigned]").uncheck()
    sign(page)
    page.set_input_files("[name=photo]", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    done(page, failed.customer.name)
    page.goto(f"/drive/stops/{stop_of(failed).pk}/fail/")
    page.get_by_label("不在家").check()
    page.get_by_label("客人要明天").check()
    done(page, last.customer.name)
    key(page, "到了").click()
    hand_over(page)
    page.locator("[name=choice][value=other]").check()
    page.locator("[name=received_twd]").fill("600")
    done(page, "都跑完了")
    page = cold_start(page)
    expect(page.locator(".unsent b")).to_contain_text("筆未送 · 最舊 0 分")
    expect(page.locator("h1")).to_have_text("3 / 3 站")
    page.goto("/drive/summary/")
    expect(page.locator("[data-cash-twd]")).to_have_text("2,240")
    key(page, "收車").click()
    expect(page.get_by_text("全部送出去才算收工")).to_be_visible()
    assert (Route.objects.get().state, DriverEvent.objects.count()) == ("published", 0)

    signal(page, there=True)
    expect(page.locator(".closed:visible")).to_contain_text("結束")

    kinds = list(DriverEvent.objects.order_by("seq").values_list("kind", "seq", "state"))
    told = ["depart", "arrive", "deliver", "fail", "arrive", "deliver", "close"]
    assert kinds == [(kind, number, "applied") for number, kind in enumerate(told, start=1)]
    assert [again(order).state for order in orders] == ["delivered", "confirmed", "delivered"]
    all_sent(page)
    assert sorted(stop_of(signed).proofs.values_list("kind", flat=True)) == ["photo", "signature"]
    assert sorted(Payment.objects.values_list("received_twd", flat=True)) == [600, 1640]
    assert (held(page), Review.objects.count(), Route.objects.get().state) == ([], 0, "closed")
    assert not any(order.customer.name in text for text in kept_pages(page).values() for order in orders)


def test_every_page_of_the_route_opens_and_reloads_without_signal(phone, orders):
    take_along(phone)
    signal(phone, there=False)

    page = cold_start(phone, f"/drive/stops/{stop_of(orders[1]).pk}/")
    for order in orders:
        page.goto(f"/drive/stops/{stop_of(order).pk}/")
        expect(page.get_by_role("heading", name=order.customer.name)).to_be_visible()
        page.reload()
        expect(page.locator("#visit")).to_be_visible()
    for path in ("/drive/load/", "/drive/summary/", f"/drive/stops/{stop_of(orders[2]).pk}/fail/"):
        page.goto(path)
        expect(page.locator("as-of")).to_be_visible()
    page.goto("/drive/stops/999999/")
    expect(page.get_by_text("這一頁不在手機裡")).to_be_visible()


def test_a_slow_server_does_not_stall_the_driver(phone, orders, monkeypatch):
    take_along(phone)
    slow = threading.Event()
    monkeypatch.setattr("deliveries.views.drive.rounds.others", lambda stop: slow.wait(20) and [])

    phone.goto(f"/drive/stops/{stop_of(orders[0]).pk}/", timeout=10_000)

    expect(phone.locator("as-of")).to_be_visible()
    expect(phone.get_by_role("heading", name=orders[0].customer.name)).to_be_visible()
    slow.set()


def test_what_is_too_much_for_a_thin_line_goes_in_smaller_parts(phone, orders):
    phone.context.add_init_script(NO_SYNC)  # all goes through the page, where it is counted
    sizes, stuck = [], []

    def carry_one(route) -> None:
        if Line.is_cut:  # a page that is just starting may not know yet that there is no line
            route.abort()
        elif (size := len(route.request.post_data_json["events"])) > 1:
            sizes.append(size)
            stuck.append(route)
        else:
            route.continue_()

    take_along(phone)
    phone.context.route("**/drive/events/", carry_one)
    signal(phone, there=False)
    page = cold_start(phone)
    load_and_leave(page)
    for order in orders[:2]:
        page.goto(f"/drive/stops/{stop_of(order).pk}/fail/")
        page.get_by_label("不在家").check()
        page.get_by_label("客人要明天").check()
        done(page)
    signal(page, there=True)
    for _ in range(100):
        if not held(page):
            break
        page.wait_for_timeout(3_200 if stuck else 200)  # longer than what counts as slow
        if stuck:
            stuck.pop().abort()
            page.evaluate("window.dispatchEvent(new Event('online'))")  # else it waits twice as long each time

    all_sent(page)
    assert sizes
    assert list(DriverEvent.objects.order_by("seq").values_list("kind", "state")) == [
        ("depart", "applied"), ("fail", "applied"), ("fail", "applied"),
    ]  # fmt: skip


def test_what_was_reported_stays_so_after_a_reload_and_a_new_tab(phone, orders):
    take_along(phone)
    signal(phone, there=False)
    stop = stop_of(orders[0])
    phone.goto(f"/drive/stops/{stop.pk}/")
    hand_over(phone)
    done(phone, orders[1].customer.name)

    page = cold_start(phone)
    expect(page.locator(".next-stop:visible h2")).to_have_text(orders[1].customer.name)
    expect(page.locator("li[data-kept=waiting]")).to_contain_text("還沒送出")
    page.goto(f"/drive/stops/{stop.pk}/")

    expect(page.get_by_text("記在手機裡了")).to_be_visible()
    expect(page.locator("#visit")).to_be_hidden()
    assert [event["kind"] for event in held(page)] == ["deliver"]
    signal(page, there=True)


def test_a_page_pressed_in_two_tabs_is_one_report(phone, orders):
    take_along(phone)
    signal(phone, there=False)
    path = f"/drive/stops/{stop_of(orders[0]).pk}/"
    tabs = [phone, phone.context.new_page()]
    for tab in tabs:
        tab.goto(path)
        hand_over(tab)

    for tab in tabs:
        done(tab)

    assert [event["kind"] for event in held(tabs[1])] == ["deliver"]
    signal(tabs[0], there=True)
    all_sent(tabs[1])
    assert DriverEvent.objects.filter(kind="deliver").count() == Payment.objects.count() == 1


def test_a_tab_killed_between_writing_and_sending_loses_nothing_without_background_sync(phone, orders):
    phone.context.add_init_script(NO_SYNC)
    take_along(phone)
    signal(phone, there=False)
    phone.goto(f"/drive/stops/{stop_of(orders[0]).pk}/fail/")
    phone.get_by_label("不在家").check()
    phone.get_by_label("客人要明天").check()
    done(phone)
    phone.close()
    page = phone.context.new_page()
    signal(phone, there=True)

    page.goto(f"/drive/stops/{stop_of(orders[1]).pk}/")
    page.locator("report-form[data-kind=arrive] button").click()
    expect(page.locator(".arrived:visible")).to_be_visible()
    all_sent(page)

    sent = list(DriverEvent.objects.order_by("seq").values_list("kind", flat=True))
    assert sent == ["fail", "arrive"]


def test_a_kept_page_has_an_old_id_and_an_old_token_and_still_reports(phone, driver, orders):
    """The same page from the phone twice: two presses are two reports, though both carry one id of the server's."""
    take_along(phone)
    ids = set()
    signal(phone, there=False)
    for order in orders[:2]:
        phone.goto(f"/drive/stops/{stop_of(order).pk}/fail/")
        ids.add(phone.locator("[name=operation_id]").input_value())
        phone.locator("[name=operation_id]").evaluate(
            "(input) => { input.value = '00000000-0000-4000-8000-000000000000'; }"
        )
        phone.get_by_label("不在家").check()
        phone.get_by_label("客人要明天").check()
        done(phone)
    assert len({event["id"] for event in held(phone)} - ids) == 2
    phone.context.clear_cookies(name="csrf")
    signal(phone, there=True)

    key(phone, "到了").click()
    expect(phone.locator(".arrived:visible")).to_be_visible()
    all_sent(phone)
    assert DriverEvent.objects.filter(kind="fail", state="applied").count() == 2


def test_signed_out_on_the_way_the_queue_goes_on_after_signing_in(phone, driver, orders):
    take_along(phone)
    signal(phone, there=False)
    phone.goto(f"/drive/stops/{stop_of(orders[0]).pk}/fail/")
    phone.get_by_label("不在家").check()
    phone.get_by_label("客人要明天").check()
    done(phone)
    phone.context.clear_cookies(name="session")
    signal(phone, there=True)

    expect(phone).to_have_url(re.compile("/login/"))  # by itself: the list asks for news
    assert not any("/login/" in path for path in kept_pages(phone))
    phone.get_by_label("手機號碼或員工帳號").fill(driver.user.username)
    phone.get_by_label("密碼").fill(PASSWORD)
    phone.keyboard.press("Enter")
    expect(phone).to_have_url(re.compile("/drive/$"))
    expect(phone.locator(".undo")).to_be_visible()
    key(phone, "到了").click()
    expect(phone.locator(".arrived:visible")).to_be_visible()
    all_sent(phone)

    assert list(DriverEvent.objects.order_by("seq").values_list("kind", flat=True)) == ["fail", "arrive"]


def test_somebody_else_on_the_same_phone_sees_nothing_of_the_first(phone, orders):
    other = DriverFactory(user=UserFactory(username="driver2", roles=[DRIVER]))
    other.user.set_password(PASSWORD)
    other.user.save()
    take_along(phone)
    phone.context.clear_cookies(name="session")
    phone.goto("/drive/")
    expect(phone).to_have_url(re.compile("/login/"))
    signal(phone, there=False)
    page = phone.context.new_page()
    with pytest.raises(Exception, match="ERR_"):  # whoever stands at the sign-in page may be anybody
        page.goto("/drive/")
    signal(phone, there=True)

    page.goto("/login/?next=/drive/")
    page.get_by_label("手機號碼或員工帳號").fill("driver2")
    page.get_by_label("密碼").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("今天沒有路線").first).to_be_visible()
    expect(page.locator("keep-route[data-state=kept]")).to_be_visible()

    assert not any(order.customer.name in text for text in kept_pages(page).values() for order in orders)
    signal(page, there=False)
    page.goto(f"/drive/stops/{stop_of(orders[0]).pk}/")
    expect(page.get_by_text("這一頁不在手機裡")).to_be_visible()


def test_where_nobody_signs_the_phone_wants_a_photo(phone, driver, orders):
    ProofRule.objects.create(customer_kind="household", photo="unsigned")
    take_along(phone)
    signal(phone, there=False)
    stop = stop_of(orders[0])
    phone.goto(f"/drive/stops/{stop.pk}/")
    hand_over(phone)
    expect(phone.get_by_text("沒人簽就拍照")).to_be_visible()

    next_action(phone).click()
    expect(phone.locator(".hand-part[data-state=needed]").get_by_text("沒人簽就拍照")).to_be_visible()
    assert held(phone) == []

    phone.set_input_files("[name=photo]", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    done(phone)
    assert [event["kind"] for event in held(phone)] == ["deliver"]
