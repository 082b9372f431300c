"""What the certificate rests on: run a suite, read CI's report, list what there is."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from luckygas.errors import Refused
from pilot.certificate.recording import read
from pilot.certificate.revision import full_name
from pilot.certificate.running import run
from pilot.certificate.suites import SUITES
from pilot.management.people import person_called
from pilot.models import Evidence

SHOWN = 40


class Command(BaseCommand):
    help = "run SUITE | read JUNIT.XML --suite … --revision … | list: what the certificate rests on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        one = verbs.add_parser("run", help="run a suite in servers of its own; code 0 only when all of it passed")
        one.add_argument("suite", choices=[*SUITES])
        one.add_argument("--minutes", type=float, help="the longest it may take, when that is less than usual")
        ci = verbs.add_parser("read", help="store what a JUnit XML of CI says, for one suite or several")
        ci.add_argument("file", type=Path)
        ci.add_argument("--suite", required=True, nargs="+", choices=[*SUITES])
        ci.add_argument("--revision", required=True, help="the commit that CI checked out: all 40 digits of it")
        for verb in (one, ci):
            verb.add_argument("--by", required=True, help="your user name")
        verbs.add_parser("list", help="every suite with its last runs")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["verb"])(**options)
        except Refused as refused:
            raise CommandError(str(refused.sentence)) from None

    def run(self, *, suite: str, by: str, minutes: float | None, **more: Any) -> None:
        evidence = run(SUITES[suite], by=person_called(by), show=self._show, minutes=minutes)
        self._say(evidence)
        if not evidence.is_whole or evidence.failed + evidence.errors + evidence.skipped:
            sys.exit(1)

    def read(self, *, file: Path, suite: list[str], revision: str, by: str, **more: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        commit = revision if re.fullmatch(r"[0-9a-f]{40}", revision) else full_name(revision)
        if commit is None:
            raise CommandError(f"{revision} is no commit. Give all 40 digits of the one that CI checked out.")
        person = person_called(by)
        for name in suite:
            self._say(read(file, SUITES[name], by=person, revision=commit))

    def list(self, **more: Any) -> None:
        for name, suite in SUITES.items():
            found = list(Evidence.objects.ended().filter(suite=name).select_related("by").order_by("-pk")[:SHOWN])
            if not found:
                self.stdout.write(f"{name:14} NOT RUN{'' if suite.is_there else ', no suite yet'}")
            for evidence in found:
                self._say(evidence)

    def _say(self, evidence: Evidence) -> None:
        report = "" if evidence.has_its_report else ("  REPORT CHANGED OR GONE" if evidence.report else "  no report")
        counts = ", ".join(f"{getattr(evidence, name)} {name}" for name in ("passed", "failed", "skipped", "errors"))
        figures = "".join(f", {name} {value}" for name, value in evidence.figures.items())
        changes = "" if evidence.is_clean else " and changes"
        self.stdout.write(
            f"{evidence.suite:14} {evidence.number}  {timezone.localtime(evidence.moment):%Y-%m-%d %H:%M}  "
            f"{evidence.revision[:8] or 'unknown'}{changes}  {evidence.outcome}: {counts}{figures}  "
            f"by {evidence.by}, {evidence.source}{report}"
        )
        for name in evidence.failures[:5] if evidence.pk else []:
            self.stdout.write(f"{'':14} failed: {name}")

    def _show(self, said: str) -> None:
        if said:
            self.stdout.write(said, ending="")
            self.stdout.flush()
