"""A Lucky Gas of its own with the sample town, served as in production, for pictures and audits of the pages.

It stands on the afternoon of the last Tuesday, so that routes are on their way whenever somebody looks. Its database
lies beside the one of DATABASE_URL and is dropped at the end.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from typing import NamedTuple

import django
import time_machine
from django.core.management import call_command
from django.db import connection

from luckygas.management.commands import serve
from tests.migrated import migrated
from tests.processes import Granian
from tests.proofs.instance import create_database, drop_database, url_of

TAIPEI = dt.timezone(dt.timedelta(hours=8))
WORKERS = 2


class Visit(NamedTuple):
    """One page as one person sees it."""

    role: str
    name: str
    path: str
    cookies: list[dict[str, str]]
    roles: frozenset[str]  # everybody who may see it


class Sample(NamedTuple):
    address: str
    visits: list[Visit]


def tuesday() -> dt.datetime:
    """13:52 on the last Tuesday that is over: sessions of that day still hold."""
    today = dt.datetime.now(TAIPEI)
    day = today - dt.timedelta(days=(today.weekday() - 2) % 7 + 1)
    return day.replace(hour=13, minute=52, second=0, microsecond=0)


@contextlib.contextmanager
def running(name: str) -> Iterator[Sample]:
    """The town in a database of this name, and its address."""
    create_database(name, template=migrated())
    try:
        visits = prepare(name)
        with tempfile.TemporaryDirectory(prefix="luckygas-sample-") as folder:
            environment = {"DATABASE_URL": url_of(name), "STATIC_COLLECTED": "1", "PROMETHEUS_MULTIPROC_DIR": folder}
            with Granian("asgi", "luckygas.live_stream:application", **environment) as live:
                environment["LIVE_PORT"] = str(live.port)
                with Granian("wsgi", "tests.sample_web:application", workers=WORKERS, **environment) as web:
                    yield Sample(f"http://127.0.0.1:{web.port}", visits)
    finally:
        connection.close()
        drop_database(name)


def prepare(name: str) -> list[Visit]:
    """Load the town, sign everybody in, and collect the scripts and styles as `make run` does."""
    os.environ["DATABASE_URL"] = url_of(name)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luckygas.settings")
    django.setup()
    serve.Command().collect_static()
    with time_machine.travel(tuesday(), tick=True):
        call_command("seed", customers=500, orders_days=7)
        return list(visits_of_everybody())


def visits_of_everybody() -> Iterator[Visit]:
    from tests import world  # after django.setup()

    found = world.look_around()
    for role in [world.STRANGER, *world.ROLES]:
        browser = world.browser_of(found.people.get(role))
        for page, path in world.visits(found, role):
            world.come_from(page, browser)
            yield Visit(role, page.name, path, world.session_of(browser), page.roles)
