"""What `manage.py pilot` does about stages and cohorts: the same verbs as the pages, while the web is down too."""

from __future__ import annotations

import csv
import json
import uuid
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customers.models import Customer
from customers.models.customer import Stage
from luckygas.models import User
from pilot.enrolment import guards, moving, ramp
from pilot.forms.cohort import CohortForm
from pilot.measuring import guardrails
from pilot.measuring.comparing import Comparison
from pilot.models import Approval, Cohort, CohortMember, EnrolmentPause, Guardrail, Measure
from pilot.models.cohort import Step
from pilot.models.enrolment import BY_HAND

LIMITS = {"most": "most", "least": "least", "minutes": "minutes", "least-lately": "least_lately"}
DEEDS = ("list", "show", "plan", "add", "remove", "start", "close")
Verb = Callable[..., None]


def add_verbs(verbs: Any, *, signed: Callable[[ArgumentParser], ArgumentParser]) -> None:
    """`move`, `cohort`, `enrolment`, `guardrail` and `compare`."""
    move = signed(verbs.add_parser("move", help="move one customer; many, or a cohort, after a second person agreed"))
    move.add_argument("numbers", type=int, nargs="*", help="customer numbers")
    move.add_argument("--cohort", default="", help="everybody of this cohort")
    move.add_argument("--to", required=True, choices=Stage.values)
    move.add_argument("--force", action="store_true", help="past the guards that a manager may go past")
    cohort = verbs.add_parser("cohort", help="list | show | plan | add | remove | start | close a cohort")
    cohort.add_argument("deed", choices=DEEDS)
    cohort.add_argument("name", nargs="?", default="")
    cohort.add_argument("numbers", type=int, nargs="*", help="customer numbers, for add and remove")
    for word in ("step", "planned", "area", "starts", "ends", "weekly", "owner", "by", "reason"):
        cohort.add_argument(f"--{word}", default="", choices=Step.values if word == "step" else None)
    cohort.add_argument("--force", action="store_true", help="start past the gate")
    enrolment = verbs.add_parser("enrolment", help="pause | resume | status: whether anybody may come in")
    enrolment.add_argument("deed", choices=("pause", "resume", "status"))
    for word in ("by", "reason"):
        enrolment.add_argument(f"--{word}", default="")
    limit = verbs.add_parser("guardrail", help="every limit; with a measure and what is to change: change it")
    limit.add_argument("measure", nargs="?", choices=Measure.values)
    for word in LIMITS:
        limit.add_argument(f"--{word}", type=int)
    for word in ("by", "reason"):
        limit.add_argument(f"--{word}", default="")
    verbs.add_parser("compare", help="the pilot beside the old system, week by week, as CSV")


def move(command: BaseCommand, person: Callable[[str], User], **options: Any) -> None:
    """One customer at once; more of them are asked for, and a second person agrees with `pilot approve`."""
    by, to, reason, force = person(options["by"]), options["to"], options["reason"], options["force"]
    if len(options["numbers"]) == 1 and not options["cohort"]:
        customer = _customers(options["numbers"])[0]
        past = guards.move(customer, to, by=by, reason=reason, force=force)
        command.stdout.write(f"{customer.number}: {customer.stage}" + "".join(f"\npast: {g.sentence}" for g in past))
        return
    cohort = _cohort(options["cohort"]) if options["cohort"] else None
    chosen = Customer.objects.filter(number__in=[each.number for each in _customers(options["numbers"])])
    if cohort:
        chosen = Customer.objects.filter(pk__in=CohortMember.objects.inside().filter(cohort=cohort).values("customer"))
    drawn = moving.ask(to, chosen, operation_id=uuid.uuid4(), by=by, reason=reason, cohort=cohort, force=force)
    asked = Approval.objects.get(kind=moving.KIND, subject=str(drawn.pk))
    command.stdout.write(f"{drawn.rows.count()} customers wait: manage.py pilot approve {asked.pk} --by THEM")


