"""What leaves the phone and when; what keeps a driver from leaving; and a phone that lost its memory."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from deliveries.models import Device, DriverEvent, Review, Route
from orders.wishes import Item
from tests.browser.conftest import DESK
from tests.browser.driving import PHONE, all_sent, kept_pages, key, signal, take_along
from tests.deliveries.reporting import departed, stop_of
from tests.factories import ContactFactory, placed

EMPTY_THE_STORE = """() => new Promise((done, failed) => {
  const gone = indexedDB.deleteDatabase("driver");
  gone.onsuccess = done;
  gone.onerror = failed;
})"""

GONE = """async (name) => {
  const isHere = async () => {
    for (const each of (await caches.keys()).filter((each) => each.startsWith("drive-pages-"))) {
      const cache = await caches.open(each);
      for (const request of await cache.keys()) {
        if ((await (await cache.match(request)).text()).includes(name)) return true;
      }
    }
    return false;
  };
  while (await isHere()) await new Promise((again) => setTimeout(again, 50));
}"""  # the test's own time limit ends it


@pytest.fixture
def orders(driver, twenty):
    orders = [placed(items=(Item(twenty, 2, 2),)) for _ in range(2)]
    for order in orders:
        ContactFactory(customer=order.customer)
    departed(driver, *orders)
    return orders


@pytest.fixture
def phone(page_for, driver, orders, line) -> Page:
    phone = page_for(driver.user, PHONE, service_workers="allow")
    take_along(phone)
    return phone


def fail(page: Page, order) -> None:
    page.goto(f"/drive/stops/{stop_of(order).pk}/fail/")
    page.get_by_label("不在家").check()
    page.get_by_label("客人要明天").check()
    key(page, "記下來").click()
    expect(page).to_have_url(re.compile(r"/drive/$"))
    expect(page.locator(".undo")).to_be_visible()  # the list has been told


def arrive(page: Page) -> None:
    key(page, "到了").click()
    expect(page.locator("#visit")).to_be_visible()


def test_a_visit_leaves_the_phone_once_the_server_has_it(phone, orders):
    name, stop = orders[0].customer.name, stop_of(orders[0])
    assert sum(name in text for text in kept_pages(phone).values()) > 2

    fail(phone, orders[0])
    arrive(phone)  # lets it go

    phone.evaluate(GONE, name)
    signal(phone, there=False)
    phone.goto(f"/drive/stops/{stop.pk}/")
    expect(phone.get_by_text("這站跑完了")).to_be_visible()
    phone.goto("/drive/")
    expect(phone.locator(".next-stop:visible h2")).to_have_text(orders[1].customer.name)
    expect(phone.locator("h1")).to_have_text("1 / 2 站")


def test_signing_out_waits_for_what_is_unsent_and_the_office_takes_its_file_in(
    phone, page_for, manager, orders, tmp_path
):
    phone.context.set_offline(True)
    fail(phone, orders[0])
    arrive(phone)
    phone.goto("/drive/summary/")

    phone.get_by_role("button", name="登出").click()
    expect(phone.get_by_text("2 筆還沒送出，先不能登出")).to_be_visible()
    with phone.expect_download() as saved:
        phone.locator("leave-phone").get_by_role("button", name="存檔交公司").click()
    file = Path(tmp_path) / saved.value.suggested_filename
    saved.value.save_as(file)
    office = page_for(manager, DESK)
    for _ in range(2):  # the same file again changes nothing
        office.goto("/dispatch/take-in/")
        office.get_by_label("手機的檔案").set_input_files(file)
        office.get_by_role("button", name=re.compile("收進來")).click()
        expect(office.locator("tbody tr")).to_have_count(2)
    expect(office.locator("tbody")).to_contain_text("送不成")

    events = DriverEvent.objects.order_by("seq")
    assert [(each.kind, each.seq, each.state) for each in events] == [("fail", 1, "applied"), ("arrive", 2, "applied")]
    assert {each.brought_by for each in events} == {manager}
    assert stop_of(orders[0]).state == "failed"
    phone.context.set_offline(False)
    phone.goto("/drive/")
    all_sent(phone)
    assert (DriverEvent.objects.count(), Review.objects.count()) == (2, 0)


def test_signing_out_takes_everything_off_the_phone(phone, orders):
    phone.goto("/drive/summary/")

    phone.get_by_role("button", name="登出").click()
    expect(phone).not_to_have_url(re.compile("/drive/"))

    assert kept_pages(phone) == {}
    phone.goto("/drive/")
    expect(phone).to_have_url(re.compile("/login/"))


def test_a_phone_that_lost_its_memory_says_so(phone, driver, orders):
    arrive(phone)
    expect(phone.locator(".arrived:visible")).to_be_visible()
    signal(phone, there=False)
    fail(phone, orders[0])
    first = Device.objects.get(user=driver.user)
    phone.goto("about:blank")  # lets the store go, as the system does
    blank = phone.context.new_page()
    blank.goto("/drive/away/")
    blank.evaluate(EMPTY_THE_STORE)
    phone.close()
    signal(blank, there=True)

    with blank.expect_response("**/drive/events/"):
        blank.goto("/drive/")
    expect(blank.locator("keep-route[data-state=kept]")).to_be_visible()

    second = Device.objects.exclude(pk=first.pk).get(user=driver.user)
    assert (second.reset_of, second.reset_seq) == (first, 2)
    assert "第 2 筆" in Review.objects.get().reason


def test_a_new_phone_after_one_that_kept_something_back_is_told(phone, driver, orders):
    arrive(phone)
    expect(phone.locator(".arrived:visible")).to_be_visible()
    Device.objects.update(unsent=3)
    phone.evaluate(EMPTY_THE_STORE.replace("gone.onsuccess = done", "gone.onsuccess = gone.onblocked = done"))
    phone.context.clear_cookies(name=re.compile("driver_phone"))

    fail(phone, orders[1])
    fail(phone, orders[0])  # lets it go
    expect(phone.locator("li[data-state=failed]")).to_be_visible()

    assert "不知道漏了什麼" in Review.objects.get().reason


def test_the_end_of_the_day_empties_the_phone(phone, orders):
    for order in orders:
        fail(phone, order)
    phone.goto("/drive/summary/")
    key(phone, "收車").click()
    expect(phone.locator(".closed:visible")).to_contain_text("結束")

    phone.goto("/drive/")
    expect(phone.locator("keep-route[data-state=kept]")).to_be_visible()
    assert set(kept_pages(phone)) == {"/drive/", "/drive/over/", "/drive/away/"}
    assert Route.objects.get().state == "closed"
