"""Evidence: a run is stored whatever becomes of it, never in the database it ran against, and CI's can be read."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import signal
import sys
import threading
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from luckygas.embedded import run_dir, socket_dir
from luckygas.errors import Refused
from pilot.certificate import running
from pilot.certificate.criteria import Criterion
from pilot.certificate.load import read as read_load
from pilot.certificate.revision import Revision
from pilot.certificate.running import run
from pilot.certificate.suites import SUITES, Suite
from pilot.models import Evidence
from tests.pilot.certificates import HERE, row, stored
from tests.processes import wait_for

pytestmark = pytest.mark.django_db
REPORT = """<testsuites><testsuite time="2" timestamp="{at}"><testcase classname="tests.security.test_x" name="test_a"/>
{more}</testsuite></testsuites>"""


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _here(monkeypatch):
    monkeypatch.setattr(running, "running", lambda: HERE)


def suite(monkeypatch, *program: str, junit: str = "", code: int = 0) -> Suite:
    """A security suite that is a small program: what it writes, and how it ends."""
    body = f"import sys,pathlib; pathlib.Path(sys.argv[1]).write_text({junit!r}); " if junit else "import sys; "
    body += "; ".join((*program, f"sys.exit({code})"))
    small = Suite("security", "x", "x", minutes=1)
    monkeypatch.setattr(Suite, "command", lambda self, junit: [sys.executable, "-c", body, str(junit)])
    return small


def report(more: str = "", at: dt.datetime | None = None) -> str:
    return REPORT.format(at=(at or timezone.now() - dt.timedelta(minutes=1)).isoformat(), more=more)


def ends(monkeypatch, by, *program, **more) -> Evidence:
    return run(suite(monkeypatch, *program, **more), by=by, show=lambda said: None)


def test_a_run_is_stored_with_who_when_what_and_its_report(monkeypatch, ops):
    evidence = ends(monkeypatch, ops, "print('hello')", junit=report())

    begun = Evidence.objects.get(outcome="begun")
    assert (begun.run, begun.by, begun.ended_at) == (evidence.run, ops, None)
    assert (evidence.outcome, evidence.exit_code, evidence.source) == ("finished", 0, "here")
    assert (evidence.passed, evidence.failed, evidence.skipped, evidence.errors) == (1, 0, 0, 0)
    assert evidence.parts == {"permissions": {"passed": 1, "failed": 0, "skipped": 0, "errors": 0, "scenarios": 1}}
    assert (evidence.revision, evidence.is_clean) == (HERE.name, True)
    assert evidence.started_at <= evidence.ended_at
    assert evidence.environment["python"]
    with evidence.report.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == evidence.report_sha256
    assert evidence.has_its_report


def test_a_red_run_is_stored_red(monkeypatch, ops):
    failed = '<testcase classname="tests.security.test_x" name="test_b"><failure/></testcase>'

    evidence = ends(monkeypatch, ops, junit=report(failed), code=1)

    assert (evidence.outcome, evidence.passed, evidence.failed) == ("finished", 1, 1)
    assert evidence.failures == ["tests.security.test_x::test_b"]


@pytest.mark.parametrize(
    "program, more",
    [
        (("raise SystemError",), {}),
        (("import os", "os.kill(os.getpid(), 9)"), {}),
        ((), {"junit": "<broken", "code": 0}),
        ((), {"junit": "green", "code": 1}),
        ((), {"junit": "green", "code": 2}),
        ((), {"junit": "green", "code": 5}),
        ((), {"code": 0}),
    ],
    ids=["raises", "killed", "broken report", "code says red", "interrupted", "nothing ran", "no report"],
)
def test_a_crash_is_stored_and_never_whole(monkeypatch, ops, program, more):
    if more.get("junit") == "green":
        more = more | {"junit": report()}

    evidence = ends(monkeypatch, ops, *program, **more)

    assert evidence.outcome == "crashed"
    assert Evidence.objects.ended().count() == 1
    assert evidence.has_its_report


def test_what_cannot_be_started_is_stored(monkeypatch, ops):
    monkeypatch.setattr(Suite, "command", lambda self, junit: ["/no/such/program"])

    evidence = run(SUITES["security"], by=ops, show=lambda said: None)

    assert evidence.outcome == "crashed"
    assert b"FileNotFoundError" in evidence.report.read()


def is_gone(pid: int) -> bool:
    """A process that was killed ends when the kernel comes to it."""
    try:
        return "Z" in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True


def test_a_run_that_takes_too_long_is_ended_with_all_it_started(monkeypatch, ops):
    program = "import subprocess, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    said: list[str] = []

    evidence = run(suite(monkeypatch, program), by=ops, show=said.append, minutes=1 / 15)

    assert (evidence.outcome, evidence.exit_code) == ("late", None)
    assert evidence.ended_at - evidence.started_at < dt.timedelta(seconds=20)
    child = int("".join(said))
    wait_for(lambda: is_gone(child), 10, "what it started ends, which would sleep for a minute")


def test_a_run_that_is_told_to_stop_is_stored(monkeypatch, ops):
    threading.Timer(0.8, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()

    evidence = ends(monkeypatch, ops, "import time; time.sleep(30)")

    assert evidence.outcome == "stopped"


def test_what_it_says_is_shown_while_it_runs(monkeypatch, ops):
    said: list[str] = []

    run(suite(monkeypatch, "print('...', flush=True)", junit=report()), by=ops, show=said.append)

    assert "".join(said) == "...\n"


def test_it_never_sees_the_database_that_evidence_is_written_to(monkeypatch, ops):
    monkeypatch.setenv("DATABASE_URL", "postgresql:///real")
    monkeypatch.setenv("REDIS_URL", "redis://real")
    monkeypatch.setenv("MEDIA_ROOT", "/real")
    said: list[str] = []

    run(suite(monkeypatch, "import os; print(sorted(os.environ))"), by=ops, show=said.append)

    assert not {"DATABASE_URL", "REDIS_URL", "MEDIA_ROOT", "SECRET_KEY"} & set(eval("".join(said)))


def test_every_suite_runs_in_servers_of_its_own():
    for name, each in SUITES.items():
        command = each.command(Path("junit.xml"))
        assert command[1:4] == ["-m", "luckygas.embedded", "--name"], name
        assert command[4] == "load" or command[4].startswith("test-"), name


def test_a_tree_that_was_edited_meanwhile_is_not_clean(monkeypatch, ops):
    states = iter([HERE, Revision("b" * 40, is_clean=True)])
    monkeypatch.setattr(running, "running", lambda: next(states))

    evidence = ends(monkeypatch, ops, junit=report())

    assert (evidence.revision, evidence.is_clean) == (HERE.name, False)


def test_a_suite_that_is_not_there_is_refused_and_stays_not_run(ops):
    assert not SUITES["rollback"].is_there or SUITES["rollback"].paths

    empty = Suite("rollback", "x", "x", minutes=1)
    object.__setattr__(empty, "name", "nothing")
    with pytest.raises(Refused) as refused:
        run(empty, by=ops, show=lambda said: None)

    assert refused.value.code == "no_suite"
    assert Evidence.objects.count() == 0


def test_evidence_is_only_ever_added(ops):
    evidence = stored(ops)[0]

    for change in (lambda: Evidence.objects.update(failed=0), lambda: Evidence.objects.filter(pk=evidence.pk).delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_report_that_was_changed_shows(monkeypatch, ops):
    evidence = ends(monkeypatch, ops, junit=report())
    Path(evidence.report.path).write_text("<testsuites/>")

    assert not evidence.has_its_report


# --- CI ---------------------------------------------------------------------------------------------------------------
@pytest.fixture
def from_ci(tmp_path, ops, capsys):
    def read(text: str, *words: str, revision: str = "c" * 40) -> str:
        path = tmp_path / "ci.xml"
        path.write_text(text)
        call_command(
            "evidence", "read", str(path), "--suite", *(words or ("security",)), "--revision", revision, "--by", "ops"
        )
        return capsys.readouterr().out

    return read


def test_cis_report_is_read_at_its_revision(from_ci):
    at = timezone.now() - dt.timedelta(hours=2)

    from_ci(report(at=at))

    evidence = Evidence.objects.get()
    assert (evidence.source, evidence.revision, evidence.is_clean, evidence.passed) == ("ci", "c" * 40, True, 1)
    assert (evidence.started_at, evidence.ended_at) == (at, at + dt.timedelta(seconds=2))
    assert evidence.has_its_report


def test_one_report_may_be_of_several_suites(from_ci):
    login = '<testcase classname="tests.browser.test_driver_login" name="test_b"/>'

    from_ci(report(login), "security", "browser", "tests")

    assert dict(Evidence.objects.values_list("suite", "passed")) == {"security": 1, "browser": 1, "tests": 2}


@pytest.mark.parametrize(
    "text, words",
    [
        (report(), ("load",)),
        (report(at=timezone.now() + dt.timedelta(days=1)), ("security",)),
        ("<html/>", ("security",)),
    ],
    ids=["nothing of it", "of tomorrow", "no report"],
)
def test_what_shows_nothing_is_refused(from_ci, text, words):
    with pytest.raises(CommandError):
        from_ci(text, *words)

    assert Evidence.objects.count() == 0


@pytest.mark.parametrize("revision", ["main", "c" * 39, "-x"])
def test_a_revision_is_a_commit(from_ci, revision):
    with pytest.raises(CommandError):
        from_ci(report(), revision="no-such-" + revision)


def test_only_operations_and_managers_bring_evidence(tmp_path, dispatcher):
    path = tmp_path / "ci.xml"
    path.write_text(report())

    with pytest.raises(CommandError):
        call_command("evidence", "read", str(path), "--suite", "security", "--revision", "c" * 40, "--by", "dispatcher")


def test_the_list_names_what_never_ran(ops, capsys):
    row(SUITES["security"], ops, failed=2, failures=["tests.x::test_y"]).save()

    call_command("evidence", "list")

    said = capsys.readouterr().out
    assert "security       E-" in said
    assert "2 failed" in said
    assert "failed: tests.x::test_y" in said
    assert "browser        NOT RUN\n" in said


# --- load -------------------------------------------------------------------------------------------------------------
HEAD = "Type,Name,Request Count,Failure Count,95%,99%\n"


def test_locusts_table_becomes_figures(tmp_path):
    path = tmp_path / "load_stats.csv"
    path.write_text(f"{HEAD}GET,/,10,0,90,120\nPOST,/orders/new/,5,1,190,400\n,Aggregated,15,1,180,390\n")

    results = read_load(path, "working_day")

    assert results.figures == {"p95_ms": 180, "p99_ms": 390, "errors": 1, "requests": 15}
    assert results.counts == {"passed": 1, "failed": 1, "skipped": 0, "errors": 0}
    assert results.parts["working_day"]["scenarios"] == 1
    assert results.failures == ["POST /orders/new/"]


# --- the real thing ---------------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_a_real_suite_in_servers_of_its_own(ops, settings, tmp_path):
    """pytest itself, in a PostgreSQL that is made for it and thrown away."""
    tests = tmp_path / "test_real.py"
    tests.write_text(
        "import os, psycopg, pytest\n"
        "def test_proof(record_property): record_property('proof', 'n')\n"
        "def test_green():\n"
        f"    assert os.environ['DATABASE_URL'] != {os.environ['DATABASE_URL']!r}\n"
        "    with psycopg.connect(os.environ['DATABASE_URL']) as link:\n"
        "        assert link.execute('SELECT 1').fetchone() == (1,)\n"
        "def test_red(): assert 0\n"
        "@pytest.mark.skip\ndef test_not(): pass\n"
    )
    part = Criterion("security", "permissions", "x", (str(tests),))
    options = ("-p", "no:django", "-c", "/dev/null", "-W", "error")
    name = f"test-evidence-{os.getpid()}"
    small = Suite("security", "x", "x", minutes=2, options=options, servers=name)

    class Small(Suite):
        criteria = (part,)

        def part_of(self, file: str) -> str | None:
            return "permissions"

    evidence = run(Small(**vars(small)), by=ops, show=lambda said: None)

    counts = evidence.outcome, evidence.passed, evidence.failed, evidence.skipped
    assert counts == ("finished", 2, 1, 1), evidence.report.read().decode()
    assert not socket_dir(name).exists()
    shutil.rmtree(run_dir(name))
