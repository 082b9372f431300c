"""The keys of every office page: each sign has a function key as its twin, and no key means two things at one place."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from luckygas.models import MANAGER
from tests.world import browser_of, visits

EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
FUNCTION_KEY = re.compile(r"(Shift\+)?F\d{1,2}$")


class Keys(HTMLParser):
    """Reads who carries which keys, and inside of what."""

    def __init__(self) -> None:
        super().__init__()
        self.around: list[tuple[str, set[str]]] = []
        self.without_twin: list[str] = []
        self.carried: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        keys = set((dict(attrs).get("aria-keyshortcuts") or "").split())
        if tag not in EMPTY:
            self.around.append((tag, keys))
        known = keys.union(*(outer for _tag, outer in self.around))
        if keys and not any(FUNCTION_KEY.match(key) for key in known):
            self.without_twin.append(f"<{tag}> {' '.join(keys)}")
        if not {"walk-list", "dialog"} & {outer for outer, _keys in self.around}:
            self.carried.update(keys)

    def handle_endtag(self, tag: str) -> None:
        while self.around and self.around.pop()[0] != tag:
            pass


@pytest.mark.slow
@pytest.mark.django_db
def test_every_sign_has_a_function_key_and_no_key_means_two_things(world):
    wrong, seen, browser = [], 0, browser_of(world.people[MANAGER])

    for page, path in visits(world, MANAGER):
        html = browser.get(path).content.decode()
        if 'data-app="office"' not in html:
            continue
        keys = Keys()
        keys.feed(html)
        wrong += [f"{page.name}: {each}" for each in keys.without_twin]
        wrong += [f"{page.name}: {key} twice" for key, count in keys.carried.items() if count > 1]
        assert {"F1", "?", "Shift+F1"} <= set(keys.carried), page.name
        seen += 1

    assert wrong == []
    assert seen > 25
