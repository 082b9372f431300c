"""make prove-pause: one click stops new orders in every process within a second, and flipping a flag splits no order.

People send the real order form to two web processes and a worker makes orders of standing orders, while ops presses the
real button again and again; then a flag is flipped every 200 ms. The same with a web that remembers its decisions for a
while and asks twice must fail.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass

os.environ |= {"DJANGO_SETTINGS_MODULE": "luckygas.settings", "DEMO": "1"}

from tests.proofs.command import run
from tests.proofs.instance import Instance, create_database
from tests.proofs.orders import fresh_databases
from tests.proofs.report import Report, spread

LONGEST_SECONDS = 1.0  # from the click until the last process refuses
QUICK_SECONDS = 0.7  # for the slowest hundredth of orders when all is well: then the clock can tell


@dataclass(frozen=True)
class Size:
    """How much one run shows."""

    pulls: int
    flip_seconds: float
    people: int
    households: int
    control_pulls: int
    control_flip_seconds: float


SHORT = Size(6, 6, 3, 12, 2, 6)
FULL = Size(200, 60, 6, 40, 5, 10)


def prove(size: Size, report: Report) -> None:
    with fresh_databases() as (database, control):
        from tests.proofs import rounds, town

        built = town.build(size.households)
        rounds.look_at(control)  # so that nobody is connected to the template
        create_database(control, template=database)
        rounds.look_at(database)
        protected(database, built, size, report)
        rounds.check_invariants(database, report)
        rounds.look_at(control)
        unprotected(control, built, size, report)


def protected(database: str, town: object, size: Size, report: Report) -> None:
    from django.utils import timezone

    from tests.proofs import pulls, rounds, verdict

    with Instance(report.name, database, application="tests.proofs.named:application") as instance:
        instance.wait_until_whole()
        load = pulls.Load(instance.port, town, people=size.people, seed=report.seed)  # type: ignore[arg-type]
        found = pulls.pull_often(instance, load, size.pulls)
        flipped_at = timezone.now()
        flips = pulls.flip_for(size.flip_seconds, load)
        drained = rounds.waited_until(lambda: not verdict.waiting_messages(), time.monotonic() + rounds.DRAIN_SECONDS)
    report.fact("messages went out", drained)
    report.fact("answers by status", pulls.seen_statuses(load))
    report.fact("orders stored", len(verdict.Stored.all()))
    well = spread([one.ended - one.began for one in load.answers if one.number])
    report.fact("seconds for an order", well)
    report.fact("seconds from the click until the last decision to take an order", spread(found.decided))
    report.fact("seconds from the click until the worker's last order", spread(found.made))
    report.fact("seconds from the click until nothing is taken", spread(found.until_nothing_is_taken))
    report.fact("seconds from the click until what was under way is answered", spread(found.answered))
    report.fact("seconds from the click until every process has answered with a refusal", spread(found.refusing))
    report.fact("runs of the worker that the pull interrupted", found.interrupted)
    slow = [each for each in found.until_nothing_is_taken if each > LONGEST_SECONDS]
    if well.get("p99", LONGEST_SECONDS) <= QUICK_SECONDS:
        report.must_be_none(f"pulls after which orders were taken for over {LONGEST_SECONDS:g} s", slow)
    else:
        report.fact(f"pulls over {LONGEST_SECONDS:g} s, on a machine too busy to blame the switch", len(slow))
    report.must_be_none("orders of requests that began after the click was answered", found.late)
    report.must_be_none("pulls that were not tested", size.pulls - len(found.refusing))
    report.must_be_none("orders half made", [row.number for row in verdict.Stored.all() if row.flaw])
    report.must_be_none("orders acknowledged and not stored", pulls.unstored(load))
    report.must_be_none(
        "server errors", [one.status for one in load.answers if one.status >= 500 and one.status != 503]
    )
    report.fact("flips", flips)
    report.fact("orders while it was flipped", pulls.orders_since(flipped_at))
    report.must_be_none("orders with a mixed path", pulls.mixed(flipped_at))
    report.must_be_none("decisions that the flag's history does not know", pulls.unknown_to_history(flipped_at))


def unprotected(database: str, town: object, size: Size, report: Report) -> None:
    """A web that remembers decisions and asks for the path anew; and an order that was broken by hand."""
    from django.utils import timezone

    from tests.proofs import pulls, verdict

    name, application = f"{report.name}-control", "tests.proofs.remembering:application"
    with Instance(name, database, application=application, who=["web"]) as instance:
        instance.wait_until_whole()
        load = pulls.Load(instance.port, town, people=size.people, seed=report.seed)  # type: ignore[arg-type]
        found = pulls.pull_often(instance, load, size.control_pulls, with_worker=False)
        flipped_at = timezone.now()
        pulls.flip_for(size.control_flip_seconds, load)
    report.must_show("orders taken after the click was answered, by a web that remembers", len(found.late))
    slow = [each for each in found.answered if each > LONGEST_SECONDS]
    report.must_show(f"pulls over {LONGEST_SECONDS:g} s, of a web that remembers", len(slow))
    report.must_show("orders with a mixed path, of a web that asks twice", len(pulls.mixed(flipped_at)))
    pulls.break_one_order()
    report.must_show("orders half made, broken by hand", len([row for row in verdict.Stored.all() if row.flaw]))


def counts(size: Size) -> str:
    return f"{size.pulls} pulls and {size.flip_seconds:g} s of flips under the orders of {size.people} people"


if __name__ == "__main__":
    sys.exit(run("pause", full=FULL, short=SHORT, counted="pulls", said=counts, prove=prove))
