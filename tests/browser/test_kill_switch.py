"""One person stops new orders, the shop goes on, and two people let orders in again."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from luckygas.flags import decide
from luckygas.models import MANAGER
from orders.models import Order
from pilot.flags.switches import ask_release
from tests.browser.conftest import DESK
from tests.factories import ContactFactory, UserFactory, placed, priced, wish
from tests.soundness import assert_sound

pytestmark = [pytest.mark.usefixtures("morning", "web_ordering")]


def test_one_pulls_two_release_and_the_desk_never_stops(page_for, ops, dispatcher, customer_person, axe):
    priced()
    customer = customer_person.memberships.get().customer
    ContactFactory(customer=customer, phone="+886900000123", digits="0900000123")
    before = placed(wish(customer.sites.get()), by=dispatcher)
    phone, switch, desk = page_for(customer_person), page_for(ops, DESK), page_for(dispatcher, DESK)
    second = page_for(UserFactory(username="manager", roles=[MANAGER]), DESK)
    phone.goto("/orders/new/")
    phone.get_by_label("還有火").check()
    phone.get_by_label("20 公斤", exact=True).fill("3")

    second.goto("/pilot/")
    second.get_by_label("為什麼").fill("我也聽說了")
    switch.goto("/pilot/")
    axe(switch)
    switch.get_by_label("為什麼").fill("灌裝場停電")
    switch.get_by_role("button", name="現在停").click()
    expect(switch.get_by_text("灌裝場停電").first).to_be_visible()
    axe(switch)

    phone.get_by_role("button", name="叫瓦斯").click()
    expect(phone.locator("[data-trouble=paused]")).to_be_visible()
    expect(phone.get_by_label("20 公斤", exact=True)).to_have_value("3")
    assert Order.objects.exclude(pk=before.pk).count() == 0

    desk.goto(f"/desk/{customer.number}/")
    desk.get_by_label("還有火").check()
    desk.get_by_role("textbox", name="20 公斤 叫幾支").fill("1")
    desk.keyboard.press("F10")
    expect(desk.get_by_role("status").get_by_text("存好了")).to_be_visible()
    assert Order.objects.exclude(pk=before.pk).get().channel == "phone"

    release = switch.get_by_role("form", name="放開，再收單")
    release.get_by_label("為什麼").fill("來電了")
    release.get_by_role("button", name="提出放開").click()
    expect(switch.get_by_role("button", name="收回")).to_be_visible()
    expect(switch.get_by_role("button", name="同意", exact=True)).to_have_count(0)
    assert decide().stops("web")
    second.evaluate("document.body.dispatchEvent(new CustomEvent('changed-flag'))")  # as the stream rings
    expect(second.get_by_text("收單中")).to_have_count(0)
    expect(second.get_by_role("form", name="放開，再收單")).to_be_visible()
    expect(second.locator(".pull").get_by_label("為什麼")).to_have_value("我也聽說了")
    second.get_by_role("button", name="同意", exact=True).click()
    expect(second.get_by_text("收單中")).to_be_visible()
    assert not decide().stops("web")

    phone.get_by_role("button", name="叫瓦斯").click()
    expect(phone).to_have_url(re.compile(r"/orders/\d{7}-\d+/"))
    assert Order.objects.filter(channel="web").get().lines.get().ordered == 3
    assert_sound()


def test_a_stopped_desk_keeps_its_form_and_types_in_paper_afterwards(page_for, ops, dispatcher, customer_person, axe):
    priced()
    customer = customer_person.memberships.get().customer
    manager = UserFactory(username="manager", roles=[MANAGER])
    switch, desk = page_for(ops, DESK), page_for(dispatcher, DESK)
    desk.goto(f"/desk/{customer.number}/")
    desk.get_by_label("還有火").check()
    desk.get_by_role("textbox", name="20 公斤 叫幾支").fill("2")

    switch.goto("/pilot/pause/")
    for channel in ("網路", "API", "定期單"):
        switch.get_by_label(channel, exact=True).uncheck()
    switch.get_by_label("電話台", exact=True).check()
    switch.get_by_label("為什麼").fill("換系統")
    switch.get_by_role("button", name="現在停").click()
    expect(switch.get_by_role("heading", name="停著：電話台")).to_be_visible()

    desk.keyboard.press("F10")
    expect(desk.locator("[data-trouble=paused]")).to_be_visible()
    expect(desk.get_by_role("textbox", name="20 公斤 叫幾支")).to_have_value("2")
    assert Order.objects.count() == 0

    ask_release(frozenset({"desk"}), by=ops, reason="好了").confirm(by=manager)
    desk.goto(f"/desk/{customer.number}/")
    desk.get_by_label("還有火").check()
    desk.get_by_role("textbox", name="20 公斤 叫幾支").fill("2")
    desk.get_by_text("補打編號單").click()
    desk.get_by_label("編號單號碼").fill("A-0017")
    at = timezone.localtime() - dt.timedelta(hours=1)
    desk.get_by_label("幾點打來").fill(f"{at:%Y-%m-%dT%H:%M}")
    desk.evaluate("scrollTo(0, 0)")  # what stands under the bar of a scrolled page is too small to be hit
    axe(desk)
    desk.keyboard.press("F10")
    expect(desk.get_by_role("status").get_by_text("存好了")).to_be_visible()
    order = Order.objects.get()
    assert (order.paper.number, f"{timezone.localtime(order.placed_at):%H:%M}") == ("A-0017", f"{at:%H:%M}")
    assert_sound()
