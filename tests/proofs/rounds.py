"""The two rounds of prove-orders: with every protection nothing may be wrong, without two of them it must be."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.management import get_commands
from django.db import connection

from tests.processes import ROOT
from tests.proofs import verdict
from tests.proofs.clients import Browser, Crowd, Wish, all_at_once
from tests.proofs.faults import WEB_HEALS_SECONDS, Faults
from tests.proofs.instance import Instance, drop_unique, url_of
from tests.proofs.proxy import Answered, Proxy, is_full, status_of
from tests.proofs.report import Report, spread

if TYPE_CHECKING:
    from tests.proofs.orders import Size
    from tests.proofs.town import Town

AT_ONCE = 50
DRAIN_SECONDS = 60
QUIET_SECONDS = 6  # in which no message was sent: nobody will ring for those that wait
SLOWEST_SECONDS = 2.0  # for a request, because of Redis
QUICK_SECONDS = 0.8  # for the slowest hundredth when all is well: then the clock can tell
LEAST_MEASURED = 10
TELL_SECONDS = 10
UNPROTECTED_KINDS = {"kill_worker": 1, "lose_valkey": 1}
PROTECTED_BY = (("orders_order", "operation_id"), ("orders_orderevent", "operation_id"))  # unique columns


def look_at(database: str) -> None:
    """From now on this process reads another database."""
    connection.close()
    connection.settings_dict["NAME"] = database


def protected(database: str, town: Town, size: Size, report: Report) -> None:
    """Nothing is lost, doubled or partial, every message goes out, and nobody waits for Redis."""
    with Instance(report.name, database, application="tests.proofs.timed:application") as instance:
        fire = Fire.set(instance, town, size, report, requests=size.requests, kinds=size.kinds)
        together = fifty_at_once(instance, fire, report)
        last_fault = fire.faults.episodes[-1].ended
        drained = waited_until(lambda: not verdict.waiting_messages(), last_fault + DRAIN_SECONDS)
        seconds = round(time.monotonic() - last_fault, 1)
        restarts = instance.restarts()
    fire.tell(report)
    report.fact("started again by the supervisor", restarts)
    sets = verdict.judge([*fire.crowd.wishes, together], verdict.Stored.all())
    for kind in ("lost", "unexpected", "duplicated", "partial", "unanswered"):
        report.must_be_none(kind, getattr(sets, kind))
    report.fact("recovered", len(sets.recovered))
    report.fact("messages", verdict.messages())
    report.fact("seconds from the last fault to the last message", seconds if drained else "never")
    report.must_be_none(f"messages that still wait {DRAIN_SECONDS} s after the last fault", verdict.waiting_messages())
    fire.measure(report)
    check_invariants(database, report)


def unprotected(database: str, town: Town, size: Size, report: Report) -> None:
    """Without the look for a known id and its constraints orders double; without a sweep messages stay."""
    for table, column in PROTECTED_BY:
        drop_unique(database, table, column)
    name, application = f"{report.name}-control", "tests.proofs.unprotected:application"
    with Instance(name, database, application=application, who=["web", "worker"]) as instance:
        fire = Fire.set(instance, town, size, report, requests=size.control_requests, kinds=UNPROTECTED_KINDS)
        instance.wait_until_whole()
        wait_until_quiet()
    sets = verdict.judge(fire.crowd.wishes, verdict.Stored.all())
    report.fact("control: interrupted requests", fire.crowd.interrupted)
    report.must_show("duplicated without the known id and its UNIQUE", len(sets.duplicated))
    report.must_show("messages never sent without a sweep", verdict.waiting_messages())


@dataclass(frozen=True)
class Fire:
    """People who ordered while things broke."""

    crowd: Crowd
    proxy: Proxy
    faults: Faults
    requests: int

    @classmethod
    def set(
        cls, instance: Instance, town: Town, size: Size, report: Report, *, requests: int, kinds: dict[str, int]
    ) -> Fire:
        """Until enough requests were interrupted and each fault was seen; then all is clean and all are answered."""
        instance.wait_until_whole()
        browsers = [Browser.open(instance.port, member) for member in town.members]
        proxy = Proxy(instance.port, seed=report.seed)
        crowd = Crowd(proxy.port, town, browsers, people=size.people, seed=report.seed)
        faults = Faults(instance, seed=report.seed, kinds=kinds, pause=size.pause, freeze=size.freeze)
        fire = cls(crowd, proxy, faults, requests)
        crowd.start()
        time.sleep(size.calm)
        faults.start()
        try:
            fire.burn(size, report)
        finally:
            faults.stop()
        proxy.is_clean = True
        crowd.finish(DRAIN_SECONDS)
        proxy.close()
        return fire

    def burn(self, size: Size, report: Report) -> None:
        """Until it is enough, or takes too long."""
        give_up_at = time.monotonic() + size.longest
        while not waited_until(self.is_enough, min(time.monotonic() + TELL_SECONDS, give_up_at)):
            done, asked, broken = self.crowd.interrupted, len(self.crowd.wishes), len(self.faults.episodes)
            report.say(f"  {done} interrupted, {asked} orders, {broken} faults")
            if time.monotonic() >= give_up_at:
                return

    def is_enough(self) -> bool:
        return self.crowd.interrupted >= self.requests and self.faults.has_seen_all

    def tell(self, report: Report) -> None:
        """How much was asked and what broke; too little of either is red."""
        crowd, proxy, faults = self.crowd, self.proxy, self.faults
        report.fact("interrupted requests", crowd.interrupted)
        report.fact("orders asked for", len(crowd.wishes))
        report.fact("tries", sum(wish.attempts for wish in crowd.wishes))
        report.fact("connections", {str(fate): count for fate, count in proxy.fates.most_common()})
        report.fact("no answer because a process died", proxy.unanswered)
        report.fact("faults", dict(faults.counted().most_common()))
        report.fact("answers by status", dict(sorted(Counter(one.status for one in proxy.answered).items())))
        report.must_be_none("server errors", [one.status for one in proxy.answered if one.status >= 500])
        report.must_be_none(f"interrupted requests missing of {self.requests}", self.requests - crowd.interrupted)
        report.must_be_none("faults not tested", sorted(set(faults.kinds) - set(faults.counted())))

    def measure(self, report: Report) -> None:
        """How long requests took and waited for Redis while it was frozen and nothing else was broken.

        The clock alone can tell only where requests are quick when all is well: a busy machine is slow without Redis.
        """
        frozen = [one for one in self.proxy.answered if self._touches(one, "freeze_valkey")]
        well = spread([one.seconds for one in self.proxy.answered if not self._touches(one)])
        report.fact("seconds for a request when all is well", well)
        report.fact("seconds for a request while Redis is frozen", spread([one.seconds for one in frozen]))
        report.fact("seconds of them that waited for Redis", spread([one.waited for one in frozen]))
        held = [one.waited for one in frozen if one.waited > SLOWEST_SECONDS]
        report.must_be_none(f"requests that waited over {SLOWEST_SECONDS:g} s for a frozen Redis", held)
        report.must_be_none("requests missing to measure that", max(LEAST_MEASURED - len(frozen), 0))
        slow = [one.seconds for one in frozen if one.seconds > SLOWEST_SECONDS]
        if well.get("p99", SLOWEST_SECONDS) <= QUICK_SECONDS:
            report.must_be_none(f"requests over {SLOWEST_SECONDS:g} s while Redis was frozen", slow)
        else:
            report.fact(f"requests over {SLOWEST_SECONDS:g} s, on a machine too busy to blame Redis", len(slow))

    def _touches(self, one: Answered, *kinds: str) -> bool:
        """Whether a request ran during a fault of these kinds, or during any with the time it takes to heal."""
        return any(
            one.at < episode.ended + (WEB_HEALS_SECONDS if "web" in episode.kind else 0)
            and one.at + one.seconds > episode.began
            for episode in self.faults.episodes
            if not kinds or episode.kind in kinds
        )


def fifty_at_once(instance: Instance, fire: Fire, report: Report) -> Wish:
    """The same form fifty times in one moment: each answer names the same order."""
    dice = random.Random(report.seed)
    instance.wait_until_whole()
    crowd = fire.crowd
    wish = Wish.draw(dice, len(crowd.wishes), crowd.town, crowd.browsers[0].member)
    answers = all_at_once(instance.port, crowd.browsers[0], wish, AT_ONCE)
    told = Counter(status_of(answer) if is_full(answer) else 0 for answer in answers)
    report.fact(f"{AT_ONCE} posts of one form at once", {f"status {status}:": count for status, count in told.items()})
    others = [code for code in told.elements() if code not in {204, 303}]
    report.must_be_none(f"of {AT_ONCE} posts at once without the order", others)
    return wish


def waited_until(condition: Callable[[], bool], deadline: float) -> bool:
    """Whether it came true before `deadline` on the monotonic clock."""
    while not (is_true := condition()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return is_true


def wait_until_quiet() -> None:
    """Until no message was sent for a while."""
    waiting, since = verdict.waiting_messages(), time.monotonic()
    while time.monotonic() - since < QUIET_SECONDS:
        time.sleep(0.2)
        if waiting != (waiting := verdict.waiting_messages()):
            since = time.monotonic()


def check_invariants(database: str, report: Report) -> None:
    """What `manage.py invariants` says about the database after all this."""
    if "invariants" not in get_commands():
        report.fact("invariants", "not tested: there is no such command yet")
        return
    said = subprocess.run(
        [sys.executable, "manage.py", "invariants"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url_of(database)},
        capture_output=True,
        text=True,
    )
    lines = (said.stdout + said.stderr).strip().splitlines()
    report.must_be_none("invariants broken", lines[-20:] if said.returncode else [])
    report.fact("invariants", lines[-1] if lines else "silent")
