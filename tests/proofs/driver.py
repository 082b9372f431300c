"""make prove-driver: what a driver's phone kept arrives exactly once, whatever happens to line, tab or clock.

A real Chromium behind a proxy that drops requests and answers, cuts both anywhere, doubles them and lets them arrive
late, while web processes are killed: phones whose tabs are killed, with two tabs, two phones of one driver, clocks that
are three hours wrong, sessions that end, stores that the browser empties. Without the known ids events must double,
and without keeping what was not answered they must be lost.

    python -m tests.proofs.driver [--events 10000 --seed 1] [--short]
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from playwright.async_api import async_playwright

from tests.ensure_chromium import installed
from tests.proofs.command import run
from tests.proofs.instance import Instance
from tests.proofs.orders import fresh_databases
from tests.proofs.report import Report

if TYPE_CHECKING:
    from tests.proofs.phone import Phone
    from tests.proofs.shift import Shift

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# The phone forgets what it sent without waiting for the answer, as most apps do.
FORGETS = """(() => {
  const ask = window.fetch;
  window.fetch = (url, options = {}) => {
    if (options.method !== "POST" || !String(url).includes("/drive/events/")) return ask(url, options);
    ask(url, options).catch(() => {});
    const answers = JSON.parse(options.body).events.map(({ id }) => ({ id, state: "applied" }));
    return Promise.resolve(new Response(JSON.stringify({ answers })));
  };
})()"""


@dataclass(frozen=True)
class Size:
    """How much one run shows."""

    events: int
    stops: int  # of one route
    control_routes: int
    phones: int  # at work at once
    kill_seconds: tuple[float, float]  # between two web processes that are killed
    most_at_once: int  # events that a phone keeps before it tries the line again
    photos: int  # of the shift on a thin line; without any there is none: among other tests no second can be promised


FULL = Size(10_000, 60, 4, 4, (5, 20), 40, 120)
SHORT = Size(41, 20, 1, 2, (4, 8), 5, 0)
TEN_SECONDS, EVENTS_SECONDS, PHOTOS_SECONDS, LATE_SECONDS = 10, 20, 420, 5


@contextlib.contextmanager
def killing(instance: Instance, size: Size, *, seed: int) -> Iterator[list[int]]:
    """Web processes die now and then; the supervisor brings them back."""
    killed: list[int] = []
    is_over, dice = threading.Event(), random.Random(seed)

    def kill() -> None:
        while not is_over.wait(dice.uniform(*size.kill_seconds)):
            instance.wait_until_whole()  # a new process needs seconds to stand; only what stands is killed
            with contextlib.suppress(ProcessLookupError):
                killed.append(dice.choice(instance.web_workers()))
                os.kill(killed[-1], signal.SIGKILL)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    yield killed
    is_over.set()
    thread.join()


async def work(phones: list[Phone], at_once: int, say: object, *, chromium: str) -> None:
    """Everybody's day, so many at once; the phones of one driver together."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGS)
        line, done = asyncio.Semaphore(at_once), 0

        async def one(phone: Phone) -> None:
            nonlocal done
            async with line:
                phone.browser = browser
                await phone.work()
                done += len(phone.events)
                say(f"  {done} of {sum(len(each.events) for each in phones)} events left their phones")  # type: ignore[operator]

        await asyncio.gather(*map(one, phones))
        await browser.close()


def phones_of(shifts: list[Shift], port: int, size: Size, *, seed: int, script: str = "") -> list[Phone]:
    from tests.proofs.phone import Phone
    from tests.proofs.shift import PHONES

    phones = [
        Phone(shift, number, port, seed=seed, most_at_once=size.most_at_once)
        for shift in shifts
        for number in range(PHONES)
    ]
    for phone in phones:
        phone.script = script
    return phones


