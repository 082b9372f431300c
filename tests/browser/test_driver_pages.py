"""Every screen of a driver's day, measured: big targets, big words, 7:1 in the sun, no sideways scroll at 360 px."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from deliveries.models import Stop
from orders.wishes import Item
from tests.browser.driving import PHONE, hand_over, leave, next_action
from tests.browser.measuring import crowded_targets, faults, pale_texts, sideways, small_targets, small_texts
from tests.deliveries.reporting import published, stop_of
from tests.factories import ContactFactory, CustomerFactory, SiteFactory, placed, priced

LONG = {"name": "知本溫泉第一海鮮熱炒美食店", "address": "臺東縣卑南鄉溫泉村龍泉路 113 巷 24 弄 68 號 3 樓之 1"}


def long_site():
    site = SiteFactory(customer=CustomerFactory(name=LONG["name"]), address=LONG["address"])
    site.access_note, site.driver_note = "從後面巷子進去，先按鈴", "樓梯很窄，狗會叫"
    site.save()
    return site


@pytest.fixture
def orders(driver):
    """A gas-out order of two products at a long address, and four usual ones."""
    twenty, sixteen = priced(), priced("16", gas=690, gas_kg=16, tare_kg=16)
    priced("50", gas=1900, gas_kg=50, tare_kg=42)  # another kind that may be given
    out = placed(site=long_site(), items=(Item(twenty, 2, 2), Item(sixteen, 1, 1)), is_gas_out=True)
    orders = [out, *(placed(items=(Item(twenty, 2, 2),)) for _ in range(4))]
    for order in orders:
        ContactFactory(customer=order.customer)
    return orders


class Day:
    """One driver's phone through a day; every screen on the way is measured."""

    def __init__(self, page: Page, scheme: str) -> None:
        self.page, self.scheme, self.found, self.seen = page, scheme, {}, []

    def look(self, screen: str) -> None:
        self.page.wait_for_timeout(300)  # what the phone itself adds to the page, and colours on their way
        self.seen.append(screen)
        if wrong := faults(self.page, self.scheme):
            self.found[screen] = wrong

    def press(self) -> None:
        next_action(self.page).click()

    def done(self) -> None:
        self.press()
        expect(self.page).to_have_url(re.compile(r"/drive/$"))

    def morning(self) -> None:
        self.look("before loading")
        self.press()
        self.page.wait_for_url("**/load/")
        for summary in self.page.locator("main summary").all():
            summary.click()
        self.look("loading")
        self.page.locator("[name=in_date]").check()
        self.done()
        self.look("the list")

    def first_visit(self, visit: Stop) -> None:
        page = self.page
        page.goto(f"/drive/stops/{visit.pk}/")
        self.look("a stop before arriving")
        page.locator("report-form[data-kind=arrive] button").click()
        expect(page.locator("report-form[data-kind=arrive]")).to_have_count(0)  # the page of after it
        expect(page.locator(".arrived")).to_be_visible()
        page.evaluate("document.querySelector('#visit').submit()")  # past the browser's own checks
        expect(page.locator(".mistake").first).to_be_visible()
        self.look("what is missing, said by the server")
        page.goto(f"/drive/stops/{visit.pk}/")
        page.locator("[name=leak_check][value=leak]").check()
        self.look("a leak")
        page.locator("[name=leak_check][value=passed]").check()
        for button in page.locator("[data-code]:not([data-beside]) [data-step='-1']").all():
            button.click()
        page.locator("[name='items.20.rest'][value=owed]").check()
        page.locator("main summary:visible").first.click()
        page.locator("[name=choice][value=other]").check()
        self.press()
        self.look("a stop with everything open, and what is missing")

    def undo(self, visit: Stop) -> None:
        page = self.page
        page.goto(f"/drive/stops/{visit.pk}/")
        hand_over(page)
        self.done()
        expect(page.locator(".undo")).to_be_visible()
        self.look("the list, and undo")
        page.locator(".undo button").click()
        page.wait_for_url("**/drive/stops/*/")
        expect(page.locator("[name=unsigned]")).to_be_checked()
        self.look("undone")
        pad = page.locator("sign-pad svg")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box() or {}
        page.mouse.move(box["x"] + 20, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + 90, box["y"] + 60, steps=4)
        page.mouse.up()
        self.look("signed")
        self.done()

    def without_a_connection(self, visit: Stop) -> None:
        page = self.page
        page.goto(f"/drive/stops/{visit.pk}/")
        hand_over(page)
        page.context.set_offline(True)
        self.press()
        expect(page.locator(".kept")).to_be_visible()
        self.look("kept, with undo")
        page.clock.fast_forward(11_000)
        expect(page.locator(".unsent")).to_be_visible()
        page.locator(".unsent summary").click()
        self.look("not sent")
        page.context.set_offline(False)
        expect(page).to_have_url(re.compile(r"/drive/$"), timeout=30_000)

    def signed_out(self, visit: Stop) -> None:
        page, cookies = self.page, self.page.context.cookies()
        page.goto(f"/drive/stops/{visit.pk}/")
        hand_over(page)
        page.locator("[name=choice][value=left]").check()
        page.context.clear_cookies()
        self.press()
        page.clock.fast_forward(11_000)
        expect(page.locator(".unsent[data-state=stuck] a.key")).to_be_visible()
        self.look("signed out")
        page.context.add_cookies(cookies)
        page.goto("/drive/")
        expect(page.locator(".unsent")).to_be_hidden()

    def fail(self, visit: Stop) -> None:
        self.page.goto(f"/drive/stops/{visit.pk}/fail/")
        self.look("not delivered")
        self.page.locator("[name=reason][value=not_home]").check()
        self.page.locator("[name=next_step][value=tomorrow]").check()
        self.done()
        self.page.clock.fast_forward(11_000)
        expect(self.page.locator("li[data-state=failed]")).to_be_visible()
        self.page.locator("li[data-state=done] summary").click()
        self.look("the list with what is over")
        self.page.goto("/drive/summary/")
        self.look("the day so far")

    def evening(self) -> None:
        page = self.page
        collecting = Stop.objects.get(kind="collect_money")
        page.goto(f"/drive/stops/{collecting.pk}/")
        self.look("collecting")
        page.locator("[name=choice][value=exact]").check()
        page.locator("[name=unsigned]").check()
        self.done()
        self.look("everything is done")
        self.press()
        page.wait_for_url("**/summary/")
        self.look("the end of the day, one report still here")
        self.press()
        expect(page.locator(".closed")).to_be_visible()
        self.look("closed")
        page.goto("/drive/")
        self.look("after the end")

    def after(self, *visits: Stop) -> None:
        for visit in visits:
            self.page.goto(f"/drive/stops/{visit.pk}/")
            self.look(f"a stop that is over: {visit.state}")
        self.page.goto("/drive/load/")
        self.look("loaded already")


