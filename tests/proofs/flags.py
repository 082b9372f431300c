"""make prove-flags: 10,000 customers get the same answer from every part of the product, in every process, and after a
restart.

Web, desk, driver's page, API, generator and command each ask in processes of their own, with another hash seed each,
and once more in processes that were started anew; two web processes are asked over HTTP before and after a kill.
The same with a share by Python's salted hash must differ.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

os.environ |= {"DJANGO_SETTINGS_MODULE": "luckygas.settings", "DEMO": "1"}

from tests.processes import ROOT, wait_for
from tests.proofs.command import run
from tests.proofs.instance import WEB, Instance
from tests.proofs.orders import fresh_databases
from tests.proofs.report import Report

PARTS = {  # who asks, and as whom
    "web": "customer",
    "desk": "dispatcher",
    "driver's page": "driver",
    "API": "manager",
    "generator": "generator",
    "command": "command",
}
PERCENT = 37.5
TOGETHER = 2  # processes at once


@dataclass(frozen=True)
class Size:
    customers: int
    over_http: int
    starts: int  # of each part


SHORT, FULL = Size(80, 8, 1), Size(10_000, 300, 2)


def prove(size: Size, report: Report) -> None:
    with fresh_databases() as (database, _control):
        numbers = build(size.customers, random.Random(report.seed))
        dice = random.Random(report.seed)
        jobs = [(part, dice.randrange(1, 2**31)) for _ in range(size.starts) for part in PARTS.values()]
        told = ask_all(jobs)
        report.fact("processes that were asked", len(told))
        report.fact("customers", len(numbers))
        report.must_be_none("customers that a process did not answer for", missing(told, numbers))
        report.must_be_none("customers with two answers", different(told))
        shares = Counter("".join(answer) for answer in told[0].values())
        report.fact("answers", dict(shares.most_common(6)))
        report.must_be_none("kinds of answers missing of 2", max(2 - len(shares), 0))
        over_http(database, told[0], dice.sample(numbers, size.over_http), report)
        salted = ask_all([("generator", seed) for seed in (1, 2)], "--salted")
        report.must_show("customers with two answers, by a salted hash", len(different(salted)))


def build(count: int, dice: random.Random) -> list[int]:
    """So many customers, some with addresses, and flags with every kind of audience."""
    from customers.models import Customer, Site
    from luckygas.flags import DRIVER_POSITION, WEB_ORDERING
    from luckygas.models import ROLES
    from tests import factories

    areas = [factories.AreaFactory(code=code, name=code) for code in "瑞豐山"]
    made = Customer.objects.bulk_create(Customer(name=f"測試客戶{number}") for number in range(count))
    customers = list(Customer.objects.filter(pk__in=[each.pk for each in made]).order_by("pk"))
    Site.objects.bulk_create(
        Site(customer=each, area=dice.choice(areas), address="臺東市測試路 1 號")
        for each in dice.sample(customers, count // 2)
    )
    numbers = [each.number for each in customers]
    for role in ROLES:
        factories.UserFactory(roles=[role])
    lists = {"allow_customers": dice.sample(numbers, 30), "deny_customers": dice.sample(numbers, 30)}
    factories.given(WEB_ORDERING, percent=PERCENT, allow_areas=["豐"], allow_roles=["dispatcher", "driver"], **lists)
    factories.given(DRIVER_POSITION, everyone=None, percent=60, needs=WEB_ORDERING, allow_roles=["manager"])
    return numbers


def ask_all(jobs: list[tuple[str, int]], *more: str) -> list[dict[int, str]]:
    """One process for each; what it answered by customer number."""

    def ask(job: tuple[str, int]) -> dict[int, str]:
        part, seed = job
        done = subprocess.run(
            [sys.executable, "-m", "tests.proofs.asker", part, *more],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        )
        return {int(number): answer for number, answer in json.loads(done.stdout).items()}

    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(ask, jobs))


def different(told: list[dict[int, str]]) -> list[int]:
    return [number for number in told[0] if len({answers.get(number) for answers in told}) > 1]


def missing(told: list[dict[int, str]], numbers: list[int]) -> list[int]:
    return [number for number in numbers if any(number not in answers for answers in told)]


def over_http(database: str, told: dict[int, str], numbers: list[int], report: Report) -> None:
    """The page that says what one customer has, of both web processes, and again of those that came after a kill."""
    from django.test import Client

    from luckygas.models import User
    from tests.processes import session_cookie

    browser = Client()
    browser.force_login(User.objects.filter(groups__name="ops").order_by("pk")[0])
    wrong, processes = list[int](), set[str]()
    with Instance(report.name, database, application="tests.proofs.named:application", who=["web"]) as instance:
        for _ in range(2):
            instance.wait_until_whole()
            for number in numbers:
                process, answer = page_of(instance.port, session_cookie(browser), number)
                processes.add(process)
                if answer != told[number]:
                    wrong.append(number)
            start_again(instance)
    report.fact("asked over HTTP", 2 * len(numbers))
    report.must_be_none("customers with another answer over HTTP", wrong)
    report.must_be_none("web processes that were not seen of 4", max(4 - len(processes), 0))


def start_again(instance: Instance) -> None:
    """Kill all of the web, and wait until the supervisor has started another."""
    web = instance.child(WEB)
    for pid in [*instance.web_workers(), *([web] if web else [])]:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: instance.child(WEB) not in {None, web}, 60, "web comes back")


def page_of(port: int, cookie: str, number: int) -> tuple[str, str]:
    """Which process answered, and each flag as it stands on the page, in the order of their names."""
    import http.client
    import re

    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    link.request("GET", f"/pilot/flags/?customer={number}", headers={"Cookie": cookie, "Connection": "close"})
    answer = link.getresponse()
    page = answer.read().decode()
    link.close()
    rows = dict(re.findall(r"<dt><code>(\w+)</code></dt><dd>(<b>)?", page))
    return str(answer.headers["X-Process"]), "".join("1" if rows[name] else "0" for name in sorted(rows))


def counts(size: Size) -> str:
    return f"{size.customers} customers, {len(PARTS)} parts, {size.starts} starts of each"


if __name__ == "__main__":
    sys.exit(run("flags", full=FULL, short=SHORT, counted="customers", said=counts, prove=prove))