def protected(instance: Instance, database: str, shifts: list[Shift], size: Size, report: Report) -> None:
    """Nothing is lost, doubled or altered, and everything took effect once, at its time."""
    from tests.proofs import rounds
    from tests.proofs.reported import beginnings, judge

    phones = phones_of(shifts, instance.port, size, seed=report.seed)
    began = time.monotonic()
    with killing(instance, size, seed=report.seed) as killed:
        asyncio.run(work(phones, size.phones, report.say, chromium=str(installed())))
    instance.wait_until_whole()
    seconds = round(time.monotonic() - began)
    kept = {one for phone in phones for one in phone.kept}
    report.fact("events kept", len(kept))
    report.fact("seconds for them", seconds)
    report.fact("what happened to phones", dict(sum((phone.happened for phone in phones), Counter()).most_common()))
    report.fact("clocks wrong by hours", dict(Counter(str(phone.clock) for phone in phones)))
    fates = sum((phone.proxy.fates for phone in phones), Counter())
    report.fact("connections", {str(fate): count for fate, count in fates.most_common()})
    report.fact("web processes killed", len(killed))
    report.must_be_none(f"events missing of {size.events}", max(size.events - len(kept), 0))
    report.must_be_none("events that never left their phone", [one for phone in phones for one in phone.left])
    unheard = sorted({key for phone in phones for key in phone.wiped} - beginnings())
    report.must_be_none("emptied stores that the server has not heard of", unheard)
    for what, found in vars(judge(shifts, kept)).items():
        report.must_be_none(what.replace("_", " "), found)
    rounds.check_invariants(database, report)


def on_a_thin_line(instance: Instance, shift: Shift, size: Size, report: Report) -> None:
    """A whole shift was written down without signal; then there is some."""
    from tests.proofs import line

    phone = phones_of([shift], instance.port, size, seed=report.seed)[0]

    async def measured(chromium: str) -> line.Figures:
        async with async_playwright() as playwright:
            phone.browser = await playwright.chromium.launch(executable_path=chromium, args=ARGS)
            return await line.measure(phone, photos=size.photos)

    found = asyncio.run(measured(str(installed())))
    report.fact(f"{size.stops} stops on {line.RATE // 1000} kB/s and {line.LATENCY_MS} ms", asdict(found))
    limits = {
        f"ten deliveries over {TEN_SECONDS} s": found.ten_deliveries > TEN_SECONDS,
        f"the shift's events over {EVENTS_SECONDS} s": found.events > EVENTS_SECONDS,
        f"{size.photos} photos over {PHOTOS_SECONDS} s": found.photos > PHOTOS_SECONDS,
        f"an event over {LATE_SECONDS} s while photos were sent": max(found.late_events) > LATE_SECONDS,
        "a line that was not thin": not found.was_thin,
    }
    report.must_be_none("too slow", [what for what, is_true in limits.items() if is_true])


def without_keeping(instance: Instance, shifts: list[Shift], size: Size, report: Report) -> None:
    """The same with phones that forget what they sent before it is answered."""
    from tests.proofs.reported import judge

    phones = phones_of(shifts, instance.port, size, seed=report.seed, script=FORGETS)
    asyncio.run(work(phones, size.phones, report.say, chromium=str(installed())))
    kept = {one for phone in phones for one in phone.kept}
    report.must_show("events lost by phones that do not wait for an answer", len(judge(shifts, kept).lost))


def without_ids(database: str, shifts: list[Shift], size: Size, report: Report) -> None:
    """The same against a server that takes every try for a new event."""
    from tests.proofs.reported import judge

    name, application = f"{report.name}-control", "tests.proofs.forgetful:application"
    with Instance(name, database, application=application, who=["web"]) as instance:
        instance.wait_until_whole()
        phones = phones_of(shifts, instance.port, size, seed=report.seed)
        for phone in phones:
            phone.drain_seconds = 5  # it never hears of what it sent
        asyncio.run(work(phones, size.phones, report.say, chromium=str(installed())))
    report.must_show("events doubled by a server without known ids", len(judge(shifts, set()).doubled))


def prove(size: Size, report: Report) -> None:
    with fresh_databases() as (database, _unused):
        from tests.proofs import rounds, shift

        days = -(-size.events // (2 * size.stops + 1))
        shifts = shift.build(
            days + 2 * size.control_routes + bool(size.photos), size.stops, seed=report.seed, say=report.say
        )
        rounds.look_at(database)
        take = partial(islice, iter(shifts))
        with Instance(report.name, database) as instance:
            instance.wait_until_whole()
            protected(instance, database, list(take(days)), size, report)
            if size.photos:
                on_a_thin_line(instance, *take(1), size, report)
            without_keeping(instance, list(take(size.control_routes)), size, report)
        without_ids(database, list(take(size.control_routes)), size, report)


def counts(size: Size) -> str:
    return f"{size.events} events"


if __name__ == "__main__":
    sys.exit(run("driver", full=FULL, short=SHORT, counted="events", said=counts, prove=prove))
