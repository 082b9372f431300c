"""The office ends its day by keyboard: count in, own what differs, decide what was left, close, read the report."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from deliveries.models import ClosedDay, LeftOver, Variance
from orders.wishes import When
from tests.browser.conftest import DESK
from tests.deliveries.evening import came_back
from tests.factories import placed, wish
from tests.soundness import assert_sound

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_day_is_closed_by_keyboard(page_for, dispatcher, axe):
    back, left = came_back(), placed(wish(when=When(day=timezone.localdate())), by=dispatcher)
    page = page_for(dispatcher, DESK)
    keys = page.keyboard
    page.goto(f"/dispatch/routes/{back.route.pk}/")
    keys.press("F8")

    page.get_by_label("點到的現金").focus()
    keys.type("1600")
    keys.press("Enter")
    keys.type("1")
    keys.press("Enter")
    keys.type("2")
    axe(page)
    keys.press("F10")
    expect(page.get_by_role("heading", name="點收結果")).to_be_visible()
    axe(page)

    page.get_by_role("link", name="沒人負責").focus()
    keys.press("Enter")
    page.get_by_label("誰負責").select_option(label=str(dispatcher))
    page.get_by_label("怎麼差的").focus()
    keys.type("找錯錢")
    keys.press("F10")
    expect(page.get_by_text("還沒結", exact=True)).to_be_visible()
    axe(page)

    keys.press("F9")
    page.get_by_role("link", name=left.number).filter(has_text="決定").focus()
    keys.press("Enter")
    page.get_by_label("約好改天").focus()
    keys.press("Space")
    page.get_by_label("其他日子").focus()
    keys.press("Space")
    page.get_by_label("日期").fill((timezone.localdate() + dt.timedelta(days=1)).isoformat())
    page.get_by_label("原因").focus()
    keys.type("沒人在，約明天")
    axe(page)
    keys.press("F10")

    expect(page.get_by_role("heading", name="都好了")).to_be_visible()
    axe(page)
    keys.press("F10")
    expect(page.get_by_text("關帳了", exact=True).first).to_be_visible()
    keys.press("F9")
    expect(page.get_by_role("heading", name="日報表")).to_be_visible()
    expect(page.get_by_text("找錯錢")).to_be_visible()
    axe(page)

    assert (Variance.objects.get().owner, LeftOver.objects.get().order) == (dispatcher, left)
    assert ClosedDay.objects.get().closed_by == dispatcher
    assert_sound()
