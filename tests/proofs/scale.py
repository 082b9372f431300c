"""make prove-scale: the pages people wait for take no longer with a million orders than with ten thousand.

Two databases with the same today, the smaller history and the larger one; the same requests on both in turns, so that
a busy machine slows both alike. Each must answer within 1.5 times, median of 30 warm requests with the same page size.
The control takes indexes away inside a transaction that is rolled back: then the limit must be exceeded.

    python -m tests.proofs.scale [--small 10000 --large 1000000 --requests 30]

The databases are kept, so a second run measures at once.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any, Self

from tests.processes import ROOT
from tests.proofs.instance import url_of
from tests.proofs.report import Report

AT = "2026-11-24T13:52:00+08:00"  # the moment of both towns: a Tuesday after lunch
LIMIT = 1.5
WARM = 5
COMPARED = (
    "board", "board of last week", "find by name", "find by phone", "find by address", "find by number",
    "office orders", "office orders of a customer", "office orders of a quiet one", "office orders cancelled",
    "office orders of a day", "customer card", "card of a quiet customer", "history", "history searched",
    "history page 2", "customer home", "monitor", "driver",
)  # fmt: skip
CONTROLS = {  # a page, and the columns of orders whose indexes are taken away
    "history": ("customer_id", "placed_at"),
    "board": ("promised_on",),
}


@dataclass(frozen=True)
class Answer:
    """What one request took, in all and in the database, and how much it showed."""

    ms: float
    sql_ms: float
    queries: int
    size: int


class Town:
    """A database of one size, and a process that asks its pages."""

    def __init__(self, orders: int, seed: int) -> None:
        self.orders, self.seed, self.name = orders, seed, f"scale_{orders}"

    def __enter__(self) -> Self:
        self.fill()
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.proofs.scale_pages"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.ask("ready")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()  # type: ignore[union-attr]
        self.process.wait(20)

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"DATABASE_URL": url_of(self.name), "DEMO": "1", "SCALE_AT": AT}

    def fill(self) -> None:
        """Make and load it, unless an earlier run did; what was left half done is empty."""
        subprocess.run(
            [sys.executable, "-m", "tests.proofs.scale_pages", "fill", self.name, str(self.orders), str(self.seed)],
            cwd=ROOT,
            env=self.environment,
            check=True,
        )

    def ask(self, *words: str) -> Any:
        self.process.stdin.write(json.dumps(words) + "\n")  # type: ignore[union-attr]
        self.process.stdin.flush()  # type: ignore[union-attr]
        answer = self.process.stdout.readline()  # type: ignore[union-attr]
        if not answer:
            raise RuntimeError(f"{self.name}: no answer to {' '.join(words)}")
        return json.loads(answer)

    def get(self, page: str, *without: str) -> Answer:
        return Answer(**self.ask("get", page, *without))


def compare(small: Town, large: Town, page: str, requests: int, *without: str) -> tuple[list[Answer], list[Answer]]:
    """The same request on both, in turns; the first few only warm up. Indexes are taken away from the larger alone."""
    found: tuple[list[Answer], list[Answer]] = ([], [])
    for number in range(WARM + requests):
        answers = small.get(page), large.get(page, *without)
        if number >= WARM:
            for answer, kept in zip(answers, found, strict=True):
                kept.append(answer)
    return found


def median(answers: list[Answer]) -> float:
    return statistics.median(answer.ms for answer in answers)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.proofs.scale")
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    report, began = (
        Report("scale", asked.seed, f"{asked.requests} requests a page, {asked.large:,} orders"),
        time.monotonic(),
    )
    report.fact("orders", {"small": asked.small, "large": asked.large})
    report.fact("warm requests a page", asked.requests)
    with Town(asked.small, asked.seed) as small, Town(asked.large, asked.seed) as large:
        report.fact("both towns ready after", f"{time.monotonic() - began:.0f} s")
        slow: list[str] = []
        for page in COMPARED:
            few, many = compare(small, large, page, asked.requests)
            ratio = median(many) / median(few)
            report.fact(
                page,
                f"{median(few):.1f} → {median(many):.1f} ms, × {ratio:.2f}; "
                f"{few[0].queries} and {many[0].queries} queries, {few[0].size // 1000} and {many[0].size // 1000} kB",
            )
            if ratio > LIMIT:
                slow.append(f"{page}: × {ratio:.2f}")
        report.must_be_none(f"pages slower than × {LIMIT}", slow)
        for page, columns in CONTROLS.items():
            few, many = compare(small, large, page, max(asked.requests // 6, 3), *columns)
            ratio = median(many) / median(few)
            report.must_show(f"× {ratio:.1f} of {page} without indexes on {', '.join(columns)}", int(ratio > LIMIT))
        for page in COMPARED:
            for plan in large.ask("explain", page):
                report.facts[f"plan of {page}, {plan['ms']} ms"] = plan["sql"] + "<br>" + "<br>".join(plan["plan"])
    report.fact("seconds", round(time.monotonic() - began))
    report.save()
    return 0 if report.is_green else 1


if __name__ == "__main__":
    sys.exit(main())
