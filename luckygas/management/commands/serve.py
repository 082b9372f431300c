"""Everything the demo and a small office need, from one command that stops as a whole."""

import contextlib
import fcntl
import http.client
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader

from luckygas.embedded.server import dies_with_parent

PATIENCE_SECONDS = 10
# The first collecting finds nothing, and the demo may well run as root in a container.
QUIET = ("-W", "ignore:No directory at", "-W", "ignore:You're running the worker with superuser")
SLOWEST_RESTART_SECONDS = 30
ACCOUNTS = ["customer", "customer2", "driver", "driver2", "dispatcher", "manager", "manager2", "ops", "ops2"]


class Child:
    """One process with all it starts, in a group of its own, brought back when it dies."""

    def __init__(self, name: str, *command: str) -> None:
        self.name, self.command = name, command
        self.started_at = 0.0
        self.failures = 0
        self.restart_at = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def keep_alive(self) -> None:
        """Start it, or start it again, later and later when it keeps dying."""
        now = time.monotonic()
        if self.process and self.process.poll() is not None:
            self.kill()
            lived = now - self.started_at
            self.failures = 1 if lived > SLOWEST_RESTART_SECONDS else self.failures + 1
            self.restart_at = now + min(2 ** (self.failures - 1), SLOWEST_RESTART_SECONDS)
            say(f"{self.name} ended with code {self.process.returncode}; it starts again.")
            self.process = None
        if self.process is None and now >= self.restart_at:
            self.started_at = now
            self.process = start_child("-m", *self.command)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def terminate(self) -> None:
        if self.process and self.is_running:
            self.process.terminate()

    def kill(self) -> None:
        """End what is left of the group, its orphans too."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def start_child(*arguments: str) -> subprocess.Popen[bytes]:
    """Start Python in a group of its own, out of reach of the terminal's Ctrl-C, which we pass on."""
    return subprocess.Popen(
        [sys.executable, *QUIET, *arguments],
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=dies_with_parent(signal.SIGTERM),
    )


