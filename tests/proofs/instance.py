"""A whole Lucky Gas of a proof's own: its database, its Valkey, and the processes of `manage.py serve` to be killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import psycopg

from luckygas.embedded.server import command_of
from luckygas.management.commands import serve
from tests.processes import ROOT, Process, Valkey, children_of, free_port, wait_for

APPLICATION = "luckygas.wsgi:application"
WEB, WORKER, BEAT = "granian", "--pool", "--schedule"  # what only their commands have
EVERYBODY = ("web", "worker", "beat")


def url_of(name: str) -> str:
    """The address of another database on the server of DATABASE_URL."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{name}"))


def create_database(name: str, *, template: str = "template0") -> None:
    """A fresh database; nobody may be connected to the template."""
    with psycopg.connect(url_of("postgres"), autocommit=True, connect_timeout=5) as link:
        link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        link.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def drop_database(name: str) -> None:
    with psycopg.connect(url_of("postgres"), autocommit=True, connect_timeout=5) as link:
        link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def drop_leftovers(prefix: str) -> None:
    """Drop the databases of killed proofs: named after a process that is gone."""
    with psycopg.connect(url_of("postgres"), autocommit=True, connect_timeout=5) as link:
        names = [name for (name,) in link.execute("SELECT datname FROM pg_database").fetchall()]
    for name in names:
        number = name.removeprefix(prefix).split("_")[0]
        if name.startswith(prefix) and number.isdecimal() and not command_of(int(number)):
            drop_database(name)


def drop_unique(database: str, table: str, column: str) -> None:
    """Take the UNIQUE constraint of one column away; fails when there is none."""
    with psycopg.connect(url_of(database), autocommit=True, connect_timeout=5) as link:
        found = link.execute(
            """SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u' AND conkey = ARRAY[
               (SELECT attnum FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s)]""",
            [table, table, column],
        ).fetchall()
        for (constraint,) in found:
            link.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
    if not found:
        raise LookupError(f"{table}.{column} has no UNIQUE constraint to take away")


class Broker(Valkey):
    """A Valkey with its append-only file, which a kill may take as well."""

    def __init__(self) -> None:
        super().__init__()
        self.command += ("--appendonly", "yes")

    def lose_everything(self) -> None:
        shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)


class Instance:
    """Web with two workers, a Celery worker and beat, or some of them, under the supervisor of `manage.py serve`."""

    def __init__(
        self, name: str, database: str, *, application: str = APPLICATION, who: Iterable[str] = EVERYBODY
    ) -> None:
        """`name` is its log's, which is kept in reports/; `who` is there."""
        self.who = set(who)
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="luckygas-proof-"))
        self.log = self.folder / f"{name}.log"
        self.valkey = Broker()
        self.supervisor = Process(
            sys.executable,
            "-m",
            "tests.proofs.instance",
            str(self.port),
            str(self.folder),
            application,
            *self.who,
            log=self.log,
            DATABASE_URL=url_of(database),
            REDIS_URL=self.valkey.url,
            PROMETHEUS_MULTIPROC_DIR=str(self.folder),
            DEMO="1",
        )

    def __enter__(self) -> Self:
        self.valkey.start()
        self.supervisor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.supervisor.send(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            wait_for(lambda: not self.supervisor.is_running, serve.PATIENCE_SECONDS + 5, "the supervisor ends")
        self.supervisor.kill()
        (ROOT / "reports").mkdir(exist_ok=True)
        shutil.copy(self.log, ROOT / "reports" / self.log.name)
        self.valkey.__exit__()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- its processes, by id ---------------------------------------------------------------------------------------
    def child(self, word: str) -> int | None:
        """The process of the supervisor whose command has `word` in it, and no other's has."""
        return next((pid for pid in children_of(self.supervisor.pid) if word in command_of(pid).split()), None)

    def web_workers(self) -> list[int]:
        web = self.child(WEB)
        return children_of(web) if web else []

    def task_processes(self) -> list[int]:
        worker = self.child(WORKER)
        return children_of(worker) if worker else []

    def wait_until_whole(self, seconds: float = 60) -> None:
        """Until each process stands and pages are answered."""
        probe = serve.Command()
        probe.host, probe.port = "127.0.0.1", self.port
        wait_for(lambda: len(self.web_workers()) == 2 and probe.answers(), seconds, f"web answers; see {self.log}")
        if "worker" in self.who:
            wait_for(lambda: bool(self.task_processes()), seconds, f"a worker stands; see {self.log}")

    def restarts(self) -> int:
        """How often the supervisor brought a process back."""
        return self.log.read_text(errors="replace").count("; it starts again.")


def supervise(port: int, folder: Path, application: str, who: set[str]) -> None:
    """Keep alive what `manage.py serve` keeps alive, with its own commands, without sample data or live stream."""
    command = serve.Command()
    command.host, command.port, command.folder = "127.0.0.1", port, folder
    signal.signal(signal.SIGTERM, command.leave)
    children = [child for child in command.children() if child.name in who]
    for child in children:
        child.command = tuple(application if part == APPLICATION else part for part in child.command)
    parent = os.getppid()
    try:
        while os.getppid() == parent:
            for child in children:
                child.keep_alive()
            time.sleep(0.2)
    finally:
        command.stop(children, None)


if __name__ == "__main__":
    supervise(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], set(sys.argv[4:]))
