"""The demo's PostgreSQL and Valkey, run as a person would: real processes, awkward folders, kills."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import dj_database_url
import psycopg
import pytest
import redis
from kombu import Connection

from luckygas import embedded

pytestmark = pytest.mark.slow

LUCKYGAS = Path(embedded.__file__).parents[1]
ADDRESSES = "import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'], flush=True)"
WAIT = f"{ADDRESSES}; import time; time.sleep(60)"


class Checkout:
    """A copy of the checkout's embedded package, and the processes started from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        package = folder / "luckygas"
        shutil.copytree(LUCKYGAS / "embedded", package / "embedded")
        shutil.copy(LUCKYGAS / "celery.py", package)
        shutil.copy(LUCKYGAS / "__init__.py", package)
        self.started: list[subprocess.Popen[str]] = []

    def start(self, code: str, *options: str, **environment: str) -> subprocess.Popen[str]:
        kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL", "PYTHONPATH"}}
        command = [sys.executable, "-m", "luckygas.embedded", *options, "--", sys.executable, "-c", code]
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env={**kept, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def run(self, code: str, *options: str, **environment: str) -> tuple[int, str, str]:
        process = self.start(code, *options, **environment)
        out, err = process.communicate(timeout=60)
        return process.returncode, out.strip(), err.strip()

    def erase(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=40)
        for name in ("demo", "test"):
            subprocess.run(
                [sys.executable, "-m", "luckygas.embedded", "--name", name, "--erase"], cwd=self.folder, check=True
            )


@pytest.fixture
def checkout(tmp_path):
    """A long path with spaces and Chinese letters: sockets must not live in it."""
    checkout = Checkout(tmp_path / "my files 幸福氣" / ("long " * 20).strip())

    yield checkout

    checkout.erase()


def addresses(process: subprocess.Popen[str]) -> tuple[str, str]:
    assert process.stdout
    database, redis_address = process.stdout.readline().split()
    return database, redis_address


def write(database: str, redis_address: str) -> None:
    with psycopg.connect(database) as link:
        link.execute("CREATE TABLE kept (word text)")
        link.execute("INSERT INTO kept VALUES ('瓦斯')")
    redis.from_url(redis_address).set("kept", "yes")
    time.sleep(1.1)  # Valkey writes its file to disk once a second


def is_kept(database: str, redis_address: str) -> bool:
    with psycopg.connect(database) as link:
        word = link.execute("SELECT word FROM kept").fetchone()
    return word == ("瓦斯",) and redis.from_url(redis_address).get("kept") == b"yes"


def test_addresses_are_the_same_each_time_and_differ_by_name():
    assert embedded.database_url("demo") == embedded.database_url("demo")
    assert embedded.database_url("demo") != embedded.database_url("test")
    assert embedded.redis_url("demo") != embedded.redis_url("test")


def test_sockets_have_a_short_path():
    assert len(bytes(embedded.socket_dir("prove-" + "x" * 300) / ".s.PGSQL.5432.lock")) < 100


def test_database_url_is_understood_by_django():
    parsed = dj_database_url.parse(embedded.database_url("demo"))

    assert parsed["HOST"] == str(embedded.socket_dir("demo"))
    assert (parsed["USER"], parsed["NAME"], parsed["PORT"]) == ("luckygas", "luckygas", 5432)


def test_only_tests_are_thrown_away():
    assert [embedded.is_throwaway(name) for name in ("test", "test-x", "demo", "prove-x")] == [True, True, False, False]


def test_command_gets_both_servers_from_a_long_path_with_spaces(checkout):
    process = checkout.start(WAIT, "--name", "test")
    database, redis_address = addresses(process)

    with psycopg.connect(database) as link:
        link.execute("CREATE EXTENSION pg_trgm")
        link.execute("CREATE EXTENSION pg_stat_statements")
        provider = link.execute("SELECT datlocprovider, datcollate FROM pg_database WHERE datname = 'luckygas'")
        assert provider.fetchone() == ("c", "C.UTF-8")
    with Connection(redis_address.replace("unix://", "redis+socket://")) as broker, broker.SimpleQueue("q") as queue:
        queue.put({"order": 17})
        assert queue.get(timeout=5).payload == {"order": 17}


def test_exit_code_is_the_commands(checkout):
    code, _out, _err = checkout.run("raise SystemExit(7)", "--name", "test")

    assert code == 7


def test_addresses_that_are_set_are_left_alone(checkout):
    code, out, _err = checkout.run(ADDRESSES, DATABASE_URL="postgresql://elsewhere/db", REDIS_URL="redis://elsewhere")

    assert (code, out) == (0, "postgresql://elsewhere/db redis://elsewhere")


def test_second_run_from_the_same_folder_is_refused_in_one_sentence(checkout):
    first = checkout.start(WAIT)
    running = addresses(first)

    code, out, err = checkout.run(ADDRESSES)
    joined = checkout.run(ADDRESSES, "--join")

    assert (code, out) == (2, "")
    assert err == (
        f"Lucky Gas already runs from this folder (process {first.pid}). "
        "Stop it with Ctrl-C there, or use another checkout."
    )
    assert joined[:2] == (0, " ".join(running))


def test_data_stays_after_a_stop_and_after_a_kill(checkout):
    first = checkout.start(WAIT)
    write(*addresses(first))

    first.send_signal(signal.SIGINT)
    first.communicate(timeout=30)
    second = checkout.start(WAIT)
    stayed_after_stop = is_kept(*addresses(second))
    second.kill()
    second.communicate(timeout=10)
    third = checkout.start(WAIT)

    assert stayed_after_stop
    assert is_kept(*addresses(third))


def test_killed_servers_come_back_while_the_command_runs(checkout):
    process = checkout.start(WAIT)
    database, redis_address = addresses(process)
    write(database, redis_address)
    postmaster = (checkout.folder / ".run/demo/postgres/postmaster.pid").read_text().split()[0]
    valkey = redis.from_url(redis_address).info("server")["process_id"]

    os.kill(int(postmaster), signal.SIGKILL)
    os.kill(valkey, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        time.sleep(0.3)
        try:
            recovered = is_kept(database, redis_address)
        except (psycopg.OperationalError, redis.ConnectionError):
            continue
        break

    assert recovered


def test_nothing_is_left_when_a_test_run_ends(checkout):
    process = checkout.start(ADDRESSES, "--name", "test")
    out, _err = process.communicate(timeout=60)
    sockets = Path(dj_database_url.parse(out.split()[0])["HOST"])

    assert not sockets.exists()
    assert not (checkout.folder / ".run/test/valkey").exists()
    assert not (checkout.folder / ".run/test/postgres").exists()
