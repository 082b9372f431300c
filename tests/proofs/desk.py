"""make prove-desk: who calls is found at once, and their order is taken by keyboard in seconds.

Lookups by name, phone, address and number in a town of 13,295 customers and 350,000 orders: 95 of 100 answer within
100 ms, and the card with the form that opens on Enter within 150 ms. The control takes the indexes away from the card
of somebody who orders rarely: then the database must need several times as long.
The keys are pressed in a real Chromium by tests/browser/test_desk_by_keys.py, which hands its figures over.

    python -m tests.proofs.desk [--orders 350000 --requests 100]

The database is kept, so a second run measures at once.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from tests.processes import ROOT
from tests.proofs.report import Report
from tests.proofs.scale import WARM, Answer, Town

LIMIT_MS = {"find by name": 100, "find by phone": 100, "find by address": 100, "find by number": 100, "desk card": 150}
RATIO = 2
QUIET_CARD = "desk card of a quiet one"
WITHOUT = ("customer_id", "site_id")  # the columns of orders whose indexes the control takes away
KEYS = "tests/browser/test_desk_by_keys.py"


def ask(town: Town, page: str, requests: int, *without: str) -> list[Answer]:
    """The answers to so many requests of one page, after some to warm up."""
    return [town.get(page, *without) for _ in range(WARM + requests)][WARM:]


def press_keys(report: Report) -> None:
    """Run the journeys in Chromium and write down what they needed; each fails by itself over its limit."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "keys.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--create-db",
            "-o",
            "junit_family=xunit1",
            f"--junitxml={found}",
            KEYS,
        ]
        subprocess.run(command, cwd=ROOT, env=os.environ, check=False)
        cases = list(ElementTree.parse(found).iter("testcase")) if found.exists() else []
    for case in cases:
        for one in case.iter("property"):
            report.fact(f"by keyboard: {one.get('name')}", one.get("value"))
    failed = [case.get("name") for case in cases if len(case.findall("failure") + case.findall("error"))]
    report.must_be_none("journeys by keyboard that failed", failed if len(cases) > 1 else ["not run"])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.proofs.desk")
    parser.add_argument("--orders", type=int, default=350_000)
    parser.add_argument("--requests", type=int, default=100)
    asked = parser.parse_args()
    report = Report("desk", 1, f"{asked.requests} requests a lookup, {asked.orders:,} orders")
    with Town(asked.orders, seed=1) as town:
        report.fact("customers", town.ask("customers"))
        slow = []
        for page, limit in LIMIT_MS.items():
            answers = ask(town, page, asked.requests)
            times = sorted(answer.ms for answer in answers)
            p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
            report.fact(page, f"p50 {p50:.1f} ms, p95 {p95:.1f} ms")
            slow += [f"{page}: {p95:.1f} ms"] if p95 > limit else []
        report.must_be_none("lookups and cards over their limit", slow)
        with_indexes = statistics.median(answer.sql_ms for answer in ask(town, QUIET_CARD, 10))
        without = statistics.median(answer.sql_ms for answer in ask(town, QUIET_CARD, 5, *WITHOUT))
        ratio = without / with_indexes
        report.must_show(f"× {ratio:.1f} in the database of the card without its indexes", int(ratio > RATIO))
    press_keys(report)
    report.save()
    return 0 if report.is_green else 1


if __name__ == "__main__":
    sys.exit(main())
