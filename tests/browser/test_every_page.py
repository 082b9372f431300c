"""Every page of tests/pages.py in each app that shows it: nobody is kept out, nothing complains, all of it fits.

axe-core, the browser's console, sideways scrolling on a narrow phone, and the Nu checker about the HTML; in Chinese by
light and in English in the dark. Customers and drivers have an app each; in the office's each page is looked at as the
first role that may see it.
"""

from __future__ import annotations

import pytest
import time_machine
from playwright.sync_api import Page as BrowserPage

from luckygas.models import CUSTOMER, DISPATCHER, DRIVER, MANAGER, OPS
from tests import nu
from tests.browser import axe
from tests.browser.conftest import DESK
from tests.pages import PAGES
from tests.world import AFTERNOON, STRANGER, browser_of, come_from, session_of, settle, visits

NARROW = {"width": 360, "height": 740}
ON_A_PHONE = {STRANGER, CUSTOMER, DRIVER}
OFFICE = "office"
SHOWN_THOUGH_HIDDEN = """[...document.querySelectorAll("[hidden]")].filter((each) => each.checkVisibility())
  .map((each) => each.outerHTML.slice(0, 80))"""


@pytest.fixture
def world(transactional_db):
    """The sample town, written for good: the server's threads see it."""
    with time_machine.travel(AFTERNOON, tick=True):
        yield settle()


@pytest.mark.slow
@pytest.mark.parametrize("language, scheme", [("zh-TW", "light"), ("en-US", "dark")])
def test_every_page(language, scheme, world, window, live_server, tmp_path):
    wrong, answered = [], set()
    for role in [STRANGER, CUSTOMER, DRIVER, MANAGER, DISPATCHER, OPS]:  # who sees more comes first
        app, size = (role, NARROW) if role in ON_A_PHONE else (OFFICE, DESK)
        page = window(size, locale=language, color_scheme=scheme, reduced_motion="reduce")  # nothing is half there
        page.context.add_init_script(axe.SCRIPT)
        person = browser_of(world.people.get(role), language)
        for number, (address, path) in enumerate(visits(world, role)):
            if number and (address.name, app) in answered:  # the frame around it is looked at once for each role
                continue
            come_from(address, person)
            response = person.get(path, follow=True)
            if response.status_code == 200 and not response.redirect_chain:
                answered.add((address.name, app))
            (tmp_path / f"{role} {address.name.replace(':', '.')}.html").write_text(response.text)
            page.context.add_cookies([cookie | {"url": live_server.url} for cookie in session_of(person)])
            answer = page.goto(path)
            faults = faults_of(page, size) if answer.ok else [answer.status]
            wrong += [f"{role} {address.name}: {fault}" for fault in faults]
        page.context.close()
    wrong += [f"{file}: {said}" for file, said in nu.errors_in(tmp_path)]

    assert not wrong, "\n".join(wrong)
    assert {name for name, _app in answered} == {page.name for page in PAGES if page.is_page}  # none sends elsewhere


def faults_of(page: BrowserPage, size: dict[str, int]) -> list[str]:
    """What axe finds, what is hidden and seen, and what is wider than a narrow phone."""
    found = axe.violations(page)
    if size != NARROW:
        page.set_viewport_size(NARROW)
    if (width := page.evaluate("document.documentElement.scrollWidth")) > NARROW["width"]:
        found.append(f"{width} pixels wide")
    found += [f"shown although hidden: {what}" for what in page.evaluate(SHOWN_THOUGH_HIDDEN)]
    if size != NARROW:
        page.set_viewport_size(size)
    return found