def cohort(command: BaseCommand, person: Callable[[str], User], **options: Any) -> None:
    deed, name = options["deed"], options["name"]
    if deed == "list":
        every: Any = Cohort.objects.with_sizes()
        for each in every:
            command.stdout.write(f"{each.name}: {each.step} {each.state}, {each.live}/{each.size}/{each.planned}")
    elif deed == "plan":
        _plan(command, options)
    elif deed == "show":
        found = _cohort(name)
        told = {each.measure: [each.now, each.limit, each.sample, each.state] for each in guardrails.verdicts(found)}
        members = list(found.inside.values_list("customer__number", "customer__stage"))
        facts = {"name": found.name, "state": found.state, "verdicts": told, "members": members}
        command.stdout.write(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        _change(_cohort(name), deed, by=person(options["by"]), options=options)
        command.stdout.write(f"{name}: {deed}")


def _plan(command: BaseCommand, options: dict[str, Any]) -> None:
    owner = User.objects.filter(username=options["owner"]).first()
    typed = {
        "name": options["name"],
        "step": options["step"],
        "planned": options["planned"],
        "owner": owner and owner.pk,
    }
    typed |= {"starts_on": options["starts"], "ends_on": options["ends"], "weekly_orders": options["weekly"]}
    typed |= {"operation_id": str(uuid.uuid4()), "area": options["area"]}
    form = CohortForm({name: value for name, value in typed.items() if value})
    form.fields["area"].to_field_name = "code"  # type: ignore[attr-defined]
    if not form.is_valid():
        mistakes = (f"{name}: {error}" for name, errors in form.errors.items() for error in errors)
        raise CommandError("; ".join(mistakes))
    command.stdout.write(f"{Cohort.plan(**form.cleaned_data)} is planned.")


def _change(found: Cohort, deed: str, *, by: User, options: dict[str, Any]) -> None:
    reason = options["reason"]
    if deed == "add":
        found.add(_customers(options["numbers"]), by=by)
    elif deed == "remove":
        for customer in _customers(options["numbers"]):
            found.remove(customer, by=by, why=reason)
    elif deed == "start":
        ramp.start(found, by=by, reason=reason, force=options["force"])
    else:
        found.close(by=by, why=reason)


def enrolment(command: BaseCommand, person: Callable[[str], User], **options: Any) -> None:
    if options["deed"] == "pause":
        EnrolmentPause.pause(measure=BY_HAND, said=options["reason"], by=person(options["by"]))
    elif options["deed"] == "resume":
        guardrails.resume(by=person(options["by"]), why=options["reason"])
    opened = EnrolmentPause.open()
    for pause in opened:
        command.stdout.write(f"paused since {pause.since:%Y-%m-%d %H:%M}: {pause.said}")
    if not opened:
        command.stdout.write("Customers may come in.")


def guardrail(command: BaseCommand, person: Callable[[str], User], **options: Any) -> None:
    limits = {name: options[name] for name in LIMITS.values() if options[name] is not None}
    if options["measure"] and limits:
        Guardrail.change(options["measure"], by=person(options["by"]), reason=options["reason"], **limits)
    for rail in Guardrail.all():
        lately = f"{rail.least_lately} or more in {rail.minutes} minutes stop enrolment"
        command.stdout.write(f"{rail.measure}: at most {float(rail.most):g} of {rail.least} or more; {lately}")


def compare(command: BaseCommand, person: Callable[[str], User], **options: Any) -> None:
    csv.writer(command.stdout).writerows(Comparison.until().rows())


VERBS: dict[str, Verb] = {
    "move": move, "cohort": cohort, "enrolment": enrolment, "guardrail": guardrail, "compare": compare,
}  # fmt: skip


def _cohort(name: str) -> Cohort:
    found = Cohort.objects.filter(name=name).first()
    if found is None:
        raise CommandError(f"There is no cohort {name}.")
    return found


def _customers(numbers: list[int]) -> list[Customer]:
    found = list(Customer.objects.filter(number__in=numbers).order_by("number"))
    known = {customer.number for customer in found}
    if unknown := [str(number) for number in numbers if number not in known]:
        raise CommandError(f"No customer has the number {' '.join(unknown)}.")
    return found
