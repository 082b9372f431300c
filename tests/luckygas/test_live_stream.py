"""The event stream, as a real process beside a Valkey that is frozen and killed."""

import http.client
import json
import time

import pytest
import redis as redis_client
from django.test import Client

from luckygas import live_stream
from luckygas.live import CHANNEL
from luckygas.live_stream import is_same_host, session_key
from tests.factories import MembershipFactory, UserFactory, placed
from tests.processes import Granian, Valkey, database_url, session_cookie, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def valkey():
    with Valkey() as server:
        yield server


@pytest.fixture(scope="module")
def stream(valkey, django_db_setup):
    with Granian(
        "asgi", "luckygas.live_stream:application", DATABASE_URL=database_url(), REDIS_URL=valkey.url
    ) as server:
        yield server


class Reader:
    """One browser's open stream."""

    def __init__(self, stream, person=None, **headers):
        client = Client()
        if person:
            client.force_login(person)
            headers["Cookie"] = session_cookie(client)
        self.link = http.client.HTTPConnection("127.0.0.1", stream.port, timeout=10)
        self.link.request("GET", "/live/", headers=headers)
        self.response = self.link.getresponse()

    def read(self, seconds=10.0):
        """The next thing that changed, or None when nothing came in time."""
        self.link.sock.settimeout(seconds)
        try:
            while line := self.response.fp.readline():
                if line.startswith(b"data: "):
                    return json.loads(line[6:])["changed"]
        except TimeoutError:
            return None
        return None

    def close(self):
        self.response.close()
        self.link.close()


def tell(valkey, thing):
    client = redis_client.Redis.from_url(valkey.url)
    wait_for(lambda: client.publish(CHANNEL, thing) > 0, 15, "the stream is subscribed")
    client.close()


def test_staff_hear_what_changed_and_never_its_content(stream, valkey, dispatcher):
    reader = Reader(stream, dispatcher, Origin="http://127.0.0.1:8000")

    tell(valkey, "order 1151124-1001")

    assert reader.read() == "order 1151124-1001"
    assert reader.response.headers["content-type"] == "text/event-stream"
    assert reader.response.headers["access-control-allow-origin"] == "http://127.0.0.1:8000"
    assert reader.response.headers["access-control-allow-credentials"] == "true"
    reader.close()


def test_customers_hear_of_their_own_orders_only(stream, valkey):
    person, other = UserFactory(roles=["customer"]), placed()
    mine = placed()
    MembershipFactory(user=person, customer=mine.customer)
    reader = Reader(stream, person)

    for thing in (f"order {other.number}", "route 1", f"order {mine.number}"):
        tell(valkey, thing)

    assert reader.read() == f"order {mine.number}"
    reader.close()


def test_strangers_and_ended_sessions_hear_nothing(stream, dispatcher):
    client = Client()
    client.force_login(dispatcher)
    cookie = session_cookie(client)
    client.logout()

    statuses = [Reader(stream).response.status, Reader(stream, Cookie=cookie).response.status]

    assert statuses == [403, 403]


def test_a_changed_password_ends_what_the_old_session_may_hear(stream, dispatcher):
    client = Client()
    client.force_login(dispatcher)
    cookie = session_cookie(client)
    dispatcher.set_password("another-long-password")
    dispatcher.save()

    assert Reader(stream, Cookie=cookie).response.status == 403


def test_another_site_is_refused_before_anybody_is_asked(stream, dispatcher):
    reader = Reader(stream, dispatcher, Origin="http://evil.example:8000")

    assert reader.response.status == 403
    assert "access-control-allow-origin" not in reader.response.headers


def test_one_person_opens_so_many_and_no_more(stream, dispatcher):
    readers = [Reader(stream, dispatcher) for _ in range(live_stream.MOST_OF_ONE_PERSON)]

    assert Reader(stream, dispatcher).response.status == 429

    readers.pop().close()
    deadline = time.monotonic() + 10
    while (again := Reader(stream, dispatcher)).response.status == 429 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert again.response.status == 200
    for reader in [*readers, again]:
        reader.close()


@pytest.mark.slow
def test_it_hears_again_after_redis_was_killed_and_after_it_was_frozen(stream, valkey, dispatcher):
    reader = Reader(stream, dispatcher)
    tell(valkey, "order 1")
    assert reader.read() == "order 1"

    valkey.kill()
    time.sleep(0.5)
    valkey.start()
    tell(valkey, "order 2")
    assert reader.read() == "order 2"

    valkey.freeze()
    time.sleep(11)  # longer than two pings: the frozen connection is given up
    valkey.thaw()
    tell(valkey, "order 3")
    assert reader.read() == "order 3"
    reader.close()


def test_without_redis_the_stream_stays_open(stream, valkey, dispatcher):
    valkey.kill()

    reader = Reader(stream, dispatcher)

    assert reader.response.status == 200
    assert reader.read(1) is None
    reader.close()
    valkey.start()


@pytest.mark.parametrize(
    "origin, host, same",
    [
        ("http://localhost:8000", "localhost:8001", True),
        ("https://gas.example", "gas.example:8001", True),
        ("http://[::1]:8000", "[::1]:8001", True),
        ("http://evil.example", "gas.example", False),
        ("http://gas.example.evil.example", "gas.example", False),
        ("null", "localhost:8001", False),
        ("http://localhost", "", False),
    ],
)
def test_the_same_host_name_on_another_port(origin, host, same):
    assert is_same_host(origin, host) is same


@pytest.mark.parametrize("cookie", ["", "other=1", "session", 'session="', "\x00"])
def test_a_strange_cookie_is_no_session(cookie):
    assert session_key(cookie) == ""
