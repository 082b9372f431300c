"""Run a command beside its own PostgreSQL and Valkey, and stop them when it ends.

    python -m luckygas.embedded [--name demo] [--join] -- COMMAND …

DATABASE_URL and REDIS_URL that are already set are left alone. Names say what the data is for:
`test` and `test-…` begin empty and leave nothing, all others are kept under `.run/<name>/`.
With `--join` the command uses servers of that name that already run, or starts them.
`--erase` in place of a command forgets the data of that name.
"""

import argparse
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

from luckygas.embedded import database_url, redis_url, run_dir
from luckygas.embedded.postgres import Postgres
from luckygas.embedded.server import CannotStart, Server, dies_with_parent
from luckygas.embedded.valkey import Valkey


class AlreadyRuns(CannotStart):
    """The same servers belong to a process that is still there."""


@contextlib.contextmanager
def claim(name: str) -> Iterator[None]:
    """Be the only one with this name in this checkout; a killed process frees it by dying."""
    run_dir(name).mkdir(parents=True, exist_ok=True)
    with (run_dir(name) / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyRuns(
                f"Lucky Gas already runs from this folder (process {file.read().strip() or 'unknown'}). "
                "Stop it with Ctrl-C there, or use another checkout."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def needed_servers(name: str) -> list[Server]:
    """Those whose address the caller did not give, with that address exported."""
    servers: list[Server] = []
    for variable, address, kind in (
        ("DATABASE_URL", database_url(name), Postgres),
        ("REDIS_URL", redis_url(name), Valkey),
    ):
        if not os.environ.get(variable):
            os.environ[variable] = address
            servers.append(kind(name))
    return servers


def start(servers: list[Server]) -> None:
    began = time.monotonic()
    for server in servers:
        server.start()
    titles = " and ".join(server.title for server in servers)
    say(f"{titles} ready after {time.monotonic() - began:.1f} s.")


def stop(servers: list[Server]) -> None:
    for server in reversed(servers):
        server.stop()
        if server.throwaway:
            server.erase()
    if servers:
        with contextlib.suppress(OSError):
            for file in servers[0].sockets.iterdir():
                file.unlink()
            servers[0].sockets.rmdir()


def run(command: list[str], servers: list[Server]) -> int:
    """Run the command to its end, pass signals on to it, and revive a server that was killed."""
    # A shell that runs us in the background has SIGINT ignored, and the command would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    child = subprocess.Popen(command, preexec_fn=dies_with_parent(signal.SIGTERM))

    def forward(number: int, _frame: object) -> None:
        # The terminal's Ctrl-C went to the child as well: a second one would cut its goodbye short.
        if not (number == signal.SIGINT and is_in_foreground()):
            child.send_signal(signal.SIGTERM if number == signal.SIGHUP else number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, forward)
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = child.wait(1)
            return 128 - code if code < 0 else code
        for server in servers:
            if not server.is_running:
                say(f"{server.title} was stopped from outside; starting it again.")
                with contextlib.suppress(CannotStart):
                    server.start()


def is_in_foreground() -> bool:
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


def say(sentence: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be closed already, and stopping must go on
        print(sentence, file=sys.stderr, flush=True)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m luckygas.embedded")
    parser.add_argument("--name", default="demo")
    parser.add_argument("--join", action="store_true")
    parser.add_argument("--erase", action="store_true")
    parser.add_argument("command", nargs="*")
    arguments = parser.parse_args()
    if bool(arguments.command) == arguments.erase:
        parser.error("give a command after --, or --erase")
    return arguments


def main() -> int:
    arguments = read_arguments()
    name, command = arguments.name, arguments.command
    if command and os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        os.execvp(command[0], command)
    # Until the command runs, a signal must unwind what has been started so far.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with claim(name):
            if arguments.erase:
                for kind in (Postgres, Valkey):
                    kind(name).erase()
                return 0
            servers = needed_servers(name)
            try:
                start(servers)
                return run(command, servers)
            finally:
                stop(servers)
    except AlreadyRuns as sentence:
        if arguments.join:
            needed_servers(name)
            os.execvp(command[0], command)
        say(str(sentence))
    except CannotStart as sentence:
        say(str(sentence))
    except PermissionError as error:
        say(f"{error.filename or error} belongs to another user. Remove it, or use another checkout.")
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 2


if __name__ == "__main__":
    sys.exit(main())
