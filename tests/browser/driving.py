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


def take_along(page: Page) -> None:
    """Open the list with signal, once, until the whole route is on this phone."""
    page.goto("/drive/")
    expect(page.locator("keep-route[data-state=kept]")).to_be_visible(timeout=30_000)


class Line:
    """What is between the phone and the server."""

    is_cut = False


def signal(page: Page, *, there: bool) -> None:
    """Take the line away, or give it back. The browser's own switch lags behind for a page or a worker that is just
    starting: what slips past it meets a server that has nothing to say (`line`)."""
    Line.is_cut = not there
    page.context.set_offline(not there)


def kept_pages(page: Page) -> dict[str, str]:
    """What lies in this phone's cache of pages, by address."""
    return page.evaluate(
        """async () => {
          const pages = {};
          for (const name of await caches.keys()) {
            if (!name.startsWith("drive-pages-")) continue;
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
              pages[new URL(request.url).pathname] = await (await cache.match(request)).text();
            }
          }
          return pages;
        }"""
    )


def all_sent(page: Page) -> None:
    """Wait until this phone holds nothing any more."""
    expect(page.locator("drive-outbox[data-held='0']")).to_be_attached(timeout=30_000)


def sign(page: Page) -> None:
    pad = page.locator("sign-pad svg")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box() or {}
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=5)
    page.mouse.up()


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
