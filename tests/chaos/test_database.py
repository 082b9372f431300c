"""PostgreSQL refuses or is silent: every page says so quickly, and tells what to do."""

import json
import socket
import time
import urllib.error
import urllib.request

import pytest

from tests.processes import Granian, free_port

LONGEST_SECONDS = 3.0
SESSION = {"Cookie": "session=" + "x" * 32}


def silent():
    """A port that takes connections and never says a word."""
    server = socket.create_server(("127.0.0.1", 0))
    return server, server.getsockname()[1]


@pytest.fixture(scope="module", params=["refuses", "silent"])
def site(request, tmp_path_factory):
    server, port = silent() if request.param == "silent" else (None, free_port())
    log = tmp_path_factory.mktemp("down") / "log"
    with Granian(
        "wsgi",
        "luckygas.wsgi:application",
        log=log,
        DATABASE_URL=f"postgresql://nobody@127.0.0.1:{port}/nothing",
        REDIS_URL="redis://127.0.0.1:1/0",
        DEMO="1",
    ) as granian:
        granian.errors = log
        ask(granian, "/login/")  # a worker's first page also reads its templates
        yield granian
    if server:
        server.close()


def ask(site, path, data=None, **headers):
    asked = urllib.request.Request(f"http://127.0.0.1:{site.port}{path}", data, headers)
    began = time.monotonic()
    try:
        answer = urllib.request.urlopen(asked, timeout=20)
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, answer.read().decode(), answer.headers, time.monotonic() - began


@pytest.mark.parametrize("path", ["/", "/orders/new/", "/desk/", "/outbox/"])
def test_every_page_says_quickly_what_to_do(site, path):
    status, page, headers, seconds = ask(site, path, **SESSION)

    assert (status, headers["Retry-After"], headers["Cache-Control"]) == (503, "10", "no-store")
    assert "089-000-210" in page
    assert "您填的都留著" in page
    assert seconds < LONGEST_SECONDS


def test_in_english_too(site):
    _status, page, _headers, _seconds = ask(site, "/orders/", **SESSION, **{"Accept-Language": "en"})

    assert "What you typed is kept." in page


def test_a_machine_gets_a_word_it_understands(site):
    status, body, headers, seconds = ask(site, "/orders/", **SESSION, Accept="application/json")

    assert (status, json.loads(body), headers["Retry-After"]) == (503, {"code": "unavailable"}, "10")
    assert seconds < LONGEST_SECONDS


def test_the_process_is_alive_and_not_ready(site):
    assert ask(site, "/health/live")[0] == 200

    status, body, _headers, seconds = ask(site, "/health/ready")

    said = json.loads(body)
    assert (status, said["status"]) == (503, "not ready")
    assert {name: check["ok"] for name, check in said["checks"].items()} == {
        "database": False,
        "workers": False,
        "redis": False,
        "media": True,
    }
    assert seconds < LONGEST_SECONDS + 1


def test_the_log_is_json_and_says_why(site):
    ask(site, "/orders/", **SESSION)

    lines = [json.loads(line) for line in site.errors.read_text().splitlines() if line.startswith("{")]

    assert any("database_down" in line["event"] for line in lines)
    assert all("level" in line and "timestamp" in line for line in lines)
