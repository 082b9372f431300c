"""Live probes: each asks the thing itself, all at once, and who does not answer in time does not answer.

Those that need the database have a connection of their own, so that one that hangs holds nobody else up.
"""

from __future__ import annotations

import queue
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import Group
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext_noop as _

from customers.messages import sms
from customers.models import Message
from luckygas import health
from luckygas.flags import FLAGS, decide
from luckygas.models import ROLES
from luckygas.said import Said
from pilot.certificate import documents
from pilot.certificate.judging import Answer, State
from pilot.certificate.revision import running

PATIENCE_SECONDS = 2.0
CONNECT_SECONDS, ANSWER_SECONDS = 0.5, 1.4  # of one HTTP question, inside the patience
BACKUP_HOURS = 26  # one a day at 02:00, and two hours to write it
MESSAGE_MINUTES = 2
MOST_NAMED = 5

PROBES: dict[str, Callable[[], Answer]] = {}
WELL = Answer(State.PASS)


def probe(ask: Callable[[], Answer]) -> Callable[[], Answer]:
    """Register a part: its name is the function's."""
    PROBES[ask.__name__] = ask
    return ask


def ask_all(*, patience: float = PATIENCE_SECONDS) -> dict[str, Answer]:
    """Every part's answer by name; who did not answer in time is not in it. Takes no longer than `patience`."""
    answers: queue.SimpleQueue[tuple[str, Answer]] = queue.SimpleQueue()
    for name, ask in PROBES.items():
        threading.Thread(target=_ask, args=(name, ask, answers), name=f"probe-{name}", daemon=True).start()
    heard: dict[str, Answer] = {}
    deadline = time.monotonic() + patience
    while len(heard) < len(PROBES):
        try:
            name, answer = answers.get(timeout=max(deadline - time.monotonic(), 0.001))
        except queue.Empty:
            break
        heard[name] = answer
    return heard


def _ask(name: str, ask: Callable[[], Answer], answers: queue.SimpleQueue[tuple[str, Answer]]) -> None:
    try:
        answer = ask()
    except requests.RequestException as error:
        answer = _red(_("Nobody answers: %(kind)s."), kind=type(error).__name__)
    except Exception as error:  # a probe says whatever is wrong and never fails itself
        answer = _red(_("Trouble: %(kind)s."), kind=type(error).__name__)
    finally:
        connection.close()  # this thread's own
    answers.put((name, answer))


def _nothing_to_ask(text: str) -> Answer:
    return Answer(State.NOT_RUN, Said(text))


def _red(text: str, **values: Any) -> Answer:
    return Answer(State.FAIL, Said(text, values))


def _get(path: str, **more: Any) -> requests.Response:
    """Ask this site as its visitors do, through whatever stands before it."""
    return _ask_address(settings.PROBE_URL.rstrip("/") + path, **more)


def _ask_address(address: str, **more: Any) -> requests.Response:
    """One question without a proxy, a redirect or a second try."""
    with requests.Session() as session:
        session.trust_env = False
        return session.get(address, timeout=(CONNECT_SECONDS, ANSWER_SECONDS), allow_redirects=False, **more)


@probe
def revision() -> Answer:
    """The running code is a commit and nothing else."""
    found = running()
    if not found.name:
        return _red(_("Nobody knows which revision runs here."))
    return WELL if found.is_clean else _red(_("There are changes that no revision has."))


@probe
def api() -> Answer:
    """A stranger is refused, in the one shape that every refusal has."""
    answer = _get("/api/v1/openapi.json", headers={"Accept": "application/json"})
    if answer.status_code != 401:
        return _red(_("It answered %(status)s."), status=answer.status_code)
    return WELL if answer.json().get("code") == "sign_in" else _red(_("It answered something else."))


@probe
def web() -> Answer:
    """The first page of a stranger."""
    answer = _get("/")
    if answer.status_code != 200:
        return _red(_("It answered %(status)s."), status=answer.status_code)
    return WELL if 'id="main"' in answer.text else _red(_("It answered something else."))


