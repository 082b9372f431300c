"""What both servers share: a child process, what a killed run left of it, and how it is stopped."""

import contextlib
import ctypes
import os
import pwd
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from luckygas.embedded import is_throwaway, run_dir, socket_dir

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
