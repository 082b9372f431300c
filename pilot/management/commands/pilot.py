"""What ops does without a browser: pause, resume, change a flag, see where the pilot stands."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from customers.models import Customer
from luckygas.errors import Refused
from luckygas.flags import FLAGS, decide
from luckygas.models import MANAGER, OPS, User
from pilot.forms import FlagForm
from pilot.models import Flag, FlagChange, Release
from pilot.status import Status


class Command(BaseCommand):
    help = "pause | resume | flag NAME on|off|PERCENT | decide CUSTOMER | status: the same verbs as the pilot's pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        for verb, meaning in (("pause", "stop new orders"), ("resume", "ask to take orders again, or agree to it")):
            self._signed(verbs.add_parser(verb, help=meaning))
        flag = verbs.add_parser("flag", help="give a flag to everybody, nobody, or a share of customers")
        flag.add_argument("name", choices=sorted(FLAGS))
        flag.add_argument("audience", help="on, off, or a percentage such as 25")
        self._signed(flag)
        one = verbs.add_parser("decide", help="what is decided for one customer")
        one.add_argument("customer", type=int)
        verbs.add_parser("status", help="stages, flags, the switch and the jobs as JSON")

    @staticmethod
    def _signed(parser: ArgumentParser) -> None:
        parser.add_argument("--by", required=True, help="your user name")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["verb"])(**options)
        except Refused as refused:
            raise CommandError(str(refused.sentence)) from None

    def pause(self, *, by: str, reason: str, **more: Any) -> None:
        Flag.pause(by=self._person(by), reason=reason)
        self.stdout.write("Paused.")

    def resume(self, *, by: str, reason: str, **more: Any) -> None:
        person, waiting = self._person(by), Release.waiting()
        if waiting is None:
            Release.ask(by=person, reason=reason)
            self.stdout.write("A second person must agree: manage.py pilot resume --by THEM --reason …")
            return
        waiting.confirm(by=person)
        self.stdout.write("Orders are being taken again.")

    def flag(self, *, name: str, audience: str, by: str, reason: str, **more: Any) -> None:
        word = {"on": "on", "off": "off"}.get(audience, "some")
        typed = {"everyone": word, "percent": audience if word == "some" else "", "reason": reason}
        form = FlagForm(typed | {"seen": FlagChange.newest(name)})
        if not form.is_valid():
            raise CommandError("; ".join(str(error) for errors in form.errors.values() for error in errors))
        values = {"everyone": FlagForm.EVERYONE[word]} | (
            {"percent": form.cleaned_data["percent"]} if word == "some" else {}
        )
        try:
            Flag.change(name, by=self._person(by), reason=reason, **values)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        self.stdout.write(f"{name}: {audience}")

    def decide(self, *, customer: int, **more: Any) -> None:
        found = Customer.objects.filter(number=customer).first()
        if found is None:
            raise CommandError(f"No customer has the number {customer}.")
        self.stdout.write(json.dumps(decide(customer=found).flags))

    def status(self, **more: Any) -> None:
        status = Status.now()
        said = {
            "paused": status.switch.is_pulled,
            "stages": {str(stage): count for stage, count in status.stages} | {"rolled_back": status.rolled_back},
            "flags": {each.name: each.flag.stored() if each.flag else None for each in status.flags},
            "jobs": {name: getattr(status.jobs, name) for name in status.jobs.__dataclass_fields__},
        }
        self.stdout.write(json.dumps(said, ensure_ascii=False, indent=2))

    @staticmethod
    def _person(username: str) -> User:
        person = User.objects.filter(username=username, is_active=True).first()
        if person is None or not person.roles & {OPS, MANAGER}:
            raise CommandError(f"{username} is nobody of operations or management.")
        return person
