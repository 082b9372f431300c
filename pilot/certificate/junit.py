"""Reading JUnit XML, which may come from elsewhere: entities and DTDs are refused, and a skipped test never passed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, parse
from django.utils.translation import gettext as _

from luckygas.errors import Refused

MOST_NAMED = 50
MOST_BYTES = 64 * 1024 * 1024
ENDED = (("error", "errors"), ("failure", "failed"), ("skipped", "skipped"))  # what a test has inside
COUNTED = ("passed", "failed", "skipped", "errors")


@dataclass
class Results:
    """Counts of a run, in all and for each part; a scenario is a test function all of whose tests passed."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    errors: int = 0
    parts: dict[str, dict[str, int]] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    started_at: dt.datetime | None = None
    seconds: float = 0.0

    @property
    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in COUNTED}

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Case:
    """One test of a report: its file, its function, and how it ended."""

    file: str
    function: str
    name: str
    ended: str


def read(path: Path, part_of: Callable[[str], str | None]) -> Results:
    """Count the tests whose file belongs to a part; those of other suites are left out.

    Raises Refused when it is no JUnit XML or says no time.
    """
    root = _parsed(path)
    suites = [root] if root.tag == "testsuite" else root.findall("testsuite")
    results = Results()
    cases = [_case(element) for suite in suites for element in suite.iter("testcase")]
    by_part: dict[str, list[Case]] = {}
    for case in cases:
        if part := part_of(case.file):
            by_part.setdefault(part, []).append(case)
    for part, found in by_part.items():
        results.parts[part] = _counts(found)
        for name in COUNTED:
            setattr(results, name, getattr(results, name) + results.parts[part][name])
        results.failures += [case.name for case in found if case.ended in {"failed", "errors"}]
    results.failures = results.failures[:MOST_NAMED]
    results.started_at = min((_time(suite) for suite in suites), default=None)
    results.seconds = sum(float(suite.get("time") or 0) for suite in suites)
    return results


def _parsed(path: Path) -> Any:
    if path.stat().st_size > MOST_BYTES:
        raise Refused(_("This file is too large to be a report."), code="too_large")
    try:
        root = parse(path, forbid_dtd=True).getroot()
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Refused(_("This is no JUnit XML: %s") % type(error).__name__, code="not_junit") from None
    if root.tag not in {"testsuites", "testsuite"}:
        raise Refused(_("This is no JUnit XML: %s") % root.tag[:40], code="not_junit")
    return root


def _case(element: Any) -> Case:
    """pytest writes `tests.browser.test_x.TestY` and `test_z[a]`; a file that could not be loaded is its own name."""
    where, name = element.get("classname") or "", element.get("name") or ""
    dotted = where or name
    parts = dotted.split(".")
    file = "/".join(parts[: next((at + 1 for at, part in enumerate(parts) if part.startswith("test_")), len(parts))])
    children = {child.tag for child in element}
    ended = next((state for tag, state in ENDED if tag in children), "passed")
    return Case(f"{file}.py", f"{dotted}::{name.split('[')[0]}", f"{dotted}::{name}"[:200], ended)


def _counts(cases: list[Case]) -> dict[str, int]:
    counted = Counter(case.ended for case in cases)
    functions = {case.function for case in cases}
    spoiled = {case.function for case in cases if case.ended != "passed"}
    return {name: counted[name] for name in COUNTED} | {"scenarios": len(functions - spoiled)}


def _time(suite: Any) -> dt.datetime:
    """When a suite began; a time without a zone is one in UTC."""
    try:
        at = dt.datetime.fromisoformat(suite.get("timestamp") or "")
    except ValueError:
        raise Refused(_("This report does not say when it was made."), code="no_time") from None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
