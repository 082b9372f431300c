"""A process of prove-flags: asks what is decided for each customer as one part of the product asks, and prints it.

Each part passes what its own code passes; the command is the command. `--salted` is the negative control: a share by
Python's own hash, which every process salts anew.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from typing import Any

os.environ |= {"DJANGO_SETTINGS_MODULE": "luckygas.settings", "DEMO": "1"}

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from customers.models import Customer  # noqa: E402
from luckygas.flags import decide  # noqa: E402
from luckygas.models import User  # noqa: E402


def asked_by(role: str) -> Callable[[Any], dict[str, bool]]:
    """As a page of somebody with this role asks about a customer."""
    person = User.objects.filter(groups__name=role).order_by("pk").first()
    return lambda customer: decide(customer=customer, user=person).flags


def command(customers: list[Any]) -> dict[int, dict[str, bool]]:
    out = io.StringIO()
    call_command("pilot", "decide", *[str(customer.number) for customer in customers], stdout=out)
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    return {row.pop("customer"): row for row in rows}


def salt() -> None:
    """A share by a hash that no two processes have alike."""
    import pilot.models.flag as flag

    flag.bucket = lambda name, number: hash(f"{name}:{number}") % 10_000


def answers(part: str) -> dict[int, dict[str, bool]]:
    customers = list(Customer.objects.order_by("number"))
    if part == "command":
        return command(customers)
    ask = asked_by(part) if part != "generator" else lambda customer: decide(customer=customer).flags
    return {customer.number: ask(customer) for customer in customers}


if __name__ == "__main__":
    if "--salted" in sys.argv:
        salt()
    found = answers(sys.argv[1])
    told = {number: "".join("01"[flags[name]] for name in sorted(flags)) for number, flags in found.items()}
    sys.stdout.write(json.dumps(told))
