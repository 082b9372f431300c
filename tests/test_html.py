"""The HTML of every page, as each role and in both languages, is valid: the Nu checker has nothing to say."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests import nu
from tests.pages import PAGES
from tests.world import ROLES, STRANGER, browser_of, come_from, visits

LANGUAGES = ["zh-hant", "en"]


@pytest.fixture
def answers(world) -> dict[tuple[str, str, str], str]:
    """The HTML of each page by role, language and name; a page that only sends elsewhere has none."""
    found = {}
    for role in [STRANGER, *ROLES]:
        for language in LANGUAGES:
            browser = browser_of(world.people.get(role), language)
            for page, path in visits(world, role):
                come_from(page, browser)
                response = browser.get(path)
                if response.status_code == 200:
                    found[role, language, page.name] = response.text
    return found


@pytest.mark.django_db
@pytest.mark.slow
def test_every_page_is_valid_html(answers, tmp_path):
    for key, html in answers.items():
        (tmp_path / ("-".join(key).replace(":", ".") + ".html")).write_text(html)

    wrong = defaultdict(list)
    for file, said in nu.errors_in(tmp_path):
        wrong[said].append(file)

    assert dict(wrong) == {}
    assert {name for _role, _language, name in answers} == {page.name for page in PAGES if page.is_page}
