"""The suites that make evidence: what each is, how it is run, and what it would mean to go live without it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop as _

from pilot.certificate.criteria import CRITERIA, Criterion

TWO_AT_ONCE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")  # a file's tests share their town


@dataclass(frozen=True)
class Suite:
    """A kind of test. Without a `tool` it is the tests that its requirements name."""

    name: str
    label: str
    risk: str  # what may happen to people while it is red
    minutes: int  # a run that takes longer counts as failed
    options: tuple[str, ...] = ()
    tool: tuple[str, ...] = ()
    servers: str = ""  # of `luckygas.embedded`; empty: some that begin empty and leave nothing

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(each for each in CRITERIA if each.group == self.name)

    @property
    def paths(self) -> list[str]:
        """The files and folders of its tests that are there."""
        return [path for each in self.criteria for path in each.paths if (settings.BASE_DIR / path).exists()]

    @property
    def is_there(self) -> bool:
        return bool(self.tool or self.paths)

    def has(self, criterion: Criterion) -> bool:
        """Whether there are tests of this requirement; an image has no tests, and then nobody can tell."""
        paths = [settings.BASE_DIR / path for path in criterion.paths]
        return bool(self.tool) or not (settings.BASE_DIR / "tests").exists() or any(path.exists() for path in paths)

    def command(self, junit: Path) -> list[str]:
        """What runs it, inside servers of its own: never the database that evidence is written to."""
        report = (f"--junitxml={junit}", "-o", "junit_family=xunit1")  # the proofs' figures are no part of xunit2
        tool = self.tool or ("-m", "pytest", *self.options, *report, *self.paths)
        name = self.servers or f"test-evidence-{self.name}"
        return [sys.executable, "-m", "luckygas.embedded", "--name", name, "--", sys.executable, *tool]

    def part_of(self, file: str) -> str | None:
        """The requirement that a test of this file counts for."""
        return next((each.name for each in self.criteria if each.holds(file)), None)


SUITES = {
    suite.name: suite
    for suite in (
        Suite("tests", _("All tests"), _("Something that worked yesterday may not work today."), 60, TWO_AT_ONCE),
        Suite("browser", _("Browser, nine suites"), _("People may meet pages that do not work."), 30, TWO_AT_ONCE),
        Suite("chaos", _("Faults"), _("Something dies, and orders may be lost or doubled."), 30),
        Suite(
            "load",
            _("Speed under load"),
            _("At cooking time pages may be too slow to order."),
            20,
            tool=("-m", "loadtests.run"),
            servers="load",
        ),
        Suite("security", _("Security"), _("Somebody may see what is not theirs."), 15),
        Suite("accessibility", _("Accessibility"), _("Some people may be unable to use a page."), 30, TWO_AT_ONCE),
        Suite("migration", _("Taking over"), _("Customers may come over with wrong records."), 30),
        Suite("rollback", _("Going back"), _("Nobody knows the way back to the old system."), 30),
        Suite("backup", _("Restore"), _("After a broken disk the records may be gone."), 30),
        Suite("baseline", _("Baseline"), _("Nobody could tell whether the pilot does better or worse."), 30),
    )
}
