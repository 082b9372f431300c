"""The minimum requirements: one table, with their limits. Whatever is not passed or waived means NO-GO.

A scenario is a test function; its parameters make it no more than one. The figures of the acceptance suites are how
many scenarios each was given by name. An age counts from the end of the run.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

PARTS = "parts"  # the group of requirements that something answers now, not that something ran


@dataclass(frozen=True)
class Limit:
    """A figure of a run that may not be larger."""

    figure: str
    most: float


@dataclass(frozen=True)
class Criterion:
    """One thing that must be so: tests of a suite that passed, or a part of the system that answers now."""

    group: str  # a suite's name, or PARTS
    name: str
    label: str
    paths: tuple[str, ...] = ()  # files or folders of its tests; empty: the whole suite, or a part that is asked
    at_least: int = 1  # scenarios that passed
    days: int = 7
    same_revision: bool = True
    limits: tuple[Limit, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.group}/{self.name}"

    @property
    def is_asked(self) -> bool:
        """Whether it is a part of the system that is asked now."""
        return self.group == PARTS

    def holds(self, file: str) -> bool:
        """Whether a test of this file counts for it."""
        return any(file == path or (path.endswith("/") and file.startswith(path)) for path in self.paths)


def _browser(name: str, label: str, scenarios: int, path: str = "") -> Criterion:
    return Criterion("browser", name, label, (path or f"tests/browser/test_{name}.py",), at_least=scenarios)


def _chaos(name: str, label: str, scenarios: int) -> Criterion:
    return Criterion("chaos", name, label, (f"tests/chaos/test_{name}.py",), at_least=scenarios)


def _part(name: str, label: str) -> Criterion:
    return Criterion(PARTS, name, label)


CRITERIA: tuple[Criterion, ...] = (
    Criterion("tests", "everything", _("every test there is"), ("tests/",), at_least=1900),
    _browser("driver_mobile_flow", _("driver mobile flow"), 9),
    _browser("driver_login", _("driver login"), 7),
    _browser("real_time_updates", _("real-time updates"), 6),
    _browser("order_flow", _("order flow"), 8),
    _browser("customer_management", _("customer management"), 8),
    _browser("credit_limit", _("credit limit"), 5),
    _browser("order_templates_flow", _("order templates, flow"), 5),
    _browser("order_search", _("order search"), 8),
    _browser("order_templates_api", _("order templates, API"), 9, "tests/api/test_order_templates_api.py"),
    _chaos("process_failure", _("processes that die"), 5),
    _chaos("network", _("a bad network"), 7),
    _chaos("database", _("a database in trouble"), 7),
    _chaos("external_services", _("outside services that fail"), 6),
    _chaos("resource_exhaustion", _("nothing left of memory, disk or connections"), 6),
    _chaos("redis", _("a dead or frozen Redis"), 3),
    _chaos("prove_orders", _("no order lost or doubled whatever dies"), 1),
    _chaos("prove_driver", _("no delivery lost or doubled without signal"), 1),
    _chaos("prove_pause", _("one click stops every process"), 1),
    Criterion(
        "load",
        "working_day",
        _("everybody of a working day at once"),
        limits=(Limit("p95_ms", 200), Limit("p99_ms", 500), Limit("errors", 0)),
    ),
    Criterion("security", "permissions", _("who may see what"), ("tests/security/",), at_least=3),
    Criterion("accessibility", "every_page", _("every page, for everybody"), ("tests/browser/test_every_page.py",)),
    Criterion("migration", "import", _("taking over the old records"), ("tests/migration/",), at_least=10),
    Criterion("rollback", "hand_back", _("handing customers back to the old system"), ("tests/rollback/",), at_least=5),
    Criterion("backup", "restore", _("a backup that was restored"), ("tests/backup/",), same_revision=False),
    Criterion(
        "baseline", "legacy", _("how well the old system does"), ("tests/baseline/",), 1, 30, same_revision=False
    ),
    _part("revision", _("Revision")),
    _part("api", _("API")),
    _part("web", _("Web pages")),
    _part("database", _("Database")),
    _part("signin", _("Sign-in")),
    _part("monitoring", _("Monitoring")),
    _part("flags", _("Flags")),
    _part("documentation", _("Documentation")),
    _part("backups", _("Backups")),
    _part("workers", _("Workers")),
    _part("messages", _("Messages")),
)
BY_KEY = {criterion.key: criterion for criterion in CRITERIA}
