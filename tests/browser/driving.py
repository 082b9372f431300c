"""A driver's taps, for the tests of the driver's phone."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

PHONE = {"width": 360, "height": 640}


def key(page: Page, name: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first


def next_action(page: Page) -> Locator:
    """The big one at the bottom."""
    return page.locator(".drive-act .key[data-kind=main]:visible")


def leave(page: Page) -> None:
    page.goto("/drive/")
    key(page, "裝車，出發").click()
    page.locator("[name=in_date]").check()
    key(page, "裝好了，出發").click()
    expect(page).to_have_url(re.compile(r"/drive/$"))


def hand_over(page: Page) -> None:
    """Answer what must be answered: no leak where it is asked, the exact amount in cash, nobody signed."""
    page.locator("#visit").wait_for()
    if page.locator("[name=leak_check]").count():
        page.locator("[name=leak_check][value=passed]").check()
    page.locator("[name=choice][value=exact]").check()
    page.locator("[name=unsigned]").check()


def held(page: Page) -> list[dict]:
    """What this phone still has in its outbox, as it lies on its disk."""
    return page.evaluate(
        """() => new Promise((resolve, reject) => {
          const asked = indexedDB.open("driver");
          asked.onerror = reject;
          asked.onsuccess = () => {
            const all = asked.result.transaction("events").objectStore("events").getAll();
            all.onsuccess = () => { asked.result.close(); resolve(all.result); };
          };
        })"""
    )