def say(sentence: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be closed already, and stopping must go on
        print(sentence, flush=True)


class Command(BaseCommand):
    help = "Migrates, then runs web, live stream, worker and beat until it is told to stop."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        self.host = os.environ.get("HOST", "127.0.0.1")
        self.port = int(os.environ.get("PORT", "8000"))
        self.folder = settings.BASE_DIR / ".run" / f"serve-{self.port}"
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.leave)
        with self.claim_ports():
            self.prepare()
            self.run(self.children())

    def leave(self, *_: object) -> None:
        """Unwind once; further signals must not cut the goodbye short."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        raise SystemExit(0)

    @contextlib.contextmanager
    def claim_ports(self) -> Iterator[None]:
        """Refuse early, in one sentence, when somebody else answers on our ports."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.refuse_ports()
            self.end_orphans()
            deadline = time.monotonic() + 3  # what a killed run leaves needs a moment to end
            while not all(self.is_free(port) for port in (self.port, self.port + 1)):
                if time.monotonic() > deadline:
                    self.refuse_ports()
                time.sleep(0.2)
            yield

    def refuse_ports(self) -> NoReturn:
        self.stderr.write(
            f"Port {self.port} or {self.port + 1} is taken. Choose two free ones, for example: "
            f"make run PORT={self.port + 100}"
        )
        raise SystemExit(2)

    def is_free(self, port: int) -> bool:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, port))
            except OSError:
                return False
        return True

    def end_orphans(self) -> None:
        """End web workers that outlived a run whose supervisors were all killed: they hold the port.

        They carry this folder in their environment, and we hold its lock, so nobody needs them.
        """
        mark = f"LUCKYGAS_SERVE={self.folder}".encode()
        for environment in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                if mark in environment.read_bytes().split(b"\0"):
                    os.kill(int(environment.parent.name), signal.SIGKILL)
        os.environ["LUCKYGAS_SERVE"] = str(self.folder)

    def prepare(self) -> None:
        """Wait for the database, bring its tables up to date, and empty the metrics of the last run."""
        deadline = time.monotonic() + 60
        while True:
            try:
                connection.ensure_connection()
                break
            except OperationalError as error:
                if time.monotonic() > deadline:
                    raise CommandError(f"No database answers: {error}") from None
                time.sleep(0.5)
        self.refuse_another_version()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        connection.close()
        self.collect_static()
        metrics = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(self.folder / "metrics")))
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir(parents=True)

    def refuse_another_version(self) -> None:
        """Leave a database alone that knows migrations of ours which are not here: a newer version made it, or one
        from before they began anew."""
        ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}
        loader = MigrationLoader(connection)
        if any(app in ours and (app, name) not in loader.disk_migrations for app, name in loader.applied_migrations):
            raise CommandError(
                "Another version of Lucky Gas made this database. Take that version again, or forget the sample data: "
                "make clean"
            )

    def collect_static(self) -> None:
        """Hash, join and compress the scripts and styles when one of them is newer than the last time."""
        os.environ["STATIC_COLLECTED"] = "1"  # the children, and this collecting, use what is collected
        collected = settings.STATIC_ROOT / "staticfiles.json"
        sources = [path for folder in settings.STATICFILES_DIRS for path in Path(folder).rglob("*") if path.is_file()]
        # Packages bring scripts of their own, and storage.py says how files are joined.
        sources += [settings.BASE_DIR / "requirements.txt", settings.BASE_DIR / "luckygas" / "storage.py"]
        newest = max(path.stat().st_mtime for path in sources)
        if not collected.exists() or collected.stat().st_mtime < newest:
            command = [sys.executable, *QUIET, "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "0"]
            subprocess.run(command, cwd=settings.BASE_DIR, check=True)

    def children(self) -> list[Child]:
        granian = ("granian", "--host", self.host, "--log-level", "warning", "--respawn-failed-workers")
        # A thread holds a connection to the database: few threads, and the rest waits in line.
        pages = ("--interface", "wsgi", "--workers", "2", "--blocking-threads", "5", "--port", str(self.port))
        # Django's checks are of the code, and a test asks them: here they would be two fifths of each start.
        celery = ("celery", "--app", "luckygas", "--quiet", "--skip-checks")
        worker = ("worker", "--pool", "prefork", "--concurrency", "2", "--without-gossip", "--without-mingle")
        children = [
            Child("web", *granian, *pages, "luckygas.wsgi:application"),
            Child("worker", *celery, *worker),
            Child("beat", *celery, "beat", "--schedule", str(self.folder / "beat")),
        ]
        if importlib.util.find_spec("luckygas.live_stream"):
            live = ("--interface", "asgi", "--workers", "1", "--port", str(self.port + 1))
            children.append(Child("live", *granian, *live, "luckygas.live_stream:application"))
        return children

    def run(self, children: list[Child]) -> None:
        """Serve pages first and load sample data beside them, then watch over the children."""
        seed: subprocess.Popen[bytes] | None = None
        is_greeted = False
        try:
            while True:
                # The first page comes before everything that would compete with it for the processor.
                for child in children if is_greeted else children[:1]:
                    child.keep_alive()
                if not is_greeted and self.answers():
                    is_greeted = True
                    self.greet()
                    seed = start_child("manage.py", "seed", "--once") if settings.DEMO else None
                if seed and seed.poll():
                    say("The sample data could not be loaded completely; the pages work with what is there.")
                    seed = None
                time.sleep(0.2)
        finally:
            self.stop(children, seed)

    def stop(self, children: list[Child], seed: subprocess.Popen[bytes] | None) -> None:
        say("Stopping …")
        if seed and seed.poll() is None:
            seed.terminate()
        for child in children:
            child.terminate()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and any(child.is_running for child in children):
            time.sleep(0.05)
        for child in children:
            child.kill()
        say("Stopped. The data stays.")

    @property
    def address(self) -> str:
        return "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104

    def answers(self) -> bool:
        """Whether a page can be opened: not only the port, but Django behind it."""
        link = http.client.HTTPConnection(self.address, self.port, timeout=5)
        try:
            link.request("GET", "/health/live")
            link.getresponse()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            link.close()
        return True

    def greet(self) -> None:
        say(f"\n  Lucky Gas 幸福氣   http://{self.address}:{self.port}/\n")
        if settings.DEMO:
            width = max(map(len, ACCOUNTS))
            for account in ACCOUNTS:
                say(f"  {account:<{width}}   password demo-{account}")
            say("\n  Ctrl-C stops everything; the data stays.\n")
