"""Acceptance suite 6, credit limit: within, beyond, available; block; a manager's word; overdue; many at once."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers.models import AccountEntry
from orders.handover import Handover
from orders.models import BulkMove, Order
from orders.wishes import Item
from tests.browser.conftest import DESK
from tests.factories import CustomerFactory, DepotFactory, SiteFactory, placed, priced, wish
from tests.soundness import assert_sound

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(db):
    """A noodle shop on account that may owe NT$2,000; a 20 kg costs NT$820."""
    priced()
    customer = CustomerFactory(name="阿金麵店", settlement="monthly", credit_limit_twd=2000)
    return SiteFactory(customer=customer, address="臺東市海線路 112 號")


@pytest.fixture
def desk(page_for, manager):
    return page_for(manager, DESK)


def ordered(site, quantity=1):
    return placed(wish(site, items=(Item(priced(), quantity, quantity),)))


def owe(customer, twd, days, by):
    legs = {AccountEntry.Account.RECEIVABLE: twd, AccountEntry.Account.ADJUSTMENT: -twd}
    at = timezone.now() - dt.timedelta(days=days)
    AccountEntry.post(customer=customer, legs=legs, cause=("opening", customer.pk), purpose="carried", by=by, at=at)


def take(page, site, quantity):
    """An order over the phone, by the desk's own form."""
    page.goto(f"/desk/{site.customer.number}/")
    page.get_by_label("還有火").check()
    page.get_by_role("textbox", name="20 公斤 叫幾支").fill(str(quantity))
    page.get_by_role("textbox", name="20 公斤 空瓶").fill(str(quantity))


def available(page):
    return page.locator(".facts div").filter(has_text="還可以記").locator("dd")


def held_rows(page):
    return page.locator("#held-list tbody tr")


def test_within_and_beyond_the_limit_and_what_is_available(desk, shop, axe):
    take(desk, shop, 2)
    expect(available(desk)).to_have_text("2,000")
    expect(desk.locator("#readback")).to_contain_text("1,640 / 2,000")
    desk.keyboard.press("F10")
    expect(desk.get_by_role("status").get_by_text("存好了")).to_be_visible()
    assert Order.objects.get().state == "confirmed"

    take(desk, shop, 1)
    expect(available(desk)).to_have_text("360")
    expect(desk.get_by_text("超過額度。")).to_be_visible()
    axe(desk)
    desk.keyboard.press("F10")
    expect(desk.get_by_role("status").get_by_text("超過信用額度")).to_be_visible()
    assert Order.objects.filter(state="held").count() == 1

    assert_sound()


def test_zero_after_payment(desk, shop, manager):
    first, second = ordered(shop, 2), ordered(shop)
    assert (first.state, second.state) == ("confirmed", "held")
    first.deliver(Handover.as_ordered(first, leak_check="passed"), place=DepotFactory().place, by=manager)
    desk.goto(f"/customers/{shop.customer.number}/payments/new/")
    desk.get_by_label("收到多少").fill("1640")
    desk.get_by_label("現金").check()
    desk.keyboard.press("F10")
    expect(desk.get_by_role("status").get_by_text("現在欠 NT$0")).to_be_visible()
    desk.goto("/credit/")
    expect(held_rows(desk)).to_contain_text("1,180現在額度夠")
    assert second.number in held_rows(desk).inner_text()
    assert_sound()


def test_block_and_unblock(desk, shop, axe):
    desk.goto(f"/customers/{shop.customer.number}/")
    desk.get_by_role("link", name="停止賒帳").click()
    expect(desk.get_by_role("heading", name="停止賒帳")).to_be_visible()
    desk.keyboard.press("F10")
    expect(desk.get_by_text("請寫原因")).to_be_visible()
    axe(desk)
    desk.get_by_label("為什麼").fill("支票跳票")
    desk.keyboard.press("F10")
    expect(desk.get_by_text("支票跳票").first).to_be_visible()
    assert ordered(shop).state == "held"
    axe(desk)

    desk.get_by_role("link", name="恢復賒帳").click()
    desk.get_by_label("為什麼").fill("付清了")
    desk.keyboard.press("F10")

    expect(desk.get_by_role("link", name="停止賒帳")).to_be_visible()
    assert ordered(shop).state == "confirmed"
    assert_sound()


def test_a_managers_override_with_a_note(desk, shop, axe):
    order = ordered(shop, 3)
    desk.goto("/credit/")
    expect(held_rows(desk)).to_contain_text("-460")
    axe(desk)
    held_rows(desk).get_by_role("link", name="放行").first.click()
    expect(desk.get_by_label("備註")).to_be_focused()
    desk.keyboard.press("F10")
    expect(desk.locator("#id_note_error")).to_be_visible()
    axe(desk)
    desk.keyboard.type("老闆娘說明天匯款")
    desk.keyboard.press("F10")

    expect(desk.get_by_role("status").get_by_text(f"{order.number} 放行了")).to_be_visible()
    expect(desk.get_by_text("沒有單在等主管")).to_be_visible()
    expect(desk.get_by_role("cell", name="老闆娘說明天匯款")).to_be_visible()
    order.refresh_from_db()
    assert (order.state, order.events.last().reason) == ("confirmed", "老闆娘說明天匯款")
    assert_sound()


def test_overdue_by_age(desk, manager, axe):
    for name, twd, days in (("一個月的店", 100, 35), ("兩個月的店", 200, 65), ("三個月的店", 400, 95)):
        owe(SiteFactory(customer__name=name).customer, twd, days, manager)
    desk.goto("/credit/overdue/")
    rows = desk.locator("#overdue-list tbody tr")
    expect(rows).to_have_count(3)
    expect(desk.locator("#overdue-list tfoot")).to_contain_text("700")
    axe(desk)

    for days, count in (("超過 60 天", 2), ("超過 90 天", 1)):
        desk.get_by_label("欠多久").select_option(label=days)
        expect(rows).to_have_count(count)
    expect(rows).to_contain_text("三個月的店")
    desk.wait_for_url("**days=90**")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="CSV").click()
    assert "三個月的店" in download.value.path().read_text(encoding="utf-8-sig")


def test_many_at_once_each_with_its_outcome(desk, shop, manager, axe):
    orders = [ordered(SiteFactory(customer__settlement="monthly", customer__credit_limit_twd=10)) for _ in range(3)]
    desk.goto("/credit/")
    expect(held_rows(desk)).to_have_count(3)
    desk.keyboard.press("F6")
    desk.keyboard.press("Space")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Space")
    expect(desk.get_by_text("勾了 2")).to_be_visible()
    desk.keyboard.press("Shift+F2")
    expect(desk.get_by_role("heading", name="放行勾選的單")).to_be_visible()
    axe(desk)
    marked = desk.locator("input[name=order]").evaluate_all("boxes => boxes.map(box => box.value)")
    meanwhile = Order.objects.get(number=marked[0])
    meanwhile.decline(by=manager, note="三個月沒付")  # somebody else was faster
    desk.get_by_label("為什麼").fill("都是老客戶")
    desk.keyboard.press("F10")

    expect(desk.get_by_role("heading", name="成了 1 張，不行 1 張")).to_be_visible()
    outcomes = dict(BulkMove.objects.get().rows.values_list("order__number", "outcome"))
    assert outcomes == {marked[0]: "refused", marked[1]: "done"}
    assert {order.number for order in orders} - set(marked) == set(
        Order.objects.on_hold().values_list("number", flat=True)
    )
    axe(desk)
    assert_sound()
