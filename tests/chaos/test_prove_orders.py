"""The short form of `make prove-orders`, and that its judge and its proxy can see what they look for."""

import contextlib
import socket
import threading
import uuid

import pytest

from tests.chaos.short_form import prove
from tests.processes import wait_for
from tests.proofs.clients import Wish, exchange
from tests.proofs.proxy import Fate, Proxy, is_full, read_request
from tests.proofs.verdict import Stored, judge

LONGEST_SECONDS = 400  # on a busy machine; about a minute on two free processors
ANSWER = b"HTTP/1.1 303 See Other\r\nLocation: /orders/1151122-0001/\r\nContent-Length: 5\r\n\r\nabcde"
REQUEST = b"POST /orders/new/ HTTP/1.1\r\nContent-Length: 4\r\n\r\na=12"


@pytest.mark.slow
def test_no_acknowledged_order_is_lost_or_doubled_whatever_dies(record_property):
    prove("orders", record_property, longest_seconds=LONGEST_SECONDS)


# --- the judge ----------------------------------------------------------------
COUNTS = {"20": (2, 1)}


def wish(token="wish-1", number="1151122-0001"):
    made = Wish(token, uuid.uuid4(), 1, COUNTS, False, {"when": "now"}, False, is_interrupted=True)
    made.numbers = {number} if number else set()
    return made


def row(wished, number="1151122-0001", flaw="", counts=COUNTS, operation_id=None):
    return Stored(str(operation_id or wished.operation_id), number, wished.token, flaw, counts)


def wrong(wished, *rows):
    sets = judge([wished], rows)
    return {kind for kind in ("lost", "unexpected", "duplicated", "partial", "unanswered") if getattr(sets, kind)}


def test_an_order_that_is_there_once_is_recovered():
    wished = wish()

    sets = judge([wished], [row(wished)])

    assert (wrong(wished, row(wished)), sets.recovered) == (set(), ["wish-1"])


def test_an_acknowledged_order_that_is_not_there_is_lost():
    assert wrong(wish()) == {"lost"}


def test_an_acknowledged_number_that_is_not_there_is_lost():
    wished = wish()

    assert "lost" in wrong(wished, row(wished, "1151122-0002"))


def test_a_wish_that_is_stored_twice_is_duplicated():
    wished = wish()

    assert wrong(wished, row(wished), row(wished, "1151122-0002")) == {"duplicated"}


def test_an_order_that_nobody_asked_for_is_unexpected():
    wished = wish()

    assert wrong(wished, row(wished), row(wish("somebody"), "1151122-0002")) == {"unexpected"}


def test_an_order_under_another_operation_id_is_unexpected():
    wished = wish()

    assert wrong(wished, row(wished, operation_id=uuid.uuid4())) == {"unexpected"}


@pytest.mark.parametrize("flaw, counts", [("no line", COUNTS), ("", {"20": (1, 1)})], ids=["a flaw", "other contents"])
def test_half_an_order_is_partial(flaw, counts):
    wished = wish()

    assert wrong(wished, row(wished, flaw=flaw, counts=counts)) == {"partial"}


def test_somebody_who_never_got_an_answer_is_unanswered():
    wished = wish(number=None)

    assert wrong(wished, row(wished)) == {"unanswered"}


# --- the proxy ----------------------------------------------------------------
@pytest.fixture
def server():
    """A port that answers whole requests, and the list of all it got."""
    listener = socket.create_server(("127.0.0.1", 0))
    got = []

    def serve():
        with contextlib.suppress(OSError):  # closed
            while True:
                link, _address = listener.accept()
                with link:
                    got.append(read_request(link))
                    if got[-1] == REQUEST:
                        link.sendall(ANSWER)

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1], got
    listener.close()


@pytest.fixture
def through(server, monkeypatch):
    """Send the request through a proxy that has one fate for all: the answer, what the server got, the proxy."""
    port, got = server

    def send(fate):
        monkeypatch.setattr("tests.proofs.proxy.FIRST", {fate: 1})
        proxy = Proxy(port, seed=1)
        answer = exchange(proxy.port, REQUEST)
        if fate != Fate.REFUSE:
            wait_for(lambda: bool(got), 5, "the server got something")
        proxy.close()
        return answer, got, proxy

    return send


@pytest.mark.parametrize("fate", [Fate.PASS, Fate.SLOW])
def test_what_the_proxy_lets_through_arrives(through, fate):
    answer, got, proxy = through(fate)

    assert (answer, got, [one.status for one in proxy.answered]) == (ANSWER, [REQUEST], [303])


@pytest.mark.parametrize("fate", [Fate.LEAVE, Fate.LOSE, Fate.CUT])
def test_the_proxy_lets_the_request_through_and_drops_the_answer(through, fate):
    answer, got, _proxy = through(fate)

    assert (answer, got) == (b"", [REQUEST])


def test_the_proxy_cuts_the_request(through):
    answer, got, _proxy = through(Fate.HALF)

    assert answer == b""
    assert got != [REQUEST]
    assert REQUEST.startswith(got[0])


def test_the_proxy_drops_a_request_that_nobody_gets(through):
    answer, got, _proxy = through(Fate.REFUSE)

    assert (answer, got) == (b"", [])


def test_an_answer_that_was_cut_anywhere_is_no_answer():
    assert [length for length in range(len(ANSWER) + 1) if is_full(ANSWER[:length])] == [len(ANSWER)]
