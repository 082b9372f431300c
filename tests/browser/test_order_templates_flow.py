"""Order templates in a real browser (domain page, suite 7): life cycle with merged notes and use count, weekly
scheduling with the next date, quick select, statistics, search and filter. The office works by keyboard alone.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from luckygas.models import CUSTOMER
from luckygas.templatetags.luckygas_format import short_date
from orders.handover import Handover
from orders.models import Order, StandingDay, StandingOrder
from orders.standing.generator import run
from tests.browser.conftest import DESK
from tests.factories import (
    AreaFactory,
    ContactFactory,
    CustomerFactory,
    DepotFactory,
    MembershipFactory,
    SiteFactory,
    StandingOrderFactory,
    UserFactory,
    decided,
    priced,
)

pytestmark = pytest.mark.django_db(transaction=True)


def in_days(count: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=count)


def next_of(*weekdays: int) -> dt.date:
    """The first of these weekdays after today."""
    return next(day for day in map(in_days, range(1, 8)) if day.isoweekday() in weekdays)


@pytest.fixture
def noodles(dispatcher):
    """A shop that wants gas again, in a town where other products are sold too."""
    priced()
    priced("16", gas=690, gas_kg=16)
    shop = CustomerFactory(name="阿金麵店", legacy_code="217")
    ContactFactory(customer=shop, phone="+886900000123", digits="0900000123")
    SiteFactory(customer=shop, label="店裡", address="臺東市海線路 112 號", driver_note="走後門")
    return shop


def press_f10(page: Page) -> None:
    page.keyboard.press("F10")


def agree(page: Page, shop, *, name: str = "", note: str = "") -> None:
    """From the record: new standing order, two 20 kg, by keyboard."""
    page.goto(f"/standing/new/?customer={shop.number}")
    page.get_by_label("名字").focus()
    page.keyboard.type(name)
    page.get_by_role("spinbutton", name="20 公斤 幾支").focus()
    page.keyboard.type("2")
    page.get_by_label("單上的話").focus()
    page.keyboard.type(note)


def test_a_templates_life_with_merged_notes_and_its_use_counted(page_for, dispatcher, noodles, axe):
    page = page_for(dispatcher, DESK)
    agree(page, noodles, name="宴席用", note="鑰匙在櫃台")
    page.get_by_label("叫了才送").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("group", name="星期幾")).to_be_hidden()
    axe(page)
    press_f10(page)
    expect(page.get_by_role("heading", name="阿金麵店").first).to_be_visible()
    expect(page.get_by_text("鑰匙在櫃台；走後門")).to_be_visible()
    expect(page.get_by_text("做過 0 張單")).to_be_visible()

    page.keyboard.press("F9")
    expect(page.get_by_role("heading", name="照單做一張")).to_be_visible()
    page.get_by_label("還有火").focus()
    page.keyboard.press("Space")
    page.get_by_label("單子上另外寫").focus()
    page.keyboard.type("多帶一支扳手")
    axe(page)
    press_f10(page)

    page.wait_for_url("**/orders/1*/")
    order = Order.objects.get()
    expect(page.get_by_text("鑰匙在櫃台；走後門；多帶一支扳手")).to_be_visible()
    assert (order.summary(), order.channel) == ("20 公斤 ×2", "standing")

    standing = StandingOrder.objects.get()
    page.goto(standing.get_absolute_url())
    expect(page.get_by_text("做過 1 張單")).to_be_visible()
    page.keyboard.press("F2")
    page.wait_for_url("**/edit/")
    count = page.get_by_role("spinbutton", name="20 公斤 幾支")
    expect(count).to_have_value("2")
    count.fill("3")
    press_f10(page)
    page.wait_for_url(f"**{standing.get_absolute_url()}")
    expect(page.get_by_text("20×3").first).to_be_visible()

    page.get_by_role("link", name="停掉不送了").press("Enter")
    page.wait_for_url("**/end/")
    press_f10(page)
    expect(page.get_by_text("請寫為什麼停")).to_be_visible()
    page.get_by_label("為什麼停").focus()
    page.keyboard.type("店收了")
    press_f10(page)
    expect(page.get_by_text("已經停掉。")).to_be_visible()
    axe(page)
    assert not StandingOrder.objects.get().is_active


def test_weekly_on_three_days_with_the_next_date_made_in_the_evening(page_for, dispatcher, noodles, axe):
    page = page_for(dispatcher, DESK)
    agree(page, noodles)
    for day in ("週一", "週三", "週五"):
        page.get_by_label(day).focus()
        page.keyboard.press("Space")
    press_f10(page)

    expect(page.get_by_role("main").get_by_text("每週一、三、五").first).to_be_visible()
    coming = next_of(1, 3, 5)
    first = page.get_by_role("region", name="接下來").get_by_role("listitem").first
    expect(first).to_contain_text(short_date(coming))
    expect(first).to_contain_text("會送")
    axe(page)

    page.goto(f"/standing/days/?day={coming}")
    expect(page.get_by_role("region", name="會送").get_by_role("link", name="阿金麵店")).to_be_visible()
    axe(page)

    evening = dt.datetime.combine(coming - dt.timedelta(days=1), dt.time(18))
    run(timezone.make_aware(evening))
    order = Order.objects.get()
    page.reload()
    expect(page.get_by_role("link", name=order.number)).to_be_visible()
    assert (order.promised_on, order.note) == (coming, "走後門")

    page.goto(StandingOrder.objects.get().get_absolute_url())
    page.keyboard.press("F7")
    page.wait_for_url("**/pause/")
    page.get_by_label("從哪天再開始送").fill(in_days(20).isoformat())
    press_f10(page)
    expect(page.get_by_text("以前不送").first).to_be_visible()
    expect(page.get_by_role("region", name="接下來").get_by_text("不送").first).to_be_visible()
    page.keyboard.press("F7")
    expect(page.get_by_role("status").get_by_text("又開始送了")).to_be_visible()


def test_quick_select_at_the_desk_and_in_the_customers_own_form(page_for, dispatcher, noodles, web_ordering, axe):
    site = noodles.sites.get()
    weekly = StandingOrderFactory(site=site, starts_on=in_days(1))
    feast = StandingOrderFactory(
        site=site,
        rhythm="none",
        weekdays=[],
        name="宴席用",
        note="鑰匙在櫃台",
        items=[{"product": "20", "quantity": 7}],
    )
    page = page_for(dispatcher, DESK)
    page.goto(f"/desk/{noodles.number}/")
    page.get_by_label("還有火").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+F3")
    expect(page.get_by_role("textbox", name="20 公斤 叫幾支")).to_have_value("2")
    page.get_by_role("link", name="宴席用").press("Enter")
    expect(page.get_by_role("textbox", name="20 公斤 叫幾支")).to_have_value("7")
    expect(page.get_by_text("鑰匙在櫃台；走後門")).to_be_visible()
    axe(page)
    press_f10(page)
    expect(page.get_by_role("status").get_by_text("存好了")).to_be_visible()

    assert (Order.objects.get().note, feast.days.count(), weekly.days.count()) == ("鑰匙在櫃台；走後門", 1, 0)

    cook = UserFactory(roles=[CUSTOMER])
    MembershipFactory(user=cook, customer=noodles)
    phone = page_for(cook)
    phone.goto("/orders/new/")
    phone.get_by_role("link", name="宴席用").click()
    expect(phone.get_by_role("spinbutton", name="20 公斤").first).to_have_value("7")
    phone.get_by_label("還有火").check()
    axe(phone)
    phone.get_by_role("button", name="叫瓦斯").click()
    phone.wait_for_url("**/orders/1*/")

    assert feast.days.count() == 2
    phone.goto("/account/")
    expect(phone.get_by_text("要改請打")).to_be_visible()
    expect(phone.get_by_text(short_date(next_of(1, 3, 5)))).to_be_visible()
    axe(phone)


def test_statistics_by_month(page_for, dispatcher, noodles):
    standing = StandingOrderFactory(
        site=noodles.sites.get(), rhythm="every", every_days=1, weekdays=[], starts_on=in_days(1), if_closed="skip"
    )
    StandingDay.write_due(until=in_days(3))
    decision = decided()
    delivered, cancelled, left_out = standing.days.order_by("on")
    delivered.make(decision=decision)
    cancelled.make(decision=decision)
    delivered.order.deliver(
        Handover.as_ordered(delivered.order, leak_check="passed"), place=DepotFactory().place, by=dispatcher
    )
    cancelled.order.cancel(by=dispatcher, reason="test")
    standing.pause(by=dispatcher, until=in_days(9), reason="店休")
    left_out.make(decision=decision)
    told = {"made": 2, "delivered": 1, "skipped": 1, "failed": 1}

    page = page_for(dispatcher, DESK)
    page.goto(standing.get_absolute_url())
    table = page.get_by_role("region", name="用了多少")

    expect(table.get_by_text("做過 2 張單")).to_be_visible()
    cells = [
        [int(cell) for cell in row.get_by_role("cell").all_inner_texts()] for row in table.locator("tbody tr").all()
    ]
    assert [sum(column) for column in zip(*cells, strict=True)] == list(told.values())


def test_search_and_filter_stand_in_the_address(page_for, dispatcher, noodles, axe):
    east = SiteFactory(area=AreaFactory(code="東", name="東河"), customer=CustomerFactory(name="東海旅店"))
    StandingOrderFactory(site=noodles.sites.get(), starts_on=in_days(1))
    StandingOrderFactory(site=east, rhythm="none", weekdays=[], name="宴席用")
    StandingOrderFactory(site=east, name="停用的", paused_at=timezone.now(), starts_on=in_days(1))
    page = page_for(dispatcher, DESK)
    page.goto("/orders/")
    page.get_by_role("link", name="定期單").press("Enter")
    rows = page.get_by_role("region", name="定期單").locator("tbody tr")
    expect(rows).to_have_count(3)
    axe(page)

    page.keyboard.press("F2")
    page.keyboard.type("0900000123")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("阿金麵店")
    page.wait_for_url("**text=0900000123**")

    page.get_by_role("link", name="全部").press("Enter")
    expect(rows).to_have_count(3)
    page.get_by_label("多久一次").select_option("none")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("宴席用")
    page.get_by_label("多久一次").select_option("")
    expect(rows).to_have_count(3)
    page.get_by_label("狀態").select_option("paused")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("停用的")
    page.get_by_label("狀態").select_option("")
    expect(rows).to_have_count(3)
    page.get_by_label("區").select_option("東")
    expect(rows).to_have_count(2)
    page.reload()
    expect(rows).to_have_count(2)
