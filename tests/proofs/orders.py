"""make prove-orders: an order that was acknowledged to a person exists exactly once, whatever dies meanwhile.

People send the real order form through a proxy that loses requests and answers, and send it again until they are
answered, while web, worker and Redis are killed and Redis is frozen. Then the same without the protections must fail.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass

os.environ |= {"DJANGO_SETTINGS_MODULE": "luckygas.settings", "DEMO": "1"}

from tests.migrated import migrated
from tests.proofs.command import run
from tests.proofs.instance import create_database, drop_database, drop_leftovers, url_of
from tests.proofs.report import Report

PREFIX = "luckygas_proof_"  # of our databases
ALWAYS = {"kill_web_worker": 8, "kill_worker": 4, "lose_valkey": 4, "freeze_valkey": 4}
FEWER = {"kill_worker": 1}  # killed often, a worker is started again later and later, and messages wait for it
MORE = {"kill_web": 1, "kill_task_process": 3, "kill_beat": 1, "kill_valkey": 3, "freeze_valkey_and_kill": 2}


@dataclass(frozen=True)
class Size:
    """How much one run shows, and the longest it may take; times are in seconds."""

    requests: int  # interrupted ones
    control_requests: int
    households: int
    people: int
    longest: float
    calm: float  # before the first fault: what requests take anyway
    pause: tuple[float, float]  # between two faults
    freeze: tuple[float, float]  # of Redis
    kinds: dict[str, int]  # of faults, with their weights


SHORT = Size(150, 50, 12, 12, 150, 3, (0.2, 0.8), (2, 3), ALWAYS | FEWER)
FULL = Size(3000, 300, 40, 16, 420, 15, (0.5, 4), (3, 15), ALWAYS | MORE)


@contextlib.contextmanager
def fresh_databases() -> Iterator[tuple[str, str]]:
    """Two names on the server of DATABASE_URL: ours, with every table, and that of the control, not yet made."""
    name = f"{PREFIX}{os.getpid()}"
    drop_leftovers(PREFIX)
    create_database(name, template=migrated())
    os.environ["DATABASE_URL"] = url_of(name)
    try:
        import django
        from django.db import connection

        django.setup()
        yield name, f"{name}_control"
        connection.close()
    finally:
        for database in (name, f"{name}_control"):
            drop_database(database)


def prove(size: Size, report: Report) -> None:
    with fresh_databases() as (database, control):
        from tests.proofs import rounds, town

        built = town.build(size.households)
        rounds.look_at(control)  # so that nobody is connected to the template
        create_database(control, template=database)
        rounds.look_at(database)
        rounds.protected(database, built, size, report)
        rounds.look_at(control)
        rounds.unprotected(control, built, size, report)


def counts(size: Size) -> str:
    return f"{size.requests} interrupted requests of {size.people} people"


if __name__ == "__main__":
    sys.exit(run("orders", full=FULL, short=SHORT, counted="requests", said=counts, prove=prove))
