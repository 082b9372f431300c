"""People who order while ops pulls the switch and flips a flag, and what became of it."""

from __future__ import annotations

import datetime as dt
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.test import Client
from django.utils import timezone
from kombu import Connection

from luckygas.flags import CHANNELS, ORDERS_PAUSED, SWITCHES, WEB_ORDERING
from orders.models import Order, OrderEvent, StandingDay
from orders.tasks import make_standing_orders
from pilot.flags.switches import ask_release
from pilot.models import FlagChange
from tests import factories
from tests.processes import session_cookie, wait_for
from tests.proofs.clients import NUMBER, TOKEN, Browser, Wish, exchange
from tests.proofs.instance import Instance
from tests.proofs.proxy import status_of
from tests.proofs.town import Town

PROCESS = re.compile(rb"(?im)^x-process: *(\d+)")
USUAL = SWITCHES[ORDERS_PAUSED]
PROCESSES = 2  # of the web
PATIENCE_SECONDS = 30
FLIP_SECONDS = 0.2
STANDING_EACH = 30  # days of standing orders that the worker is making when the switch is pulled


@dataclass(frozen=True)
class Answer:
    """One order form that was sent: when, which process answered what, and the order it was answered with."""

    began: float
    ended: float
    status: int
    process: bytes
    number: str


