"""The supervisor: it refuses a taken port in one sentence, restarts what dies and leaves no orphan."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from io import StringIO

import pytest
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from luckygas.management.commands import serve
from tests.processes import children_of


@pytest.fixture
def command(tmp_path, monkeypatch):
    command = serve.Command(stderr=StringIO())
    command.host, command.port, command.folder = "127.0.0.1", free_ports(), tmp_path / "serve"
    monkeypatch.delenv("LUCKYGAS_SERVE", raising=False)
    monkeypatch.setenv("LUCKYGAS_SERVE", "")
    return command


def free_ports() -> int:
    """The first of two free neighbours, from below the ports that the kernel gives to whoever asks for any."""
    while True:
        port = random.randrange(20_000, 30_000, 2)
        with socket.socket() as first, socket.socket() as second, contextlib.suppress(OSError):
            first.bind(("127.0.0.1", port))
            second.bind(("127.0.0.1", port + 1))
            return port


def wait_for(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert condition()


def test_taken_port_is_refused_in_one_sentence(command):
    with socket.socket() as other:
        other.bind(("127.0.0.1", command.port))
        other.listen()

        with pytest.raises(SystemExit) as ended, command.claim_ports():
            pass

    assert ended.value.code == 2
    assert command.stderr.getvalue().count("\n") == 1
    assert f"make run PORT={command.port + 100}" in command.stderr.getvalue()


def test_second_supervisor_of_the_same_port_is_refused(command):
    with command.claim_ports():
        other = serve.Command(stderr=StringIO())
        other.host, other.port, other.folder = command.host, command.port, command.folder

        with pytest.raises(SystemExit), other.claim_ports():
            pass


def test_orphan_of_a_killed_run_is_ended(command):
    environment = {**os.environ, "LUCKYGAS_SERVE": str(command.folder)}
    orphan = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env=environment)
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])

    with command.claim_ports():
        ended = orphan.wait(5)

    assert ended == -signal.SIGKILL
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_dead_child_starts_again_later_and_later():
    child = serve.Child("web", "json.tool", "/nowhere")

    child.keep_alive()
    first = child.process
    wait_for(lambda: first.poll() is not None)
    child.keep_alive()
    restarted_after = []
    for _round in range(2):
        began = time.monotonic()
        wait_for(lambda: (child.keep_alive(), child.process)[1] is not None)
        restarted_after.append(time.monotonic() - began)
        wait_for(lambda: child.process.poll() is not None)
        child.keep_alive()

    assert restarted_after[0] == pytest.approx(1, abs=0.4)
    assert restarted_after[1] == pytest.approx(2, abs=0.6)


def test_killing_a_child_ends_what_it_started():
    code = "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid)"
    child = serve.Child("web", "timeit", "-n1", "-r1", code, "import time; time.sleep(60)")
    child.keep_alive()
    group = child.process.pid
    wait_for(lambda: len(children_of(group)) == 1)

    child.kill()
    child.process.wait()

    wait_for(lambda: is_gone(group))


def is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.django_db
def test_a_database_of_another_version_is_left_alone():
    serve.Command().refuse_another_version()  # ours
    MigrationRecorder(connection).record_applied("orders", "0099_of_a_version_to_come")

    with pytest.raises(CommandError, match="make clean"):
        serve.Command().refuse_another_version()
