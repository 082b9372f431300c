"""What ops does without a browser, and while the web is down: all that the pages do about flags and switches."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.models import Customer
from luckygas.errors import Refused
from luckygas.flags import CHANNELS, FLAGS, ORDERS_PAUSED, SWITCHES, decide
from luckygas.models import User
from pilot.flags import switches
from pilot.flags.status import Status, Switch
from pilot.forms import FlagForm, TermsForm
from pilot.management import stages
from pilot.management.people import person_called
from pilot.models import Alarm, Approval, Flag, FlagChange

LISTS = ("allow_areas", "allow_customers", "deny_customers", "allow_roles")
FIELDS = {  # of a flag: what is typed after --areas and so on
    "areas": "allow_areas",
    "customers": "allow_customers",
    "deny": "deny_customers",
    "roles": "allow_roles",
    "needs": "needs",
    "starts": "starts_at",
    "ends": "ends_at",
    "purpose": "purpose",
    "owner": "owner",
    "due": "due_on",
}
USUAL = [channel for channel in CHANNELS if channel in SWITCHES[ORDERS_PAUSED]]


class Command(BaseCommand):
    help = "Flags, kill switches, stages, cohorts, approvals and alarms: the same verbs as the pilot's pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        pause = self._signed(verbs.add_parser("pause", help="stop new orders, from the next request on"))
        pause.add_argument("channels", nargs="*", help=f"{' '.join(CHANNELS)}; without any: {' '.join(USUAL)}")
        resume = self._signed(verbs.add_parser("resume", help="ask to take orders again, or agree to it"))
        resume.add_argument("channels", nargs="*", help="without any: all that are stopped")
        flag = self._signed(verbs.add_parser("flag", help="change a flag; what is not said stays as it is"))
        flag.add_argument("name", choices=sorted(FLAGS))
        flag.add_argument("audience", nargs="?", default="", help="on, off, some, or a percentage such as 25")
        for word, field in FIELDS.items():
            flag.add_argument(f"--{word}", help=f"{field}; '' takes it away")
        for verb, meaning in (("off", "turn every flag off"), ("back", "what they were before that")):
            self._signed(verbs.add_parser(verb, help=meaning))
        for verb, meaning in (("approve", "agree as the second person"), ("refuse", "do not, or take it back")):
            decide = verbs.add_parser(verb, help=meaning)
            decide.add_argument("id", type=int)
            decide.add_argument("--by", required=True, help="your user name")
        verbs.add_parser("waiting", help="what waits for a second person")
        verbs.add_parser("alarms", help="look now, and say what is wrong")
        one = verbs.add_parser("decide", help="what is decided for these customers")
        one.add_argument("customer", type=int, nargs="+")
        stages.add_verbs(verbs, signed=self._signed)
        verbs.add_parser("status", help="stages, flags, switches, approvals, alarms and jobs as JSON")

    @staticmethod
    def _signed(parser: ArgumentParser) -> ArgumentParser:
        parser.add_argument("--by", required=True, help="your user name")
        parser.add_argument("--reason", required=True)
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if verb := stages.VERBS.get(options["verb"]):
                verb(self, person_called, **options)
            else:
                getattr(self, options["verb"])(**options)
        except Refused as refused:
            raise CommandError(str(refused.sentence)) from None
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None

    # --- switches ---
    def pause(self, *, channels: list[str], by: str, reason: str, **more: Any) -> None:
        Flag.pause(by=person_called(by), reason=reason, channels=self._channels(channels or USUAL))
        self.stdout.write(f"Stopped now: {' '.join(Switch.now().stopped)}.")

    def resume(self, *, channels: list[str], by: str, reason: str, **more: Any) -> None:
        person, waiting = person_called(by), Approval.waiting(switches.RELEASE)
        chosen = self._channels(channels or Switch.now().stopped)
        same = [each for each in waiting if frozenset(each.subject.split()) == chosen]
        if not same:
            asked = switches.ask_release(chosen, by=person, reason=reason)
            self.stdout.write(f"A second person must agree: manage.py pilot approve {asked.pk} --by THEM")
            return
        same[0].confirm(by=person)
        self.stdout.write("Orders are being taken again.")

    def approve(self, *, id: int, by: str, **more: Any) -> None:
        approval = self._approval(id)
        approval.confirm(by=person_called(by))
        self.stdout.write(f"Agreed and done: {approval.sentence}")

    def refuse(self, *, id: int, by: str, **more: Any) -> None:
        self._approval(id).refuse(by=person_called(by))
        self.stdout.write("Nothing was done.")

    def waiting(self, **more: Any) -> None:
        for each in Approval.waiting():
            asked = f"{each.asked_by.username} {timezone.localtime(each.asked_at):%m-%d %H:%M}"
            self.stdout.write(f"{each.pk}\t{each.kind}\t{each.sentence}\t{asked}\t{each.reason}")

    # --- flags ---
    def flag(self, *, name: str, audience: str, by: str, reason: str, **more: Any) -> None:
        person = person_called(by)
        if name in SWITCHES:
            self._edit_switch(name, audience, person, reason, more)
            return
        seen = FlagChange.newest(name)
        form = FlagForm(self._typed(name, audience, person, more) | {"reason": reason, "seen": seen}, name=name)
        Flag.change(name, by=person, reason=reason, seen=seen, **self._valid(form).values())
        self.stdout.write(json.dumps({name: Flag.objects.get(name=name).stored()}, ensure_ascii=False))

    def _edit_switch(self, name: str, audience: str, person: User, reason: str, more: dict[str, Any]) -> None:
        if audience:
            raise CommandError("A switch is pulled with pause and released with resume.")
        stored = Flag.objects.filter(name=name).select_related("owner").first()
        typed = TermsForm.filled(stored, by=person).initial | {"reason": reason}
        typed |= {FIELDS[word]: more[word] for word in ("owner", "due") if more[word] is not None}
        data = self._valid(TermsForm(typed)).cleaned_data
        asked = switches.ask_edit(name, owner=data["owner"], due_on=data["due_on"], by=person, reason=reason)
        self.stdout.write(f"A second person must agree: manage.py pilot approve {asked.pk} --by THEM")

    @staticmethod
    def _typed(name: str, audience: str, person: User, more: dict[str, Any]) -> dict[str, Any]:
        """What the page's form would send: what the flag says now, and over it what was typed."""
        stored = Flag.objects.filter(name=name).select_related("owner").first()
        shown = FlagForm.filled(stored, by=person, name=name)
        typed: dict[str, Any] = {each: shown[each].value() for each in shown.fields if shown[each].value() is not None}
        typed |= {FIELDS[word]: value for word, value in more.items() if word in FIELDS and value is not None}
        for each in LISTS:
            value = typed.get(each, "")
            typed[each] = value if isinstance(value, str) else " ".join(str(one) for one in value)
        typed["allow_roles"] = typed["allow_roles"].replace(",", " ").split()
        if audience in FlagForm.EVERYONE:
            return typed | {"everyone": audience}
        return typed | ({"everyone": "some", "percent": audience} if audience else {})

    def off(self, *, by: str, reason: str, **more: Any) -> None:
        changed = Flag.turn_all(on=False, by=person_called(by), reason=reason)
        self.stdout.write(f"Off for everybody: {' '.join(changed) or 'nothing was on'}.")

    def back(self, *, by: str, reason: str, **more: Any) -> None:
        changed = Flag.turn_all(on=True, by=person_called(by), reason=reason)
        self.stdout.write(f"As before: {' '.join(changed) or 'nothing was turned off'}.")

    def decide(self, *, customer: list[int], **more: Any) -> None:
        found = {each.number: each for each in Customer.objects.filter(number__in=customer)}
        if unknown := [number for number in customer if number not in found]:
            raise CommandError(f"No customer has the number {unknown[0]}.")
        for number in customer:
            self.stdout.write(json.dumps({"customer": number} | decide(customer=found[number]).flags))

    # --- looking ---
    def alarms(self, **more: Any) -> None:
        Alarm.look()
        for each in Alarm.open():
            self.stdout.write(f"{timezone.localtime(each.since):%m-%d %H:%M}\t{each.kind}\t{each.said}")

    def status(self, **more: Any) -> None:
        status = Status.now()
        said = {
            "paused": status.switch.is_pulled,
            "stopped": status.switch.stopped,
            "stages": {str(stage): count for stage, count in status.stages} | {"rolled_back": status.rolled_back},
            "flags": {each.name: each.flag.stored() if each.flag else None for each in status.flags},
            "customers": {each.name: each.customers for each in status.flags if not each.is_switch},
            "waiting": {each.pk: each.sentence for each in status.waiting},
            "alarms": [str(each.said) for each in status.alarms],
            "jobs": {name: getattr(status.jobs, name) for name in status.jobs.__dataclass_fields__},
        }
        self.stdout.write(json.dumps(said, ensure_ascii=False, indent=2))

    # --- what was typed ---
    @staticmethod
    def _valid(form: Any) -> Any:
        if not form.is_valid():
            said = [f"{name}: {error}" for name, errors in form.errors.items() for error in errors]
            raise CommandError("; ".join(said))
        return form

    @staticmethod
    def _channels(words: list[str]) -> frozenset[str]:
        if unknown := [word for word in words if word not in CHANNELS]:
            raise CommandError(f"{unknown[0]} is none of {' '.join(CHANNELS)}.")
        return frozenset(words)

    @staticmethod
    def _approval(pk: int) -> Approval:
        approval = Approval.objects.filter(pk=pk).select_related("asked_by").first()
        if approval is None:
            raise CommandError(f"Nothing with the number {pk} waits.")
        return approval
