"""Ops plans the first cohort, lets it begin and asks to move its people; a second person agrees, and a worker moves."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from customers.models import Customer
from pilot.models import MassMove
from pilot.tasks import look_at_guardrails, work_on_mass_move
from tests.browser.conftest import DESK
from tests.factories import AreaFactory, SiteFactory
from tests.pilot.rolling import imported
from tests.soundness import assert_sound

pytestmark = pytest.mark.usefixtures("morning")


def test_the_first_cohort_comes_in_and_one_stays_out(page_for, ops, manager, axe):
    AreaFactory()
    customers = [imported(name=name) for name in ("阿金", "阿銀", "阿銅")]
    SiteFactory(customer=customers[2], label="廚房")
    Customer.objects.filter(pk=customers[2].pk).update(is_metered=True)
    desk, second = page_for(ops, DESK), page_for(manager, DESK)

    desk.goto("/pilot/cohorts/")
    axe(desk)
    desk.get_by_role("link", name="排一批").click()
    desk.get_by_label("名字").fill("第 1 批")
    desk.get_by_label("最多幾位").fill("5")
    desk.get_by_label("最後一天").fill("2026-12-08")
    desk.get_by_label("一週該有幾單").fill("3")
    axe(desk)
    desk.get_by_role("button", name="排這一批").click()
    expect(desk.get_by_role("heading", name="第 1 批", exact=True)).to_be_visible()

    desk.get_by_role("textbox", name="客戶").fill(" ".join(str(customer.number) for customer in customers))
    desk.get_by_role("button", name="編進來").click()
    expect(desk.get_by_role("rowheader", name="阿銅")).to_be_visible()
    start = desk.get_by_role("form", name="這一步的關卡")
    start.get_by_label("為什麼").fill("都準備好了")
    start.get_by_role("button", name="開始這一批").click()
    expect(desk.get_by_text("都準備好了")).to_be_visible()
    look_at_guardrails()
    desk.reload()
    expect(desk.get_by_role("row", name="帳對不上 NT$0 ≤ NT$0 0 / 100 資料不足")).to_be_visible()
    axe(desk)

    desk.get_by_role("link", name="一起搬").click()
    desk.get_by_role("radio", name="已上線 · 3").check()
    desk.get_by_label("為什麼").fill("對得上")
    axe(desk)
    desk.get_by_role("button", name="請第二個人同意").click()
    expect(desk.get_by_text("等第二個人同意。")).to_be_visible()
    assert not Customer.objects.filter(stage="live").exists()

    second.goto("/pilot/approvals/")
    second.get_by_role("form", name="3 位搬到「已上線」").get_by_role("button", name="同意", exact=True).click()
    expect(second.get_by_role("button", name="同意", exact=True)).to_have_count(0)
    desk.reload()
    expect(desk.get_by_text("正在一位一位搬。")).to_be_visible()
    work_on_mass_move(MassMove.objects.get().pk)
    expect(desk.get_by_text("搬了 2 位，不能搬 1 位。")).to_be_visible()
    expect(desk.get_by_role("row", name="阿銅").get_by_text("流量表還沒在這裡收過錢：廚房。")).to_be_visible()
    axe(desk)

    desk.get_by_role("link", name=customers[0].code).click()
    expect(desk.get_by_role("row", name="對得上").get_by_text("已上線")).to_be_visible()
    axe(desk)
    desk.goto("/pilot/customers/?stage=imported")
    expect(desk.get_by_role("rowheader", name="阿銅")).to_be_visible()
    axe(desk)
    assert_sound()
