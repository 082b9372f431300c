"""Ten seconds to change one's mind: a report leaves the phone later, whatever happens to the tab, and exactly once."""

from __future__ import annotations

import contextlib
import re

import pytest
from playwright.sync_api import Error, Page, expect

from customers.models import Incident, Payment
from deliveries.models import DriverEvent
from orders.wishes import Item
from tests.browser.driving import PHONE, hand_over, held, key, leave, next_action
from tests.deliveries.pictures import jpeg
from tests.deliveries.reporting import published, stop_of
from tests.factories import placed

LATER = 11_000  # ms: past the ten seconds


@pytest.fixture
def orders(driver, twenty):
    orders = [placed(items=(Item(twenty, 2, 2),)) for _ in range(2)]
    published(driver, *orders)
    return orders


@pytest.fixture
def page(page_for, driver, orders) -> Page:
    """The driver's phone, on the road, with a clock that can be put forward."""
    page = page_for(driver.user, PHONE)
    page.clock.install()
    leave(page)
    return page


def open_stop(page: Page, order) -> None:
    page.goto(f"/drive/stops/{stop_of(order).pk}/")
    hand_over(page)


def finish(page: Page, order) -> None:
    open_stop(page, order)
    next_action(page).click()
    expect(page).to_have_url(re.compile(r"/drive/$"))
    expect(page.locator(".undo")).to_be_visible()


def reports() -> list[str]:
    return list(DriverEvent.objects.exclude(kind="depart").order_by("seq").values_list("kind", flat=True))


