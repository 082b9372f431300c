"""People who send the order form and send it again, with the same body, until they are answered."""

from __future__ import annotations

import contextlib
import random
import re
import socket
import threading
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.proofs.proxy import is_full, status_of
from tests.proofs.town import PRODUCTS, Member, Town

ATTEMPT_SECONDS = 8
TOGETHER_SECONDS = 30
MOST_REFUSALS = 3
SENT_AGAIN_LATER = 0.05  # of the answered forms: a restored tab, the back button
HTMX = 0.5  # of the forms are sent by htmx, the others by a plain browser
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)"')
NUMBER = re.compile(rb"(?im)^(?:location|hx-redirect): *\S*/orders/([\d-]+)/")


@dataclass
class Wish:
    """One order somebody wants, once: what was typed, and all that was answered."""

    token: str  # stands in the note, so that a wish is known without its operation id
    operation_id: uuid.UUID
    site: int
    counts: dict[str, tuple[int, int]]
    is_gas_out: bool
    when: dict[str, str]
    is_htmx: bool
    attempts: int = 0
    is_interrupted: bool = False
    numbers: set[str] = field(default_factory=set)
    refusals: list[int] = field(default_factory=list)

    @classmethod
    def draw(cls, dice: random.Random, serial: int, town: Town, member: Member) -> Wish:
        codes = dice.sample(list(PRODUCTS), k=dice.choice([1, 1, 2]))
        counts = {code: (full := dice.randint(1, 3), dice.randint(0, full)) for code in codes}
        when = dice.choice(
            [
                {"when": "now"},
                {"when": "day", "day": dice.choice(town.days).isoformat()},
                {"when": f"slot-{dice.choice(town.slots[member.site])}"},
            ]
        )
        operation_id = uuid.UUID(int=dice.getrandbits(128), version=4)
        is_out, is_htmx = dice.random() < 0.2, dice.random() < HTMX
        return cls(f"wish-{serial}", operation_id, member.site, counts, is_out, when, is_htmx)

    def form(self) -> dict[str, str]:
        """What is posted, in the order of the page: a request cut short misses its end."""
        said = {"operation_id": str(self.operation_id), "site": str(self.site)}
        said["is_gas_out"] = "yes" if self.is_gas_out else "no"
        said |= {f"quantity_{code}": str(full) for code, (full, _empties) in self.counts.items()}
        said |= {f"empties_{code}": str(empties) for code, (_full, empties) in self.counts.items()}
        return said | self.when | {"note": self.token}


@dataclass(frozen=True)
class Browser:
    """A member's open order form: their cookies and the page's token."""

    member: Member
    cookies: str
    token: str

    @classmethod
    def open(cls, port: int, member: Member) -> Browser:
        """Read the real page, as a person does before they can send it."""
        page = exchange(port, _request("GET", member.cookie))
        if not page or status_of(page) != 200:
            raise RuntimeError(f"the order form did not open: {page[:200]!r}")
        csrf = re.search(rb"(?im)^set-cookie: *(csrf=\w+)", page)
        token = TOKEN.search(page)
        if not csrf or not token:
            raise RuntimeError("the order form has no token")
        return cls(member, f"{member.cookie}; {csrf[1].decode()}", token[1].decode())

    def request(self, wish: Wish) -> bytes:
        """The same bytes for each attempt, the fields in the order of the page."""
        return _request("POST", self.cookies, {"csrfmiddlewaretoken": self.token} | wish.form(), wish.is_htmx)


def _request(method: str, cookies: str, form: dict[str, str] | None = None, is_htmx: bool = False) -> bytes:
    body = urlencode(form).encode() if form else b""
    lines = [f"{method} /orders/new/ HTTP/1.1", "Host: 127.0.0.1", "Connection: close", f"Cookie: {cookies}"]
    lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"] if form else []
    lines += ["HX-Request: true"] if is_htmx else []
    return "\r\n".join([*lines, "", ""]).encode() + body


def exchange(port: int, request: bytes, seconds: float = ATTEMPT_SECONDS) -> bytes:
    """One request over a connection of its own; the whole answer, or nothing."""
    answer = b""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), seconds) as link:
        link.settimeout(seconds)
        link.sendall(request)
        while piece := link.recv(65536):
            answer += piece
    return answer if is_full(answer) else b""


class Crowd:
    """So many people at once who order one thing after the other until they are told to stop."""

    def __init__(self, port: int, town: Town, browsers: list[Browser], *, people: int, seed: int) -> None:
        self.port, self.town, self.browsers = port, town, browsers
        self.wishes: list[Wish] = []
        self.interrupted = 0
        self.give_up_at = float("inf")
        self._enough = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._order, args=[random.Random(f"{seed}-{person}")], daemon=True)
            for person in range(people)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def finish(self, seconds: float) -> None:
        """Nobody begins another order; until everybody was answered, at the latest after `seconds`."""
        self._enough.set()
        self.give_up_at = time.monotonic() + seconds
        for thread in self._threads:
            thread.join()

    def _order(self, dice: random.Random) -> None:
        while not self._enough.is_set():
            browser = dice.choice(self.browsers)
            with self._lock:
                wish = Wish.draw(dice, len(self.wishes), self.town, browser.member)
                self.wishes.append(wish)
            self._send_until_answered(wish, browser.request(wish), dice)
            if dice.random() < SENT_AGAIN_LATER:
                self._send(wish, browser.request(wish))

    def _send_until_answered(self, wish: Wish, request: bytes, dice: random.Random) -> None:
        while not self._send(wish, request) and len(wish.refusals) < MOST_REFUSALS:
            if time.monotonic() > self.give_up_at:
                return
            time.sleep(dice.uniform(0.01, 0.2))

    def _send(self, wish: Wish, request: bytes) -> bool:
        """Whether it was answered with an order."""
        answer = exchange(self.port, request)
        wish.attempts += 1
        if found := NUMBER.search(answer.partition(b"\r\n\r\n")[0]):
            wish.numbers.add(found[1].decode())
            return True
        if answer:
            wish.refusals.append(status_of(answer))
        elif not wish.is_interrupted and not wish.numbers:
            with self._lock:
                wish.is_interrupted = True
                self.interrupted += 1
        return False


def all_at_once(port: int, browser: Browser, wish: Wish, times: int) -> list[bytes]:
    """The same form so many times in the same moment; the answers."""
    request = browser.request(wish)
    start = threading.Barrier(times)
    answers: list[bytes] = []

    def send() -> None:
        start.wait()
        answers.append(exchange(port, request, TOGETHER_SECONDS))

    threads = [threading.Thread(target=send) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answer in answers:
        if found := NUMBER.search(answer.partition(b"\r\n\r\n")[0]):
            wish.numbers.add(found[1].decode())
    return answers
