"""A typhoon by keyboard: looked at, put in force, and taken back when it passes by."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers.models import Suspension
from orders.calendar.suspending import work
from orders.models import Order, Slot
from orders.wishes import When
from tests.browser.conftest import DESK
from tests.factories import AreaFactory, ContactFactory, SiteFactory, placed, wish
from tests.soundness import assert_sound

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_typhoon_is_looked_at_confirmed_and_taken_back_by_keyboard(page_for, manager, axe):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    site = SiteFactory(area=AreaFactory())
    ContactFactory(customer=site.customer)
    Slot.open_days(until=tomorrow)
    window = Slot.objects.get(area=site.area, day=tomorrow, starts=10)
    order = placed(wish(site, when=When(slot=window)), by=manager)
    page = page_for(manager, DESK)
    keys = page.keyboard
    page.goto("/delivery-calendar/")
    axe(page)

    keys.press("F9")
    expect(page.get_by_role("heading", name="停送")).to_be_visible()
    page.get_by_label("為什麼").focus()
    keys.type("颱風")
    axe(page)
    keys.press("F10")

    expect(page.get_by_role("heading", name="還沒停送")).to_be_visible()
    expect(page.get_by_role("row", name=order.number)).to_be_visible()
    axe(page)
    keys.press("F10")

    expect(page.get_by_role("status").get_by_text("正在改時間")).to_be_visible()
    suspension = Suspension.objects.get()
    work(suspension.pk)
    expect(page.get_by_role("heading", name=re.compile("1 趟改好時間"))).to_be_visible()
    axe(page)
    assert Order.objects.get(pk=order.pk).promised_on > tomorrow
    keys.press("F4")

    expect(page.get_by_role("status").get_by_text("正在改回原來的時間")).to_be_visible()
    work(suspension.pk)
    expect(page.get_by_role("heading", name="1 趟照原來，0 趟照現在")).to_be_visible()
    assert Order.objects.get(pk=order.pk).slot == window
    assert_sound()
