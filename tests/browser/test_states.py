"""Waiting, no connection, an old form and an expired sign-in, as somebody in front of the screen meets them."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from customers.forms.profile import ProfileForm
from deliveries.watch.today import Today
from luckygas.models import DRIVER
from orders.past import Past
from tests.browser.conftest import DESK, PHONE
from tests.factories import UserFactory

WORKING, OFFLINE, STALE = "處理中…", "沒有網路。", "起沒有連線"
SLOW_SECONDS = 5.0
SOON = {"timeout": 4_500}  # after two seconds, and before the answer is there


@pytest.fixture
def slow(monkeypatch) -> Callable[[object, str], None]:
    """`slow(Past, "of")`: this answers late."""

    def slow_down(owner: object, name: str) -> None:
        answer = getattr(owner, name)

        def late(*args, **more):
            time.sleep(SLOW_SECONDS)
            return answer(*args, **more)

        monkeypatch.setattr(owner, name, late)

    return slow_down


@pytest.fixture
def profile(page_for, customer_person) -> Page:
    page = page_for(customer_person)
    page.goto("/account/profile/")
    page.get_by_label("怎麼稱呼").fill("林小姐")
    return page


def save(page: Page) -> None:
    page.get_by_role("button", name="存", exact=True).click()


def working(page: Page):
    return page.locator("tell-progress").get_by_text(WORKING)


def watch(page: Page) -> None:
    """Note how long after the last press the word came; a page that is about to leave answers no question."""
    page.evaluate(
        """() => {
          const place = document.querySelector("tell-progress p");
          addEventListener("click", () => sessionStorage.setItem("pressed", Date.now()), true);
          new MutationObserver(() => {
            if (place.textContent) sessionStorage.setItem("said", Date.now() - sessionStorage.getItem("pressed"));
          }).observe(place, { childList: true });
        }"""
    )


def said_after(page: Page) -> int | None:
    """Milliseconds from the press to the word; None when it never came."""
    return page.evaluate("JSON.parse(sessionStorage.getItem('said'))")


# --- progress ---------------------------------------------------------------------------------------------------------
def test_a_slow_form_is_busy_at_once_and_says_so_after_two_seconds(profile, slow):
    slow(ProfileForm, "is_valid")

    save(profile)
    began = time.monotonic()
    expect(profile.locator("[aria-busy=true]")).to_have_text("存")
    assert working(profile).count() == 0
    expect(working(profile)).to_be_visible(**SOON)

    assert time.monotonic() - began > 1.8
    expect(working(profile)).to_have_count(0)
    expect(profile.locator("[aria-busy]")).to_have_count(0)


def test_a_slow_page_says_so_too_and_the_back_key_brings_a_quiet_one(profile, slow):
    slow(Past, "of")
    watch(profile)

    profile.get_by_role("link", name="訂單").click()
    profile.wait_for_url("**/orders/history/")
    assert 1_900 < said_after(profile) < SLOW_SECONDS * 1000
    profile.go_back()

    expect(working(profile)).to_have_count(0)
    expect(profile.locator("[aria-busy]")).to_have_count(0)


def test_what_is_quick_says_nothing(profile):
    watch(profile)

    save(profile)
    expect(profile.locator("#told")).to_contain_text("存好了")
    profile.wait_for_timeout(2_300)

    assert said_after(profile) is None


def test_a_part_that_refreshes_itself_is_quiet(page_for, manager, slow):
    page = page_for(manager, DESK)
    page.goto("/monitor/")
    slow(Today, "at_a_glance")

    with page.expect_response("**/monitor/"):
        page.evaluate("document.body.dispatchEvent(new CustomEvent('changed'))")
        page.wait_for_timeout(2_800)

        assert working(page).count() == 0


# --- no connection ----------------------------------------------------------------------------------------------------
def test_without_a_connection_nothing_typed_is_lost_and_the_phone_works(profile):
    profile.context.set_offline(True)
    save(profile)

    told = profile.locator("#told")
    expect(told).to_contain_text(OFFLINE)
    expect(told.get_by_role("link", name="089-000-210")).to_be_visible()
    expect(profile.get_by_label("怎麼稱呼")).to_have_value("林小姐")

    profile.context.set_offline(False)
    save(profile)
    expect(told).not_to_contain_text(OFFLINE)


def test_a_page_that_cannot_refresh_itself_says_since_when(page_for, manager):
    page = page_for(manager, DESK)
    page.goto("/monitor/")
    told = page.locator("#told")

    page.context.set_offline(True)
    for _ in range(3):
        page.evaluate("document.body.dispatchEvent(new CustomEvent('changed'))")
        page.wait_for_timeout(700)
    expect(told.get_by_text(STALE)).to_have_count(1)

    page.context.set_offline(False)
    page.evaluate("document.body.dispatchEvent(new CustomEvent('changed'))")
    expect(told.get_by_text(STALE)).to_have_count(0)


# --- too old ----------------------------------------------------------------------------------------------------------
def test_an_old_form_keeps_what_was_typed_and_leads_on(profile):
    profile.context.clear_cookies(name="csrf")

    save(profile)

    told = profile.locator("#told")
    expect(told).to_contain_text("這一頁開太久了")
    expect(profile.get_by_label("怎麼稱呼")).to_have_value("林小姐")
    told.get_by_role("link", name="重新打開").click()
    profile.get_by_label("怎麼稱呼").fill("林小姐")
    save(profile)
    expect(told).to_contain_text("存好了")


def test_an_expired_sign_in_leads_back_to_the_page(profile, customer_person):
    customer_person.set_password("right-horse-battery")
    customer_person.save()
    profile.context.clear_cookies(name="session")

    save(profile)
    profile.get_by_label("手機", exact=False).fill("0900-000-123")
    profile.get_by_label("密碼", exact=False).fill("right-horse-battery")
    profile.get_by_role("button", name="登入").click()

    profile.wait_for_url("**/account/profile/")


# --- pages ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("who", "viewport"), [("customer_person", PHONE), ("dispatcher", DESK), ("driver", PHONE)])
def test_nothing_here_is_a_page_of_ones_own_app_that_keeps_nobody_out(request, page_for, axe, who, viewport, scheme):
    person = UserFactory(roles=[DRIVER]) if who == "driver" else request.getfixturevalue(who)
    page = page_for(person, viewport, color_scheme=scheme)

    page.goto("/nothing-here/")

    axe(page)
    page.get_by_role("main").get_by_role("link", name="回").click()
    expect(page.get_by_role("alert")).to_have_count(0)
