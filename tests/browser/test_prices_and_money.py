"""The office's money by keyboard: new prices, a payment and its way back, meters, a month on paper."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers.models import Payment
from luckygas.models import CUSTOMER
from orders.handover import Handover
from orders.models import MeterReading, Price, PriceChange
from orders.wishes import Item, When
from tests.browser.conftest import DESK
from tests.factories import (
    CustomerFactory,
    DepotFactory,
    MembershipFactory,
    SiteFactory,
    UserFactory,
    placed,
    priced,
    wish,
)
from tests.soundness import assert_sound

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def noodles(dispatcher):
    """A shop on a monthly account with a meter: one delivery, and a reading of last month."""
    shop = CustomerFactory(name="阿金麵店", legacy_code="217", settlement="monthly", is_metered=True)
    site, twenty = SiteFactory(customer=shop, address="臺東市海線路 112 號"), priced()
    order = placed(wish(site, items=(Item(twenty, 2, 2),)), by=dispatcher, channel="counter")
    order.deliver(Handover.as_ordered(order, leak_check="passed"), place=DepotFactory().place, by=dispatcher)
    MeterReading.record(
        operation_id=uuid.uuid4(), site=site, product=priced("m20", gas=41, deposit=0, family="metered"),
        read_on=timezone.localdate().replace(day=1) - dt.timedelta(days=1), reading_kg=Decimal(100), by=dispatcher,
    )  # fmt: skip
    return shop


def first_of_next_month():
    return (timezone.localdate().replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def test_a_manager_enters_new_prices_and_prices_what_crosses(page_for, manager, noodles, axe):
    day = first_of_next_month() + dt.timedelta(days=1)
    crosses = placed(wish(noodles.sites.get(), items=(Item(priced(), 2, 2),), when=When(day=day)), by=manager)
    page = page_for(manager, DESK)
    keys = page.keyboard
    page.goto("/prices/")
    axe(page)

    keys.press("F9")
    expect(page.get_by_role("heading", name="調價", level=1)).to_be_visible()
    axe(page)
    page.get_by_label("為什麼").focus()
    keys.type("中油調價")
    keys.press("Tab")
    expect(page.get_by_label("20 公斤 瓦斯", exact=True)).to_be_focused()
    keys.type("8400")
    keys.press("F10")

    expect(page.get_by_text("8,400", exact=True)).to_be_visible()
    axe(page)
    page.get_by_label("20 公斤 瓦斯", exact=True).focus()
    keys.press("Control+A")
    keys.type("840")
    keys.press("F10")

    expect(page.get_by_role("status").get_by_text("新價格輸入好了")).to_be_visible()
    expect(page.get_by_role("row", name="20 公斤")).to_contain_text("+20")
    axe(page)
    assert Price.quote(priced(), on=first_of_next_month()).gas_twd == 840

    page.get_by_role("link", name="跨調價的單").focus()
    keys.press("Enter")
    box = page.get_by_role("checkbox", name=crosses.number)
    box.focus()
    keys.press("Space")
    page.get_by_role("textbox", name="為什麼").focus()
    keys.type("客人自己改期")
    keys.press("F10")
    expect(page.get_by_role("status").get_by_text("1 張單改照送貨日計價")).to_be_visible()
    axe(page)

    crosses.refresh_from_db()
    assert crosses.due_twd == 1680
    assert PriceChange.objects.get().by == manager
    assert_sound()


def test_a_cheque_is_taken_in_bounces_and_the_customer_sees_it(page_for, dispatcher, noodles, axe):
    page = page_for(dispatcher, DESK)
    keys = page.keyboard
    page.goto(f"/customers/{noodles.number}/payments/")
    axe(page)

    keys.press("F4")
    page.get_by_label("支票").focus()
    keys.press("Space")
    page.get_by_label("收了多少").or_(page.get_by_role("spinbutton")).first.focus()
    keys.type("1000")
    keys.press("F10")
    page.wait_for_url(f"**/customers/{noodles.number}/")

    page.get_by_role("link", name="欠款與收款").focus()
    keys.press("Enter")
    expect(page.get_by_role("row", name="送瓦斯")).to_contain_text("640")
    page.get_by_role("link", name="沖回").focus()
    keys.press("Enter")
    page.get_by_label("支票退票").focus()
    keys.press("Space")
    axe(page)
    keys.press("F10")

    expect(page.get_by_text("已沖回")).to_be_visible()
    expect(page.get_by_role("row", name="送瓦斯")).to_contain_text("1,640")
    axe(page)
    assert not Payment.objects.kept().exists()

    person = UserFactory(roles=[CUSTOMER])
    MembershipFactory(user=person, customer=noodles, sees_balance=True)
    theirs = page_for(person)
    theirs.goto("/account/")
    expect(theirs.get_by_text("收款沖回：支票退票")).to_be_visible()
    axe(theirs)
    theirs.get_by_role("link", name="月結單").click()
    expect(theirs.get_by_role("row", name="應付")).to_contain_text("1,640")
    axe(theirs)
    assert_sound()


def test_meters_are_read_by_keyboard_and_stand_on_the_statement(page_for, dispatcher, noodles, axe):
    page = page_for(dispatcher, DESK)
    keys = page.keyboard
    page.goto("/readings/")
    page.get_by_label("阿金麵店").focus()
    keys.type("99")
    keys.press("F10")

    expect(page.get_by_text("現在不會比較少")).to_be_visible()
    axe(page)
    page.get_by_label("阿金麵店").focus()
    keys.press("Control+A")
    keys.type("120.5")
    keys.press("F10")

    expect(page.get_by_role("status").get_by_text("1 個表抄好、記帳了")).to_be_visible()
    expect(page.get_by_text("這個月都抄完了")).to_be_visible()

    today = timezone.localdate()
    page.goto(f"/statements/?month={today:%Y-%m}")
    expect(page.get_by_role("row", name="阿金麵店")).to_contain_text("2,481")
    axe(page)
    page.get_by_role("link", name="阿金麵店").focus()
    keys.press("Enter")
    expect(page.get_by_role("row", name="20.5 公斤")).to_contain_text("841")
    axe(page)
    assert_sound()
