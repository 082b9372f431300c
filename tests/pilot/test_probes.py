"""Each probe asks the thing itself: it is well when the thing is, red when it is not, and never late."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import os
import threading
import time
from pathlib import Path

import pytest
import requests
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.management import get_commands
from django.db import connection
from django.utils import timezone

from customers.messages import sms
from customers.models import Message
from luckygas import health
from pilot.certificate import documents, probes
from pilot.certificate.assessment import Assessment
from pilot.certificate.criteria import CRITERIA
from pilot.certificate.judging import State
from pilot.certificate.probes import PROBES, ask_all
from pilot.certificate.revision import Revision
from tests.pilot.certificates import HERE, stored
from tests.processes import free_port

pytestmark = pytest.mark.django_db


def says(name: str) -> tuple[State, str]:
    answer = PROBES[name]()
    return answer.state, str(answer.why or "")


def test_every_part_that_is_asked_has_its_probe():
    assert set(PROBES) == {criterion.name for criterion in CRITERIA if criterion.is_asked}


class Site(http.server.BaseHTTPRequestHandler):
    """A site that answers as it is told."""

    answers: dict[str, tuple[int, str]] = {}
    delay = 0.0

    def do_GET(self) -> None:
        time.sleep(self.delay)
        status, body = self.answers.get(self.path.split("?")[0], (404, ""))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(settings):
    """A small server in the place of the site, of Prometheus and of the gateway."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    settings.PROBE_URL = settings.PROMETHEUS_URL = settings.SMS_URL = address
    Site.answers, Site.delay = {}, 0.0
    yield Site.answers
    server.shutdown()
    server.server_close()


@pytest.mark.django_db(transaction=True)
def test_pages_api_and_sign_in_of_the_real_site(live_server, settings, ops):
    settings.PROBE_URL = live_server.url
    for path in ("/", "/login/", "/api/v1/openapi.json"):
        requests.get(live_server.url + path, timeout=30)  # the first answer of a process takes longer

    assert [says(name) for name in ("web", "api", "signin")] == [(State.PASS, "")] * 3


@pytest.mark.parametrize("name", ["web", "api", "signin"])
@pytest.mark.parametrize("answer", [(500, "x"), (200, "somebody else's page"), (302, "")])
def test_a_site_that_answers_otherwise_is_red(site, name, answer):
    site.update(dict.fromkeys(("/", "/login/", "/api/v1/openapi.json"), answer))

    assert says(name)[0] == State.FAIL


@pytest.mark.parametrize("name", ["web", "api", "signin"])
def test_nobody_there_is_red(settings, name):
    settings.PROBE_URL = f"http://127.0.0.1:{free_port()}"

    assert ask_all()[name].state == State.FAIL


def test_a_missing_role_is_red(site):
    site["/login/"] = (200, '<input name="password">')
    assert says("signin")[0] == State.PASS

    Group.objects.get(name="driver").delete()

    assert "driver" in says("signin")[1]


def test_the_database_has_every_table_and_takes_writes():
    assert says("database") == (State.PASS, "")

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'orders' AND name LIKE '0001%'")
    assert says("database")[0] == State.FAIL

    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    assert says("database")[0] == State.FAIL


def test_flags_are_decided(monkeypatch):
    assert says("flags") == (State.PASS, "")

    monkeypatch.setitem(probes.FLAGS, "pilot_new", "x")

    assert "pilot_new" in says("flags")[1]


def test_workers_are_heard():
    cache.delete(health.HEARD)
    assert says("workers")[0] == State.FAIL

    health.note_worker()
    assert says("workers") == (State.PASS, "")

    cache.set(health.HEARD, time.time() - 190, timeout=None)
    assert "3" in says("workers")[1]


PROMETHEUS = {
    "/api/v1/rules": (200, json.dumps({"data": {"groups": [{"rules": [{"name": "SiteDown"}]}]}})),
    "/api/v1/query": (200, json.dumps({"data": {"result": [{"value": [0, "1"]}]}})),
}


def test_nobody_watches_without_prometheus(settings):
    settings.PROMETHEUS_URL = ""

    assert says("monitoring")[0] == State.NOT_RUN


@pytest.mark.parametrize(
    "path, body, state",
    [
        ("/api/v1/rules", None, State.PASS),
        ("/api/v1/rules", {"groups": []}, State.FAIL),
        ("/api/v1/query", {"result": [{"value": [0, "0"]}]}, State.FAIL),
        ("/api/v1/query", {"result": []}, State.FAIL),
    ],
    ids=["well", "no alerts", "down", "not read"],
)
def test_prometheus_reads_the_pages_and_has_alerts(site, path, body, state):
    site.update(PROMETHEUS if body is None else PROMETHEUS | {path: (200, json.dumps({"data": body}))})

    assert says("monitoring")[0] == state


@pytest.fixture
def gateway(site, settings, monkeypatch):
    settings.DEMO = False
    monkeypatch.setattr(sms, "_gateways", {})
    site["/"] = (405, "")
    return site


def test_the_gateway_answers_and_nothing_waits(gateway):
    assert says("messages") == (State.PASS, "")

    gateway["/"] = (502, "")
    assert says("messages")[0] == State.FAIL


def test_a_message_that_waits_is_red(gateway):
    ago = timezone.now() - dt.timedelta(minutes=9, seconds=5)
    Message.objects.create(kind="code", recipient="+886900000000", body="x", cause_kind="x", cause_id="1", due_at=ago)

    assert "9" in says("messages")[1]


def test_the_demos_screen_is_no_gateway(settings):
    settings.DEMO, settings.SMS_URL = True, ""

    assert says("messages")[0] == State.NOT_RUN


