"""What a driver's screen must keep, measured in the browser: each answers with what breaks it, in words; [] is good."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser import axe

SMALLEST_TEXT = 16  # px
SMALLEST_TARGET = 56
NEAREST = 8
CONTRAST = ["color-contrast", "color-contrast-enhanced"]  # 4.5:1 and 7:1
TALLEST = 6000

SEEN = """
const said = (element) => element.outerHTML.replace(/\\s+/g, " ").slice(0, 90);
const isSeen = (element) => {
  const box = element.getBoundingClientRect();
  return element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && box.width > 1 && box.height > 1 && box.bottom + scrollY > 0;
};
"""
TEXTS = (
    SEEN
    + """
([least]) => {
  const found = [];
  const note = (element, pseudo) => {
    const size = parseFloat(getComputedStyle(element, pseudo).fontSize);
    if (size < least) found.push(`${size} px ${pseudo ?? ""}: ${said(element)}`);
  };
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const element = words.currentNode.parentElement;
    if (words.currentNode.data.trim() && isSeen(element)) note(element);
  }
  for (const element of document.querySelectorAll("body *")) {
    if (!isSeen(element)) continue;
    if (element.matches("input:not([type=hidden]), select, textarea")) note(element);
    for (const pseudo of ["::before", "::after", "::placeholder"]) {
      const { content } = getComputedStyle(element, pseudo);
      const isWord = pseudo === "::placeholder" ? element.placeholder : /^"\\s*\\S/.test(content);
      if (isWord) note(element, pseudo);
    }
  }
  return found;
}"""
)
# A box inside its label is pressed by the label; what stands inside another target belongs to that strip.
TARGETS = (
    SEEN
    + """
const PRESSED = "a[href], button, summary, select, textarea, input:not([type=hidden]), label:has(input), sign-pad svg";
const layer = (element) => element.closest("header, main, footer, dialog");
const targets = () => [...document.querySelectorAll(PRESSED)]
  .filter((element) => isSeen(element) && !element.matches("label input"))
  .map((element) => ({ element, box: element.getBoundingClientRect() }));
"""
)
SMALL = (
    TARGETS
    + """
([least]) => targets().filter(({ box }) => box.width < least - 0.5 || box.height < least - 0.5)
  .map(({ element, box }) => `${Math.round(box.width)} × ${Math.round(box.height)} px: ${said(element)}`)
"""
)
CROWDED = (
    TARGETS
    + """
([nearest]) => {
  const found = [];
  const all = targets();
  const strip = (element) => element.closest(".count, .pad");
  for (const [at, one] of all.entries()) for (const other of all.slice(at + 1)) {
    if (layer(one.element) !== layer(other.element)) continue;
    if (strip(one.element) && strip(one.element) === strip(other.element)) continue;
    const across = Math.max(one.box.left, other.box.left) - Math.min(one.box.right, other.box.right);
    const down = Math.max(one.box.top, other.box.top) - Math.min(one.box.bottom, other.box.bottom);
    const gap = Math.round(Math.max(across, down));
    if (gap < nearest) found.push(`${gap} px between ${said(one.element)} and ${said(other.element)}`);
  }
  return found;
}"""
)
SIDEWAYS = (
    SEEN
    + """
() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  const wide = [...document.querySelectorAll("body *")]
    .filter((element) => isSeen(element) && element.getBoundingClientRect().right > clientWidth + 0.5);
  return scrollWidth > clientWidth ? [`${scrollWidth} px in ${clientWidth}: ${wide.slice(0, 3).map(said)}`] : [];
}"""
)


# Rails and dots beside words are drawn by CSS; axe cannot tell that they are beside and not behind.
WITHOUT_DRAWINGS = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("::before, ::after { background: none !important }");
  document.adoptedStyleSheets = [sheet];
}"""


def small_texts(page: Page) -> list[str]:
    """Words, values and what CSS writes, under 16 px."""
    return page.evaluate(TEXTS, [SMALLEST_TEXT])


def small_targets(page: Page) -> list[str]:
    """What can be pressed and is smaller than a gloved thumb."""
    return page.evaluate(SMALL, [SMALLEST_TARGET])


def crowded_targets(page: Page) -> list[str]:
    """Two targets so near that a thumb presses the wrong one."""
    return page.evaluate(CROWDED, [NEAREST])


def sideways(page: Page) -> list[str]:
    return page.evaluate(SIDEWAYS)


def pale_texts(page: Page, scheme: str) -> list[str]:
    """Text under 7:1, and text axe could not judge; on a screen so tall that no bar covers anything."""
    size = page.viewport_size or {}
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(size | {"height": TALLEST})
    rules = {rule: {"enabled": True} for rule in CONTRAST}
    page.evaluate(WITHOUT_DRAWINGS)
    answer = axe.run(page, runOnly=CONTRAST, rules=rules, resultTypes=["violations", "incomplete"])
    page.evaluate("() => { document.adoptedStyleSheets = []; }")
    page.set_viewport_size(size)
    page.emulate_media(color_scheme="light")
    unsure = [each for each in answer["incomplete"] if each["id"] == "color-contrast-enhanced"]
    return [
        f"{scheme}: {node['html'][:90]} {node['any'][0]['message'] if node['any'] else ''}"
        for each in answer["violations"] + unsure
        for node in each["nodes"]
    ]


def faults(page: Page, scheme: str) -> list[str]:
    """Everything that is wrong with the screen as it stands, once its styles are there."""
    page.wait_for_load_state()
    found = small_texts(page) + small_targets(page) + crowded_targets(page) + sideways(page)
    return found + pale_texts(page, scheme)
