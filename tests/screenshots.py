"""make screenshots: every page of tests/pages.py on a phone, a tablet and a desk, in both languages, light and dark.

    python -m tests.screenshots [--role driver] [--page deliveries:stop] [--readme]

Pictures go to screenshots/<role>/<page>-<width>-<language>[-dark].png, and screenshots/sheets/ shows eight of them at
a time. A page that an earlier role sees alike is taken once. `--readme` takes the README's three into docs/img/.
"""

from __future__ import annotations

import argparse
import io
import math
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from tests.ensure_chromium import installed
from tests.processes import ROOT
from tests.sample import Sample, Visit, running, tuesday

FOLDER = ROOT / "screenshots"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
LANGUAGES = {"zh": "zh-TW", "en": "en-US"}
HEIGHTS = {360: 740, 390: 844, 768: 1024, 1440: 860}
TALLEST = 4000  # a long list goes on as it began
ALIKE = {"manager": "dispatcher", "ops": "manager"}  # a manager sees the dispatcher's pages as they do
SHEET, COLUMNS, THUMB = 8, 4, (440, 620)


class Look(NamedTuple):
    width: int
    language: str
    is_dark: bool = False

    def __str__(self) -> str:
        return f"{self.width}-{self.language}{'-dark' if self.is_dark else ''}"


LOOKS = [Look(width, language) for language in LANGUAGES for width in (360, 768, 1440)]
LOOKS += [Look(width, "zh", is_dark=True) for width in (360, 1440)]
README = (  # the file, who, which page, which link of it is followed
    ("order", "customer", "orders:detail", "a[href*='again=']", Look(390, "zh")),
    ("dispatch", "dispatcher", "deliveries:dispatch", "", Look(1440, "zh")),
    ("drive", "driver", "deliveries:drive", "", Look(360, "zh")),
)


def is_new(visit: Visit) -> bool:
    """Whether no earlier role sees this page alike."""
    return visit.role == "stranger" or not ({"stranger", ALIKE.get(visit.role)} & visit.roles)


def open_page(browser: Browser, sample: Sample, visit: Visit, language: str) -> Page:
    """Somebody's window on the sample's afternoon."""
    context = browser.new_context(
        base_url=sample.address, locale=LANGUAGES[language], timezone_id="Asia/Taipei", reduced_motion="reduce"
    )
    context.clock.set_fixed_time(tuesday())
    context.add_cookies([cookie | {"url": sample.address} for cookie in visit.cookies])
    page = context.new_page()
    page.goto(visit.path)
    return page


def picture(page: Page, look: Look, *, is_whole: bool = True) -> bytes:
    page.set_viewport_size({"width": look.width, "height": HEIGHTS[look.width]})
    page.emulate_media(color_scheme="dark" if look.is_dark else "light")
    if not is_whole:
        return page.screenshot()
    tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    area = {"x": 0, "y": 0, "width": look.width, "height": tall}
    return page.screenshot(full_page=True, clip=area)


def take(browser: Browser, sample: Sample, visits: list[Visit]) -> dict[tuple[str, Look], list[Path]]:
    """Every page in every look; the files by role and look."""
    taken = defaultdict(list)
    for number, visit in enumerate(visits, 1):
        say(f"{number} of {len(visits)}: {visit.role} {visit.name}")
        for language in LANGUAGES:
            page = open_page(browser, sample, visit, language)
            for look in (each for each in LOOKS if each.language == language):
                path = FOLDER / visit.role / f"{visit.name.replace(':', '.')}-{look}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(picture(page, look))
                taken[visit.role, look].append(path)
            page.context.close()
    return taken


def lay_out(name: str, paths: list[Path]) -> None:
    """Sheets of eight pictures, each with its file's name."""
    width, height = THUMB
    for number in range(math.ceil(len(paths) / SHEET)):
        chosen = paths[number * SHEET : (number + 1) * SHEET]
        sheet = Image.new("RGB", (COLUMNS * width, math.ceil(len(chosen) / COLUMNS) * height), "#888")
        draw = ImageDraw.Draw(sheet)
        for place, path in enumerate(chosen):
            x, y = place % COLUMNS * width, place // COLUMNS * height
            with Image.open(path) as whole:
                wide = width - 8
                small = whole.convert("RGB").resize((wide, max(whole.height * wide // whole.width, 1)))
            sheet.paste(small.crop((0, 0, wide, min(small.height, height - 24))), (x + 4, y + 20))
            draw.text((x + 6, y + 4), path.stem, fill="white")
        sheet.save(FOLDER / "sheets" / f"{name}-{number + 1}.png")


def take_for_readme(browser: Browser, sample: Sample, visits: Iterable[Visit]) -> None:
    """Three small pictures: 256 colours are enough for a page without photographs."""
    by_page = {(visit.role, visit.name): visit for visit in visits}
    for name, role, page_name, link, look in README:
        page = open_page(browser, sample, by_page[role, page_name], look.language)
        if link:
            page.click(link)
            page.wait_for_load_state()
        with Image.open(io.BytesIO(picture(page, look, is_whole=False))) as image:
            image.convert("RGB").quantize(256).save(ROOT / "docs" / "img" / f"{name}.png", optimize=True)
        say(f"docs/img/{name}.png")


def say(what: str) -> None:
    sys.stdout.write(f"{what}\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots")
    parser.add_argument("--role")
    parser.add_argument("--page")
    parser.add_argument("--readme", action="store_true")
    asked = parser.parse_args()
    chromium = installed()
    with running("screenshots") as sample, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        if asked.readme:
            take_for_readme(browser, sample, sample.visits)
            return 0
        wanted = [
            visit
            for visit in sample.visits
            if is_new(visit) and asked.role in (None, visit.role) and asked.page in (None, visit.name)
        ]
        shutil.rmtree(FOLDER / "sheets", ignore_errors=True)
        (FOLDER / "sheets").mkdir(parents=True)
        for (role, look), paths in take(browser, sample, wanted).items():
            lay_out(f"{role}-{look}", paths)
    say(f"Look through {FOLDER.relative_to(ROOT)}/sheets/.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