def test_undo_sends_nothing_and_brings_back_what_was_typed(page, orders, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    stop = stop_of(orders[0])
    open_stop(page, orders[0])
    page.locator("[name='items.20.delivered']").fill("1")
    page.locator("[name='items.20.empties']").fill("1")
    page.locator("[name='items.20.rest'][value=owed]").check()
    page.locator("[name=choice][value=other]").check()
    page.locator("[name=received_twd]").fill("500")
    page.set_input_files("[name=photo]", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    next_action(page).click()
    expect(page.locator(".undo")).to_contain_text("第 1 站完成")

    page.get_by_role("button", name="復原").click()
    expect(page.get_by_text("復原了，沒有送出。")).to_be_visible()

    assert page.url.endswith(f"/drive/stops/{stop.pk}/")
    expect(page.locator("[name='items.20.delivered']")).to_have_value("1")
    expect(page.locator("[name='items.20.rest'][value=owed]")).to_be_checked()
    expect(page.locator("[name=choice][value=other]")).to_be_checked()
    expect(page.locator("[name=received_twd]")).to_have_value("500")
    expect(page.locator("[name=unsigned]")).to_be_checked()
    expect(page.locator("#due")).to_have_text("820")
    assert page.locator("[name=photo]").evaluate("(input) => input.files.length") == 1
    assert held(page) == []
    page.clock.fast_forward(LATER)
    page.goto("/drive/")
    expect(page.locator(".undo")).to_be_hidden()
    assert (reports(), stop_of(orders[0]).state, stop.proofs.count()) == ([], "pending", 0)


def test_what_was_put_right_is_sent_once_and_nothing_of_the_first(page, orders):
    finish(page, orders[0])
    page.get_by_role("button", name="復原").click()
    expect(page.get_by_text("復原了，沒有送出。")).to_be_visible()
    page.locator("[name=choice][value=other]").check()
    page.locator("[name=received_twd]").fill("600")
    next_action(page).click()
    expect(page.locator(".undo")).to_be_visible()

    page.clock.fast_forward(LATER)
    expect(page.locator(".undo")).to_be_hidden()
    expect(page.locator("li[data-state=done]")).to_be_visible()

    assert reports() == ["deliver"]
    assert Payment.objects.get().received_twd == 600
    page.goto(f"/drive/stops/{stop_of(orders[1]).pk}/")
    assert page.locator("#visit input:checked").count() == 0  # no draft of somebody else's door


def test_the_screen_says_how_long_and_goes_on_with_the_next_stop(page, orders):
    finish(page, orders[0])

    expect(page.locator(".undo span")).to_have_text(re.compile(r"^(10|[5-9]) 秒後送出$"))
    expect(page.get_by_role("heading", name=orders[1].customer.name)).to_be_visible()
    expect(page.get_by_role("heading", name=orders[0].customer.name)).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 / 2 站")
    expect(page.locator(".while-kept:visible")).to_have_text("還沒送出")
    expect(page.locator(".unsent")).to_be_hidden()
    assert reports() == []
    page.clock.fast_forward(LATER)
    expect(page.locator("li[data-state=done]")).to_contain_text("送完 1 站")
    expect(page.locator(".while-kept:visible")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("1 / 2 站")
    assert reports() == ["deliver"]


def test_the_end_of_the_day_says_what_is_missing_and_corrects_itself(page, orders):
    finish(page, orders[0])

    page.goto("/drive/summary/")
    expect(page.get_by_text("這裡還沒算進去")).to_be_visible()
    expect(next_action(page)).to_have_text("繼續，第 2 站")
    page.clock.fast_forward(LATER)

    expect(page.get_by_role("heading", name="要交的現金")).to_contain_text("1,640")
    expect(page.get_by_text("這裡還沒算進去")).to_be_hidden()
    expect(next_action(page)).to_have_text("繼續，第 2 站")


def test_it_leaves_after_ten_real_seconds(page_for, driver, orders):
    page = page_for(driver.user, PHONE)
    leave(page)
    finish(page, orders[0])

    page.wait_for_timeout(7_000)
    assert reports() == []
    expect(page.locator("li[data-state=done]")).to_be_visible(timeout=8_000)

    assert reports() == ["deliver"]


def kill(page: Page) -> None:
    """The phone's system takes the tab's process away: nothing in it runs any more, no handler, no goodbye."""
    with contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=3_000)
    with contextlib.suppress(Error):
        page.close()


def test_a_killed_tab_opened_again_in_time_still_offers_undo(page_for, driver, orders):
    page = page_for(driver.user, PHONE)
    leave(page)
    finish(page, orders[0])
    again = page.context.new_page()
    kill(page)

    again.goto("/drive/")
    expect(again.locator(".undo")).to_be_visible()
    again.keyboard.press("Control+z")

    expect(again).to_have_url(re.compile(rf"/drive/stops/{stop_of(orders[0]).pk}/$"))
    expect(again.locator("[name=choice][value=exact]")).to_be_checked()
    assert (held(again), reports()) == ([], [])


def test_a_killed_tab_opened_later_sends_exactly_once(page_for, driver, orders):
    page = page_for(driver.user, PHONE)
    leave(page)
    finish(page, orders[0])
    again = page.context.new_page()
    kill(page)
    again.wait_for_timeout(LATER)
    assert reports() == []

    again.goto("/drive/")
    expect(again.locator("li[data-state=done]")).to_be_visible()
    again.reload()
    expect(again.locator("li[data-state=done]")).to_be_visible()

    expect(again.locator(".undo")).to_be_hidden()
    assert (held(again), reports(), Payment.objects.count()) == ([], ["deliver"], 1)


def test_without_a_connection_it_is_held_back_then_not_sent_then_sent(page, orders):
    open_stop(page, orders[0])
    page.context.set_offline(True)
    next_action(page).click()

    expect(page.get_by_text("記在手機裡了")).to_be_visible()
    expect(page.locator(".undo span")).to_have_text(re.compile("秒後送出"))
    expect(page.locator(".unsent")).to_be_hidden()
    page.clock.fast_forward(LATER)
    expect(page.locator(".undo")).to_be_hidden()
    expect(page.get_by_text("1 筆未送 · 最舊 0 分")).to_be_visible()
    assert reports() == []
    page.context.set_offline(False)
    expect(page).to_have_url(re.compile(r"/drive/$"), timeout=30_000)

    assert (held(page), reports()) == ([], ["deliver"])


def test_undo_without_a_connection_brings_the_form_back_where_it_stood(page, orders):
    open_stop(page, orders[0])
    page.locator("[name='items.20.empties']").fill("1")
    page.context.set_offline(True)
    next_action(page).click()
    expect(page.get_by_text("記在手機裡了")).to_be_visible()

    page.get_by_role("button", name="復原").click()

    expect(page.locator("[name='items.20.empties']")).to_have_value("1")
    expect(page.get_by_text("記在手機裡了")).to_be_hidden()
    expect(next_action(page)).to_contain_text("完成")
    page.clock.fast_forward(LATER)
    page.context.set_offline(False)
    page.goto("/drive/")
    assert (held(page), reports()) == ([], [])


def test_the_next_report_lets_the_last_one_go_in_their_order(page, orders):
    finish(page, orders[0])

    key(page, "到了").click()
    expect(page.locator(".arrived")).to_be_visible()

    expect(page.locator(".undo")).to_be_hidden()
    assert reports() == ["deliver", "arrive"]


def test_a_failed_visit_can_be_undone_too(page, orders):
    page.goto(f"/drive/stops/{stop_of(orders[0]).pk}/fail/")
    page.get_by_label("不在家").check()
    page.get_by_label("客人要明天").check()
    page.get_by_label("備註").fill("狗在叫")
    next_action(page).click()
    expect(page.locator(".undo")).to_contain_text("第 1 站送不成")

    page.get_by_role("button", name="復原").click()

    expect(page.get_by_label("備註")).to_have_value("狗在叫")
    expect(page.get_by_label("不在家")).to_be_checked()
    assert (held(page), reports()) == ([], [])


def test_a_leak_is_never_held_back(page, orders):
    page.goto(f"/drive/stops/{stop_of(orders[0]).pk}/")
    page.get_by_label("有漏").check()
    next_action(page).click()
    expect(page).to_have_url(re.compile(r"/drive/$"))

    expect(page.locator(".undo")).to_be_hidden()
    assert reports() == ["fail"]
    assert Incident.objects.count() == 1


def test_a_finished_stop_opened_again_is_not_asked_for_twice(page, orders):
    finish(page, orders[0])

    page.goto(f"/drive/stops/{stop_of(orders[0]).pk}/")

    expect(page.get_by_text("記在手機裡了")).to_be_visible()
    expect(page.locator("#visit")).to_be_hidden()
    page.clock.fast_forward(LATER)
    expect(page).to_have_url(re.compile(r"/drive/$"))
    assert reports() == ["deliver"]


SET_BACK = """() => new Promise((done) => {
  const asked = indexedDB.open("driver");
  asked.onsuccess = () => {
    const change = asked.result.transaction("events", "readwrite");
    const events = change.objectStore("events");
    events.getAll().onsuccess = ({ target: { result: [event] } }) => {
      events.put({ ...event, undo_until: event.undo_until + 3600e3 });
    };
    change.oncomplete = () => { asked.result.close(); done(); };
  };
})"""


def test_a_clock_that_was_set_back_holds_nothing_for_longer(page, orders):
    finish(page, orders[0])
    page.evaluate(SET_BACK)

    page.goto("/drive/")
    expect(page.locator("li[data-state=done]")).to_be_visible()

    assert (held(page), reports()) == ([], ["deliver"])