class Load:
    """So many people who order one thing after the other, each request over a connection of its own."""

    def __init__(self, port: int, town: Town, *, people: int, seed: int) -> None:
        self.port, self.town, self.answers = port, town, list[Answer]()
        self.browsers = [Browser.open(port, member) for member in town.members]
        self._enough = threading.Event()
        self._serial, self._lock = 0, threading.Lock()
        self._threads = [
            threading.Thread(target=self._order, args=[random.Random(f"{seed}-{person}")], daemon=True)
            for person in range(people)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join()

    def since(self, at: float) -> list[Answer]:
        """The answers to what was sent after that moment."""
        return [one for one in list(self.answers) if one.began >= at]

    def _order(self, dice: random.Random) -> None:
        while not self._enough.is_set():
            browser = dice.choice(self.browsers)
            with self._lock:
                self._serial += 1
                wish = Wish.draw(dice, self._serial, self.town, browser.member)
            began = time.monotonic()
            answer = exchange(self.port, browser.request(wish))
            if not answer:
                continue
            head = answer.partition(b"\r\n\r\n")[0]
            number, process = NUMBER.search(head), PROCESS.search(head)
            self.answers.append(
                Answer(
                    began, time.monotonic(), status_of(answer), process[1] if process else b"",
                    number[1].decode() if number else "",
                )
            )  # fmt: skip


class Switch:
    """The real page with the red button, and the two people who let orders in again."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.first = factories.UserFactory(roles=["ops"])
        self.second = factories.UserFactory(roles=["manager"])
        browser = Client()
        browser.force_login(self.first)
        cookie = session_cookie(browser)
        page = exchange(port, _request("GET", cookie))
        csrf, token = re.search(rb"(?im)^set-cookie: *(csrf=\w+)", page), TOKEN.search(page)
        if not csrf or not token:
            raise RuntimeError(f"the page with the switch did not open: {page[:200]!r}")
        form = f"csrfmiddlewaretoken={token[1].decode()}&reason=proof"
        form += "".join(f"&channels={channel}" for channel in CHANNELS if channel in USUAL)
        self.click = _request("POST", f"{cookie}; {csrf[1].decode()}", form.encode())

    def pull(self) -> float:
        """Press the button; when it was answered, on the monotonic clock."""
        answer = exchange(self.port, self.click)
        if not answer or status_of(answer) != 303:
            raise RuntimeError(f"the switch was not pulled: {answer[:200]!r}")
        return time.monotonic()

    def release(self) -> None:
        ask_release(USUAL, by=self.first, reason="proof").confirm(by=self.second)


def _request(method: str, cookies: str, form: bytes = b"") -> bytes:
    lines = [f"{method} /pilot/pause/ HTTP/1.1", "Host: 127.0.0.1", "Connection: close", f"Cookie: {cookies}"]
    lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}"] if form else []
    return "\r\n".join([*lines, "", ""]).encode() + form


@dataclass
class Pulls:
    """What each pull came to, in seconds from the click."""

    decided: list[float] = field(default_factory=list)  # until the last decision of the web to take an order
    answered: list[float] = field(default_factory=list)  # until the last order was answered that was still taken
    refusing: list[float] = field(default_factory=list)  # until each process had answered with a refusal
    made: list[float] = field(default_factory=list)  # until the worker made its last order of a standing order
    late: list[str] = field(default_factory=list)  # orders of requests that began after the click was answered
    interrupted: int = 0  # runs of the worker that had days left when the switch was pulled

    @property
    def until_nothing_is_taken(self) -> list[float]:
        """From the click until web and worker have taken their last order."""
        made = self.made or [0.0] * len(self.decided)
        return [max(both) for both in zip(self.decided, made, strict=True)]


def pull_often(instance: Instance, load: Load, times: int, *, with_worker: bool = True) -> Pulls:
    """Pull and release so many times while orders come in; each process must take orders before and refuse after."""
    switch, pulls = Switch(instance.port), Pulls()
    for _ in range(times):
        _wait_for_both(load, time.monotonic(), {204, 303}, "both web processes take orders")
        if with_worker:
            _let_the_worker_make_orders(instance)
        clicked, wall = time.monotonic(), timezone.now()
        answered = switch.pull()
        _wait_for_both(load, clicked, {503}, "both web processes refuse")
        time.sleep(0.3)  # what would still be taken would be seen
        _measure(pulls, load, clicked, answered, wall)
        if with_worker:
            _measure_worker(pulls, wall)
        switch.release()
    return pulls


def _wait_for_both(load: Load, since: float, statuses: set[int], what: str) -> None:
    wait_for(lambda: len(_processes(load.since(since), statuses)) == PROCESSES, PATIENCE_SECONDS, what)


def _measure(pulls: Pulls, load: Load, clicked: float, answered: float, wall: dt.datetime) -> None:
    answers, firsts = load.since(clicked - 10), dict[bytes, float]()
    for one in answers:
        if one.status == 503 and one.began >= clicked:
            firsts[one.process] = min(one.ended, firsts.get(one.process, one.ended))
    pulls.refusing.append(max(firsts.values()) - clicked)
    taken = [one for one in answers if one.number and one.ended > clicked]
    pulls.answered.append(max((one.ended - clicked for one in taken), default=0.0))
    pulls.late += [one.number for one in taken if one.began > answered]
    pulls.decided.append(_last_decision(Order.objects.filter(number__in=[one.number for one in taken]), wall))


def _measure_worker(pulls: Pulls, wall: dt.datetime) -> None:
    """Its orders store when their run began; that they were confirmed says when they were made."""
    events = OrderEvent.objects.filter(order__channel="standing", at__gt=wall).exclude(from_state="")
    newest = events.order_by("-at").values_list("at", flat=True).first()
    pulls.made.append((newest - wall).total_seconds() if newest else 0.0)
    pulls.interrupted += StandingDay.objects.due().exists()


def _last_decision(orders: Iterable[Order], wall: dt.datetime) -> float:
    """Seconds from the click until the last decision that took one of these orders; none was made after it: 0."""
    moments = [dt.datetime.fromisoformat(order.decision["at"]) for order in orders]
    return max(((at - wall).total_seconds() for at in moments if at > wall), default=0.0)


def _processes(answers: list[Answer], statuses: set[int]) -> set[bytes]:
    return {one.process for one in answers if one.status in statuses}


def _let_the_worker_make_orders(instance: Instance) -> None:
    """More standing orders that are due, and a worker in the middle of making their orders."""
    sites = list(Order.objects.values_list("site", flat=True).distinct()[:10])
    for number in range(STANDING_EACH - StandingDay.objects.due().count()):
        factories.StandingOrderFactory(site_id=sites[number % len(sites)], rhythm="every", every_days=1)
    made = Order.objects.filter(channel="standing")
    before = made.count()
    url = instance.valkey.url.replace("unix://", "redis+socket://", 1)
    with Connection(url) as link:
        make_standing_orders.apply_async(connection=link)
    wait_for(lambda: made.count() > before, PATIENCE_SECONDS, "the worker makes orders of standing orders")


# --- flips ------------------------------------------------------------------------------------------------------------
def flip_for(seconds: float, load: Load) -> int:
    """Turn web ordering off and on every 200 ms; how often. It ends on."""
    ops, count, until = factories.UserFactory(roles=["ops"]), 0, time.monotonic() + seconds
    due = time.monotonic()
    while time.monotonic() < until:
        factories.given(WEB_ORDERING, by=ops, reason="proof", everyone=bool(count % 2))
        count += 1
        due += FLIP_SECONDS
        time.sleep(max(due - time.monotonic(), 0))
    factories.given(WEB_ORDERING, by=ops, reason="proof", everyone=True)
    load.stop()
    return count


def mixed(since: dt.datetime) -> list[str]:
    """Orders whose fields do not follow from the decision they store: another path, or taken where none was open."""
    found = []
    for order in Order.objects.filter(placed_at__gte=since).order_by("pk"):
        is_on = order.decision["flags"][WEB_ORDERING]
        path = "web_ordering" if is_on else "standard"
        if order.variant != path:
            found.append(f"{order.number} decided {path}, stored {order.variant}")
        elif order.channel == "web" and not is_on:
            found.append(f"{order.number} was taken in the browser, which was decided closed")
        elif any(order.decision["flags"][name] for name, stops in SWITCHES.items() if order.channel in stops):
            found.append(f"{order.number} was taken past a switch that was decided pulled")
    return found


def unknown_to_history(since: dt.datetime) -> list[str]:
    """Orders whose decision the history of the flag does not know for the moment at which it was made."""
    changes = list(FlagChange.objects.filter(flag=WEB_ORDERING).order_by("pk").values_list("at", "after"))
    slack, found = dt.timedelta(seconds=1), []
    for number, decision in Order.objects.filter(placed_at__gte=since, channel="web").values_list("number", "decision"):
        at = dt.datetime.fromisoformat(decision["at"])
        was = [after["everyone"] for when, after in changes if when <= at][-1:]
        was += [after["everyone"] for when, after in changes if at - slack < when <= at + slack]
        if decision["flags"][WEB_ORDERING] not in was:
            found.append(f"{number} {decision['flags'][WEB_ORDERING]} at {at}")
    return found


def seen_statuses(load: Load) -> dict[int, int]:
    return dict(sorted(Counter(one.status for one in load.answers).items()))


def unstored(load: Load) -> list[str]:
    """Orders that were acknowledged and are not stored."""
    told = {one.number for one in load.answers if one.number}
    return sorted(told - set(Order.objects.filter(number__in=told).values_list("number", flat=True)))


def break_one_order() -> None:
    """Half of an order, as only somebody past all rules can leave it: its lines are gone."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM orders_orderline WHERE order_id = (SELECT max(id) FROM orders_order)")
        cursor.execute("SET session_replication_role = DEFAULT")


def orders_since(at: dt.datetime) -> int:
    return Order.objects.filter(placed_at__gte=at).count()
