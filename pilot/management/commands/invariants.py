"""Check everything that must be true of the records; the exit code says whether it is."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from pilot import invariants


class Command(BaseCommand):
    help = "Check every invariant of the records: exit code 0 when all hold, 1 when any row breaks one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        is_broken, said = False, {}
        for rule, violations, seconds in invariants.timed():
            is_broken = is_broken or bool(violations)
            said[rule.name] = {"seconds": round(seconds, 2), "violations": [[v.key, v.wrong] for v in violations]}
            if not options["json"]:
                self.stdout.write(f"{'BROKEN' if violations else 'holds '} {seconds:6.2f} s  {rule.sentence}")
                for violation in violations:
                    self.stdout.write(f"           {violation}")
        if options["json"]:
            self.stdout.write(json.dumps({"sound": not is_broken, "invariants": said}, ensure_ascii=False))
        if is_broken:
            sys.exit(1)
