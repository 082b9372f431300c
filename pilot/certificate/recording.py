"""Evidence is written here and nowhere else: when a run begins, when it ends, and when CI's report is read."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import platform
from pathlib import Path
from typing import Any

import django
from django.core.files import File
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from luckygas.errors import Refused
from luckygas.models import User
from pilot.certificate import junit
from pilot.certificate.junit import Results
from pilot.certificate.revision import Revision
from pilot.certificate.suites import Suite
from pilot.models import Evidence

Outcome = Evidence.Outcome


def read(path: Path, suite: Suite, *, by: User, revision: str) -> Evidence:
    """Store what CI's JUnit XML says about a suite, at the revision that CI checked out."""
    results = junit.read(path, suite.part_of)
    if not results.total or results.started_at is None:
        raise Refused(_("This report has no test of the suite %s.") % suite.name, code="nothing_of_it")
    ended_at = results.started_at + dt.timedelta(seconds=results.seconds)
    if ended_at > timezone.now() + dt.timedelta(minutes=5):
        raise Refused(_("This report was made in the future."), code="future")
    evidence = Evidence(
        suite=suite.name,
        source=Evidence.Source.CI,
        outcome=Outcome.FINISHED,
        by=by,
        started_at=results.started_at,
        ended_at=ended_at,
        revision=revision,
        is_clean=True,  # CI checks a revision out
        command=f"evidence read {path.name}",
    )
    return _store(evidence, results, path)


def begin(suite: Suite, *, by: User, revision: Revision, command: list[str]) -> Evidence:
    """The first of a run's two rows."""
    return Evidence.objects.create(
        suite=suite.name,
        outcome=Outcome.BEGUN,
        by=by,
        started_at=timezone.now(),
        revision=revision.name,
        is_clean=revision.is_clean,
        command=" ".join(command)[:1000],
        environment=_environment(),
    )


def end(
    begun: Evidence, outcome: str, code: int | None, results: Results, *, report: Path | None, is_clean: bool
) -> Evidence:
    """The second row of a run, with what it showed."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()  # the run may have taken longer than the database waits
    same = ("run", "suite", "by", "started_at", "revision", "command", "environment")
    evidence = Evidence(
        **{name: getattr(begun, name) for name in same},
        outcome=outcome,
        ended_at=timezone.now(),
        exit_code=code,
        is_clean=is_clean,
    )
    return _store(evidence, results, report)


def _store(evidence: Evidence, results: Results, report: Path | None) -> Evidence:
    for name, count in results.counts.items():
        setattr(evidence, name, count)
    evidence.parts, evidence.figures, evidence.failures = results.parts, results.figures, results.failures
    if report is None:
        evidence.save()
        return evidence
    with report.open("rb") as file:
        evidence.report_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        evidence.report.save(report.name, File(file), save=False)
    evidence.save()
    return evidence


def _environment() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "django": django.get_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
    }
