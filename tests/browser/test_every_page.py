"""Every page of tests/pages.py, as each role that may see it: nobody is kept out, nothing complains, all of it fits.

In Chinese by light and in English in the dark: axe-core, the browser's console, sideways scrolling on a narrow phone,
and the Nu checker about the HTML. What another role was given alike is looked at once.
"""

from __future__ import annotations

import re

import pytest
import time_machine
from playwright.sync_api import Page as BrowserPage

from luckygas.models import CUSTOMER, DRIVER
from tests import nu
from tests.browser import axe
from tests.browser.conftest import DESK
from tests.pages import PAGES
from tests.world import AFTERNOON, ROLES, STRANGER, browser_of, come_from, session_of, settle, visits

LOOKS = [("zh-TW", "light"), ("en-US", "dark")]
NARROW = {"width": 360, "height": 740}
ON_A_PHONE = {STRANGER, CUSTOMER, DRIVER}
FRAME = re.compile(r"^.*<main|</main>.*$", re.DOTALL)
EACH_TIME = re.compile(r'value="[\w-]{30,}"|\d\d:\d\d')  # tokens, operation ids and times of day
SHOWN_THOUGH_HIDDEN = """[...document.querySelectorAll("[hidden]")].filter((each) => each.checkVisibility())
  .map((each) => each.outerHTML.slice(0, 80))"""


@pytest.fixture
def world(transactional_db):
    """The sample town, written for good: the server's threads see it."""
    with time_machine.travel(AFTERNOON, tick=True):
        yield settle()


@pytest.mark.slow
def test_every_page(world, window, live_server, tmp_path):
    wrong, answered = [], set()
    for language, scheme in LOOKS:
        folder, looked_at = tmp_path / language, set()
        folder.mkdir()
        for role in [STRANGER, *ROLES]:
            size = NARROW if role in ON_A_PHONE else DESK
            page = window(size, locale=language, color_scheme=scheme, reduced_motion="reduce")  # nothing is half there
            page.context.add_init_script(axe.SCRIPT)
            for number, (name, path, response, cookies) in enumerate(given_to(role, language, world)):
                if response.status_code == 200 and not response.redirect_chain:
                    answered.add((language, name))
                content = EACH_TIME.sub("", FRAME.sub("", response.text))
                if number and content in looked_at:  # the frame around it is looked at once for each role
                    continue
                looked_at.add(content)
                (folder / f"{role} {name.replace(':', '.')}.html").write_text(response.text)
                page.context.add_cookies([cookie | {"url": live_server.url} for cookie in cookies])
                answer = page.goto(path)
                faults = faults_of(page, size) if answer.ok else [answer.status]
                wrong += [f"{language} {role} {name}: {fault}" for fault in faults]
            page.context.close()
        wrong += [f"{language} {file}: {said}" for file, said in nu.errors_in(folder)]

    assert not wrong, "\n".join(wrong)
    pages = {page.name for page in PAGES if page.is_page}
    assert answered == {(language, name) for language, _scheme in LOOKS for name in pages}  # none only sends elsewhere


def given_to(role, language, world):
    """Each page of a role as the server gives it: its name and path, the answer, and the cookies it was asked with."""
    person = browser_of(world.people.get(role), language)
    for address, path in visits(world, role):
        come_from(address, person)
        yield address.name, path, person.get(path, follow=True), session_of(person)


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
