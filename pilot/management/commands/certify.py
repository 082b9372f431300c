"""May we go live? Code 0 says GO, 1 says NO-GO, 2 that nobody can tell. Waivers are asked for and ended here too."""

from __future__ import annotations

import datetime as dt
import json
import sys
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError

from luckygas.errors import Refused
from luckygas.said import spoken
from pilot.certificate import judging
from pilot.certificate.assessment import Assessment
from pilot.certificate.criteria import BY_KEY
from pilot.certificate.facts import facts_of
from pilot.certificate.judging import State
from pilot.certificate.markdown import markdown
from pilot.certificate.waiving import ask_waiver
from pilot.management.people import person_called
from pilot.models import Certificate, Waiver


class Command(BaseCommand):
    help = "Prints the verdict and every requirement that is not met. Code 0: GO; 1: NO-GO; 2: nobody can tell."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        shape = parser.add_mutually_exclusive_group()
        shape.add_argument("--json", action="store_true", help="everything the certificate says, for machines")
        shape.add_argument("--markdown", action="store_true", help="the same as text")
        parser.add_argument("--issue", action="store_true", help="number it and keep it; wants --by")
        parser.add_argument("--waive", choices=[*BY_KEY], metavar="REQUIREMENT", help="ask to let it go; wants --until")
        parser.add_argument("--until", type=dt.date.fromisoformat, help="the last day of a waiver, as 2026-12-15")
        parser.add_argument("--end-waiver", choices=[*BY_KEY], metavar="REQUIREMENT", help="let it hold again, at once")
        parser.add_argument("--reason", default="", help="of a waiver or of its end")
        parser.add_argument("--by", help="your user name")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["issue"] or options["waive"] or options["end_waiver"]) and not options["by"]:
            raise CommandError("Say who you are: --by NAME.", returncode=2)
        if options["waive"] or options["end_waiver"]:
            self._waive(**options)
            return
        try:
            facts = facts_of(Assessment.now())
            if options["issue"]:
                facts = Certificate.issue(
                    facts, by=person_called(options["by"], returncode=2), operation_id=uuid.uuid4()
                ).facts
        except DatabaseError as error:
            raise CommandError(f"NO-GO: the database does not answer ({type(error).__name__}).", returncode=2) from None
        if options["json"]:
            self.stdout.write(json.dumps(spoken(facts), ensure_ascii=False, indent=2, cls=DjangoJSONEncoder))
        elif options["markdown"]:
            self.stdout.write(markdown(facts), ending="")
        else:
            self._say(spoken(facts))
        if facts["verdict"] != judging.GO:
            sys.exit(1)

    def _waive(self, *, waive: str, end_waiver: str, until: dt.date | None, reason: str, by: str, **more: Any) -> None:
        try:
            if end_waiver:
                waiver = Waiver.objects.filter(criterion=end_waiver, ended_at=None).first()
                if waiver is None:
                    raise CommandError("There is no such waiver.", returncode=2)
                waiver.end(by=person_called(by, returncode=2), reason=reason)
                self.stdout.write("It holds again.")
                return
            if until is None:
                raise CommandError("Say until when: --until DAY.", returncode=2)
            asked = ask_waiver(waive, until=until, by=person_called(by, returncode=2), reason=reason)
        except Refused as refused:
            raise CommandError(str(refused.sentence), returncode=2) from None
        self.stdout.write(f"A second person must agree: manage.py pilot approve {asked.pk} --by THEM")

    def _say(self, facts: dict[str, Any]) -> None:
        counts = facts["counts"]
        said = ", ".join(f"{counts[state]} {state}" for state in State)
        self.stdout.write(f"{facts['verdict']}  {said}  of {counts['all']}; revision {facts['revision'] or 'unknown'}")
        for each in facts["requirements"]:
            if each["state"] != State.PASS:
                self.stdout.write(f"{each['state']:8} {each['key']:32} {each['label']}. {each['why'] or ''}".rstrip())
        self.stdout.write(f"digest {facts['digest']} over {', '.join(facts['evidence']) or 'no evidence'}")
        if facts["number"]:
            self.stdout.write(f"issued as {facts['number']}")