# No colour hangs on the language, so each language is looked at in one of the two.
@pytest.mark.parametrize(("language", "scheme"), [("zh-TW", "light"), ("en-US", "dark")])
def test_every_screen_of_a_day_keeps_the_measures(page_for, driver, orders, language, scheme):
    day = Day(page_for(driver.user, PHONE, locale=language, reduced_motion="reduce"), scheme)
    day.page.clock.install()
    day.page.goto("/drive/")
    day.look("no route")
    published(driver, *orders)
    visits = [stop_of(order) for order in orders]

    day.page.goto("/drive/")
    day.morning()
    day.first_visit(visits[0])
    day.undo(visits[0])
    day.without_a_connection(visits[1])
    day.signed_out(visits[2])
    day.fail(visits[3])
    day.page.goto(f"/drive/stops/{visits[4].pk}/")
    hand_over(day.page)
    day.done()
    day.page.goto("/drive/")
    day.evening()
    day.after(*(Stop.objects.get(pk=visit.pk) for visit in (visits[0], visits[3])))

    assert day.found == {}
    assert len(day.seen) == 25
    assert set(Stop.objects.values_list("state", flat=True)) == {"done", "failed"}


AFTER_H1 = "document.querySelector('h1').insertAdjacentHTML('afterend', '{}')"
# what is done to a good page: the measure that must find it, what it says, a script, a style
WRONG = {
    "words of 14 px": (small_texts, "<small", AFTER_H1.format("<small class=w>小字</small>"), ".w { font-size: 14px }"),
    "a plate of 13 px": (small_texts, "plate", AFTER_H1.format("<i class=plate>牌</i>"), "i.plate { font-size: 13px }"),
    "a typed number of 15 px": (small_texts, "<input", "", ".count input { font-size: 15px }"),
    "a small NT$": (small_texts, "::before", "", ".money::before { font-size: 12px }"),
    "a key 40 px high": (small_targets, "× 40 px", "", ".act a.key { min-height: 0; height: 40px; align-self: start }"),
    "a narrow count key": (small_targets, "44 ×", "", ".count button { width: 44px }"),
    "a flat summary": (small_targets, "<summary", "", ".hand-part details summary { min-height: 0 }"),
    "a link in a sentence": (small_targets, "<a href", AFTER_H1.format("<p>a <a href=/>b</a></p>"), ""),
    "keys side by side": (crowded_targets, "between", "", ".act { gap: 2px }"),
    "choices on top of each other": (crowded_targets, "between", "", ".choices { gap: 0 }"),
    "a page too wide": (sideways, "px in 360", "", "main { min-width: 500px }"),
    "grey words": (lambda page: pale_texts(page, "light"), "light", "", ".hand-part h2 { color: #767676 }"),
    "dim words in the dark": (lambda page: pale_texts(page, "dark"), "dark", "", ".hand-part h2 { color: #777 }"),
}
ADD_STYLE = """(style) => {
  const sheet = document.head.appendChild(document.createElement("style")).sheet;
  sheet.insertRule(style);  // outside any layer: wins
}"""


def test_the_measures_find_what_is_wrong(page_for, driver, orders):
    published(driver, *orders)
    page = page_for(driver.user, PHONE, bypass_csp=True, reduced_motion="reduce")
    leave(page)
    missed = []

    for wrong, (measure, said, change, style) in WRONG.items():
        page.goto(f"/drive/stops/{stop_of(orders[0]).pk}/")
        assert measure(page) == []
        page.evaluate(f"() => {{ {change} }}")
        if style:
            page.evaluate(ADD_STYLE, style)
        if not any(said in fault for fault in measure(page)):
            missed.append(wrong)

    assert missed == []
