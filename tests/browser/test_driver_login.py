"""Driver login: the acceptance suite of that name. A driver signs in on a phone, stays so, and gets out again."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from luckygas.models import DISPATCHER
from tests.browser.conftest import DESK
from tests.browser.driving import PHONE, key
from tests.browser.measuring import faults
from tests.factories import PASSWORD, UserFactory


@pytest.fixture
def person(driver):
    driver.user.set_password(PASSWORD)
    driver.user.save()
    return driver.user


@pytest.fixture
def page(window, person) -> Page:
    """A phone nobody is signed in on."""
    return window(PHONE)


def sign_in(page: Page, name: str = "driver", password: str = PASSWORD, *, at: str = "/login/") -> None:
    page.goto(at)
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(password)
    key(page, "登入").click()


def session_of(page: Page) -> dict:
    return next((each for each in page.context.cookies() if each["name"] == settings.SESSION_COOKIE_NAME), {})


def test_success_with_an_http_only_cookie(page):
    sign_in(page)

    expect(page).to_have_url(re.compile(r"/drive/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("今天的路線")
    assert session_of(page)["httpOnly"] is True
    assert settings.SESSION_COOKIE_NAME not in page.evaluate("document.cookie")


def test_a_wrong_password_says_so_and_lets_nobody_in(page):
    sign_in(page, password="wrong-horse")

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[name=login]")).to_have_value("driver")
    page.goto("/drive/")
    expect(page).to_have_url(re.compile(r"/login/\?next=/drive/$"))


def test_sign_out_clears_the_session(page):
    sign_in(page)
    expect(page).to_have_url(re.compile(r"/drive/$"))
    before = session_of(page)["value"]

    key(page, "登出").click()
    page.wait_for_url(lambda url: "/drive/" not in url)

    assert session_of(page).get("value") != before
    page.goto("/drive/")
    expect(page).to_have_url(re.compile(r"/login/"))
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": before, "url": page.url}])
    page.goto("/drive/")
    expect(page).to_have_url(re.compile(r"/login/"))  # nor does whoever copied the cookie


def test_the_session_persists(page):
    sign_in(page)
    expect(page).to_have_url(re.compile(r"/drive/$"))

    page.reload()
    expect(page).to_have_url(re.compile(r"/drive/$"))
    later = page.context.new_page()  # the browser was closed meanwhile: only a cookie with an end survives that
    later.goto("/drive/")

    expect(later).to_have_url(re.compile(r"/drive/$"))
    assert session_of(page)["expires"] > later.evaluate("Date.now() / 1000") + 7 * 86400


def test_a_protected_page_redirects_and_comes_back(page):
    page.goto("/drive/shift/")
    expect(page).to_have_url(re.compile(r"/login/\?next=/drive/shift/$"))

    page.locator("[name=login]").fill("driver")
    page.locator("[name=password]").fill(PASSWORD)
    key(page, "登入").click()

    expect(page).to_have_url(re.compile(r"/drive/shift/$"))


def test_the_menu_is_by_role(page, window):
    sign_in(page)
    expect(page).to_have_url(re.compile(r"/drive/$"))
    assert page.locator("nav a[href^='/dispatch/'], nav a[href^='/desk/']").count() == 0
    assert page.goto("/dispatch/").status == 403
    office = window(DESK)
    office_person = UserFactory(username="office2", roles=[DISPATCHER])
    office_person.set_password(PASSWORD)
    office_person.save()

    sign_in(office, "office2")

    expect(office.get_by_role("link", name="派車").first).to_be_visible()
    assert office.goto("/drive/").status == 403


def test_the_phone_layout(page):
    page.goto("/login/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sign_in(page)
    expect(page).to_have_url(re.compile(r"/drive/$"))

    assert faults(page, "light") == []