def test_no_gateway_is_red(settings, monkeypatch):
    settings.DEMO, settings.SMS_URL = False, ""
    monkeypatch.setattr(sms, "_gateways", {})

    assert says("messages")[0] == State.FAIL


def test_no_backup_is_not_run(settings):
    settings.BACKUP_FOLDER = None

    assert says("backups")[0] == State.NOT_RUN


@pytest.mark.parametrize(
    "hours, content, has_sum, state",
    [(1, "x", True, State.PASS), (27, "x", True, State.FAIL), (1, "", True, State.FAIL), (1, "x", False, State.FAIL)],
    ids=["well", "old", "empty", "no checksum"],
)
def test_the_newest_backup_is_of_today_and_whole(settings, tmp_path, hours, content, has_sum, state):
    settings.BACKUP_FOLDER = tmp_path
    assert says("backups")[0] == State.FAIL
    dump = tmp_path / "luckygas-2026-11-23.dump"
    dump.write_text(content)
    at = time.time() - hours * 3600
    os.utime(dump, (at, at))
    if has_sum:
        (tmp_path / "2026-11-23.sha256").write_text("x")

    assert says("backups")[0] == state


@pytest.mark.parametrize(
    "revision, state",
    [
        (Revision("a" * 40, is_clean=True), State.PASS),
        (Revision("a" * 40, is_clean=False), State.FAIL),
        (Revision("", is_clean=False), State.FAIL),
    ],
    ids=["a commit", "changes", "unknown"],
)
def test_what_runs_is_a_commit(monkeypatch, revision, state):
    monkeypatch.setattr(probes, "running", lambda: revision)

    assert says("revision")[0] == state


# --- documents --------------------------------------------------------------------------------------------------------
@pytest.fixture
def pages(tmp_path) -> Path:
    """Pages that promise only what is there."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "ops/prometheus").mkdir(parents=True)
    (tmp_path / "Makefile").write_text("run: install\n\tx\nprove-%: install\n\tx\n")
    (tmp_path / "ops/prometheus/alerts.yml").write_text("      - alert: SiteDown\n")
    for page in documents.PAGES:
        (tmp_path / page).write_text("`make run`, `manage.py pilot pause`, `make prove-orders`\n")
    (tmp_path / "docs/operate.md").write_text("| SiteDown | look |\n[pilot](pilot.md) [x](https://example.org)\n")
    return tmp_path


def test_pages_that_promise_what_is_there(pages):
    assert documents.missing(pages) == []
    assert {"pilot", "evidence", "certify"} <= set(get_commands())


@pytest.mark.parametrize(
    "page, text, missing",
    [
        ("README.md", "`make fly`", "README.md: make fly"),
        ("README.md", "```\nmake prove-nothing\n```", "README.md: make prove-nothing"),
        ("docs/pilot.md", "`manage.py fly`", "docs/pilot.md: manage.py fly"),
        ("docs/pilot.md", "[x](gone.md)", "docs/pilot.md: gone.md"),
        ("docs/operate.md", "nothing about it", "docs/operate.md: SiteDown"),
    ],
)
def test_a_promise_that_is_not_kept_is_named(pages, page, text, missing):
    (pages / page).write_text(text)

    assert documents.missing(pages) == [missing]


def test_a_page_that_is_not_there_is_named(pages):
    (pages / "docs/rollback.md").unlink()

    assert documents.missing(pages) == ["docs/rollback.md"]


def test_words_outside_of_code_are_no_promise(pages):
    (pages / "README.md").write_text("We make gas and manage.py many things")

    assert documents.missing(pages) == []


@pytest.mark.django_db(transaction=True)
def test_every_probe_answers_and_it_is_go(live_server, site, settings, monkeypatch, tmp_path, pages, ops):
    """Nothing is told what to say but the outside: Prometheus, the gateway, the backup's folder and git."""
    for path in ("/", "/login/", "/api/v1/openapi.json"):
        requests.get(live_server.url + path, timeout=30)
    site.update(PROMETHEUS | {"/": (405, "")})
    settings.PROBE_URL, settings.DEMO, settings.BACKUP_FOLDER = live_server.url, False, tmp_path
    monkeypatch.setattr(sms, "_gateways", {})
    (tmp_path / "luckygas-2026-11-23.dump").write_text("x")
    (tmp_path / "2026-11-23.sha256").write_text("x")
    monkeypatch.setattr(probes.documents, "missing", lambda missing=documents.missing: missing(pages))
    monkeypatch.setattr(probes, "running", lambda: HERE)
    health.note_worker()
    stored(ops)

    assessment = Assessment.now(answers=ask_all(patience=30), revision=HERE)

    assert [(each.criterion.key, str(each.judged.why)) for each in assessment.red] == []
    assert assessment.verdict == "GO"


# --- all at once ------------------------------------------------------------------------------------------------------
def test_who_does_not_answer_in_time_holds_nobody_up(monkeypatch):
    gate = threading.Event()
    monkeypatch.setattr(
        probes, "PROBES", {"slow": lambda: gate.wait(20), "fast": lambda: probes.WELL, "broken": lambda: 1 / 0}
    )

    began = time.monotonic()
    answers = ask_all(patience=0.5)
    gate.set()

    assert time.monotonic() - began < 1.5
    assert answers["fast"].state == State.PASS
    assert answers["broken"].state == State.FAIL
    assert "slow" not in answers


def test_a_site_that_hangs_costs_two_seconds(site):
    Site.delay = 10

    began = time.monotonic()
    answers = ask_all()

    assert time.monotonic() - began < 2.6
    assert {name for name in ("web", "api", "signin") if name in answers and answers[name].state == State.PASS} == set()
