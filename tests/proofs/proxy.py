"""A small TCP proxy that loses things on purpose: the request, half of it, the answer, or the end of the answer."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

LONGEST_ANSWER_SECONDS = 30
SLOWEST_SECONDS = 0.4
LATEST_SECONDS = 3
WAITED = b"x-waited-for-redis"


class Fate(StrEnum):
    """What happens to one connection."""

    PASS = "goes through"
    SLOW = "is slow in both directions"
    REFUSE = "is dropped before anything was sent"
    HALF = "is dropped after k bytes of the request"
    LEAVE = "is dropped while the server still works"
    LOSE = "is answered, and the answer is dropped"
    CUT = "is answered, and the answer is cut after k bytes"
    TWICE = "reaches the server twice at once"
    LATER = "is dropped, and reaches the server seconds later"


# Nine of ten first tries are interrupted, and half of the others, so that a person is soon done.
FIRST = {
    Fate.PASS: 5, Fate.SLOW: 5, Fate.REFUSE: 6, Fate.HALF: 12, Fate.LEAVE: 22, Fate.LOSE: 25, Fate.CUT: 25,
}  # fmt: skip
AGAIN = {
    Fate.PASS: 40, Fate.SLOW: 10, Fate.REFUSE: 5, Fate.HALF: 5, Fate.LEAVE: 15, Fate.LOSE: 10, Fate.CUT: 15,
}  # fmt: skip


# A phone on the coast road: what is sent again is lost as often as the first time.
ON_THE_ROAD = {
    Fate.PASS: 34, Fate.SLOW: 6, Fate.REFUSE: 7, Fate.HALF: 9, Fate.LEAVE: 10, Fate.LOSE: 10, Fate.CUT: 12,
    Fate.TWICE: 6, Fate.LATER: 6,
}  # fmt: skip


@dataclass(frozen=True)
class Answered:
    """One request that the server answered in full, in seconds: when it got it, how long it took and waited."""

    at: float
    seconds: float
    waited: float  # for Redis, as the server says
    status: int


class Proxy:
    """Stands before one port; while `is_clean` it only passes on, as it always does what starts with none of `hits`.

    `fates` are the weights for every try; without them those of FIRST and AGAIN.
    """

    def __init__(
        self, port: int, *, seed: int, fates: dict[Fate, int] | None = None, hits: tuple[bytes, ...] = (b"",)
    ) -> None:
        self.upstream = port
        self.weights, self.hits = fates, hits
        self.is_clean = False
        self.fates: Counter[Fate] = Counter()
        self.answered: list[Answered] = []
        self.unanswered = 0
        self._random = random.Random(seed)
        self._seen: set[bytes] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _draw(self, request: bytes) -> tuple[Fate, float]:
        """A fate and where in the stream it strikes, 0 to 1."""
        with self._lock:
            weights = self.weights or (AGAIN if request in self._seen else FIRST)
            self._seen.add(request)
            is_safe = self.is_clean or not request.startswith(self.hits)
            fate = Fate.PASS if is_safe else self._random.choices(list(weights), list(weights.values()))[0]
            self.fates[fate] += 1
            return fate, self._random.random()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            client.settimeout(LONGEST_ANSWER_SECONDS)
            request = read_request(client)
            fate, where = self._draw(request)
            if fate == Fate.REFUSE:
                return reset(client)
            if fate == Fate.SLOW:
                time.sleep(where * SLOWEST_SECONDS)
            if fate == Fate.HALF:
                self._ask(request[: int(where * len(request))], is_whole=False)
                return reset(client)
            if fate in {Fate.LEAVE, Fate.LATER}:
                reset(client)
            if fate == Fate.LATER:
                time.sleep(where * LATEST_SECONDS)
            if fate == Fate.TWICE:
                threading.Thread(target=self._ask, args=[request], daemon=True).start()
            answer = self._ask(request)
            if fate in {Fate.LOSE, Fate.LEAVE, Fate.LATER} or not answer:
                return reset(client)
            if fate == Fate.SLOW:
                time.sleep(where * SLOWEST_SECONDS)
            client.sendall(answer[: int(where * len(answer))] if fate == Fate.CUT else answer)
            return None

    def _ask(self, request: bytes, *, is_whole: bool = True) -> bytes:
        """The server's whole answer; nothing when it gave none. Notes how long it took and what it said."""
        request = request.replace(b"Connection: keep-alive", b"Connection: close", 1)  # a browser would wait for more
        began = time.monotonic()
        answer = b""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.upstream), 5) as server:
            server.settimeout(LONGEST_ANSWER_SECONDS)
            server.sendall(request)
            if not is_whole:
                server.shutdown(socket.SHUT_WR)
            while piece := server.recv(65536):
                answer += piece
        answer = answer if is_full(answer) else b""
        with self._lock:
            if answer:
                seconds, waited = time.monotonic() - began, float(header(answer, WAITED) or 0)
                self.answered.append(Answered(began, seconds, waited, status_of(answer)))
            elif is_whole:
                self.unanswered += 1
        return answer


def reset(link: socket.socket) -> None:
    """End a connection at once with RST, as a lost network does."""
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    link.close()


def read_request(link: socket.socket) -> bytes:
    """One request with its body; what came when the sender went away."""
    received = b""
    while piece := link.recv(65536):
        received += piece
        _head, found, body = received.partition(b"\r\n\r\n")
        if found and len(body) >= int(header(received, b"content-length") or 0):
            break
    return received


def header(message: bytes, name: bytes) -> bytes:
    """The value of a header, empty when there is none."""
    for line in message.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]:
        found, _colon, value = line.partition(b":")
        if found.strip().lower() == name:
            return value.strip()
    return b""


def is_full(answer: bytes) -> bool:
    """Whether an answer arrived to its last byte: http.client takes a cut head for a whole one."""
    _head, found, body = answer.partition(b"\r\n\r\n")
    return bool(found) and len(body) == int(header(answer, b"content-length") or 0)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])
