"""Reading what `make load` leaves."""

from __future__ import annotations

import csv
from pathlib import Path

from pilot.certificate.junit import Results

FIGURES = "reports/load_stats.csv"


def read(figures: Path, part: str) -> Results:
    """locust's table: one test for each page, passed when no request of it failed, and the figures over all pages."""
    with figures.open() as file:
        rows = list(csv.DictReader(file))
    total = next(row for row in rows if row["Name"] == "Aggregated")
    pages = [row for row in rows if row is not total]
    wrong = [f"{row['Type']} {row['Name']}" for row in pages if row["Failure Count"] != "0"]
    passed, failed = len(pages) - len(wrong), len(wrong)
    return Results(
        passed=passed,
        failed=failed,
        parts={part: {"passed": passed, "failed": failed, "skipped": 0, "errors": 0, "scenarios": passed}},
        figures={
            "p95_ms": float(total["95%"]),
            "p99_ms": float(total["99%"]),
            "errors": int(total["Failure Count"]),
            "requests": int(total["Request Count"]),
        },
        failures=wrong,
    )
