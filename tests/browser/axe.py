"""axe-core in a page: what keeps somebody out of it."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# axe reads the same dozen colours from thousands of elements, and reading one in oklch() takes long.
REMEMBER_COLOURS = """(() => {
  const { Color } = axe.commons.color;
  const [parse, known] = [Color.prototype.parseString, new Map()];
  Color.prototype.parseString = function (text) {
    if (!known.has(text)) known.set(text, new Color(parse.call(this, text)));
    const { r, g, b, alpha } = known.get(text);
    return Object.assign(this, { r, g, b, alpha });
  };
})()"""
SCRIPT = f"{AXE_SCRIPT};{REMEMBER_COLOURS}"
RUN = "options => axe.run(document, options)"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def run(page: Page, **options: Any) -> dict[str, Any]:
    """What axe answers, as its API describes it."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(SCRIPT)
    # A preload would write inline style, which our own policy refuses.
    return page.evaluate(RUN, options | {"preload": False})


def violations(page: Page) -> list[str]:
    """Each element that breaks WCAG 2.2 AA or axe's best practices, in words."""
    answer = run(page, runOnly={"type": "tag", "values": WCAG}, reporter="no-passes")
    return [f"{each['id']}: {node['html'][:200]}" for each in answer["violations"] for node in each["nodes"]]