@probe
def database() -> Answer:
    """It takes writes, and has every table of this code."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery(), current_setting('transaction_read_only')")
        if cursor.fetchone() != (False, "off"):
            return _red(_("It takes no writes."))
    applied = set(MigrationRecorder(connection).applied_migrations())
    missing = {
        (config.label, file.stem)
        for config in apps.get_app_configs()
        if Path(config.path).parent == settings.BASE_DIR
        for file in Path(config.path).glob("migrations/0*.py")
    } - applied
    return _red(_("%(count)s migrations are not applied."), count=len(missing)) if missing else WELL


@probe
def signin() -> Answer:
    """The form is there, a password is checked, and every role exists."""
    answer = _get("/login/")
    if answer.status_code != 200 or 'name="password"' not in answer.text:
        return _red(_("It answered %(status)s."), status=answer.status_code)
    password = secrets.token_urlsafe(9)
    if not check_password(password, make_password(password)):
        return _red(_("A password is not known again."))
    missing = set(ROLES) - set(Group.objects.values_list("name", flat=True))
    return _red(_("Roles are missing: %(names)s."), names=", ".join(sorted(missing))) if missing else WELL


@probe
def flags() -> Answer:
    """Every flag is decided."""
    undecided = set(FLAGS) - set(decide().flags)
    return _red(_("Not decided: %(names)s."), names=", ".join(sorted(undecided))) if undecided else WELL


@probe
def workers() -> Answer:
    """Beat rang and a worker took it, not long ago."""
    silent = health.silent_seconds()
    if silent is None:
        return _red(_("No worker was ever heard."))
    if silent > health.SILENT_SECONDS:
        return _red(_("No worker was heard for %(minutes)s minutes."), minutes=int(silent // 60))
    return WELL


@probe
def monitoring() -> Answer:
    """Prometheus reads the web process and has its rules; who is asked is Prometheus."""
    if not settings.PROMETHEUS_URL:
        return _nothing_to_ask(_("Nothing watches: PROMETHEUS_URL is not set."))
    rules = _prometheus("rules", type="alert")
    if not any(group["rules"] for group in rules["groups"]):
        return _red(_("Prometheus has no alerts."))
    found = _prometheus("query", query='up{job="web"}')["result"]
    return WELL if [each["value"][1] for each in found] == ["1"] else _red(_("Prometheus does not reach the pages."))


def _prometheus(what: str, **asked: str) -> dict[str, Any]:
    address = f"{settings.PROMETHEUS_URL.rstrip('/')}/api/v1/{what}"
    answer = _ask_address(address, params=asked)
    answer.raise_for_status()
    data: dict[str, Any] = answer.json()["data"]
    return data


@probe
def documentation() -> Answer:
    """Every page for the people who run it is there, and every command in it."""
    missing = documents.missing()
    more = f" + {len(missing) - MOST_NAMED}" if len(missing) > MOST_NAMED else ""
    return _red(_("Missing: %(names)s."), names=", ".join(missing[:MOST_NAMED]) + more) if missing else WELL


@probe
def backups() -> Answer:
    """The newest dump is of today, is not empty, and has its checksum beside it."""
    if settings.BACKUP_FOLDER is None:
        return _nothing_to_ask(_("No backup is made: BACKUP_FOLDER is not set."))
    dumps = sorted(settings.BACKUP_FOLDER.glob("luckygas-*.dump"), key=lambda file: file.stat().st_mtime)
    if not dumps:
        return _red(_("There is no backup."))
    newest = dumps[-1].stat()
    hours = int((time.time() - newest.st_mtime) // 3600)
    if hours >= BACKUP_HOURS:
        return _red(_("The newest backup is %(hours)s hours old."), hours=hours)
    day = dumps[-1].stem.removeprefix("luckygas-")
    is_whole = newest.st_size > 0 and (settings.BACKUP_FOLDER / f"{day}.sha256").exists()
    return WELL if is_whole else _red(_("The newest backup is empty, or has no checksum."))


@probe
def messages() -> Answer:
    """The gateway answers, and nothing waits for it."""
    gateway = sms.gateway()
    if gateway.is_on_screen:
        return _nothing_to_ask(_("No gateway is set: messages end on the demo's screen."))
    if not settings.SMS_URL:
        return _red(_("No gateway is set: nobody gets a message."))
    minutes = int(Message.objects.oldest_due_seconds() // 60)
    if minutes >= MESSAGE_MINUTES:
        return _red(_("A message has been waiting for %(minutes)s minutes."), minutes=minutes)
    answer = requests.head(settings.SMS_URL, timeout=(CONNECT_SECONDS, ANSWER_SECONDS), allow_redirects=False)
    return _red(_("It answered %(status)s."), status=answer.status_code) if answer.status_code >= 500 else WELL
