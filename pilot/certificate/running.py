"""Running a suite in servers of its own, and keeping what it showed, also when it showed nothing."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from luckygas.errors import Refused
from luckygas.models import User
from pilot.certificate import junit, load
from pilot.certificate.junit import Results
from pilot.certificate.recording import begin, end
from pilot.certificate.revision import Revision, running
from pilot.certificate.suites import Suite
from pilot.models import Evidence

KEPT = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "CHROMIUM", "PLAYWRIGHT_BROWSERS_PATH")
GOODBYE_SECONDS = 40  # for a suite that is told to stop: its servers are stopped and its folder removed
ENDS = {0, 1}  # what pytest and our tools end with when they came to their end
Outcome = Evidence.Outcome


class Stopped(Exception):
    """Somebody stopped the command that runs a suite."""


def run(suite: Suite, *, by: User, show: Callable[[str], None], minutes: float | None = None) -> Evidence:
    """Run a suite to its end, its time or its crash, and store what it showed; its beginning is stored before."""
    if not suite.is_there:
        raise Refused(_("There is no suite %s yet. It stays NOT RUN.") % suite.name, code="no_suite")
    here = running()
    with tempfile.TemporaryDirectory(prefix="luckygas-evidence-") as folder, _told_to_stop():
        junit_file, log = Path(folder) / "junit.xml", Path(folder) / "output.txt"
        begun = begin(suite, by=by, revision=here, command=suite.command(Path("junit.xml")))
        outcome, code = str(Outcome.CRASHED), None
        try:
            outcome, code = _watch(
                suite.command(junit_file), log, show, min(minutes or suite.minutes, suite.minutes) * 60
            )
        except (Stopped, KeyboardInterrupt):
            outcome = Outcome.STOPPED
        except OSError as error:
            log.write_text(f"{type(error).__name__}: {error}\n")
        if running() != here:
            here = Revision(here.name, is_clean=False)  # the tree was edited under the tests
        results, report = _results(suite, junit_file, log, since=begun.started_at)
        if outcome == Outcome.FINISHED and not _is_told(suite, results, code):
            outcome = Outcome.CRASHED
        return end(begun, outcome, code, results or Results(), report=report, is_clean=here.is_clean)


def _watch(command: list[str], log: Path, show: Callable[[str], None], seconds: float) -> tuple[str, int | None]:
    """Start it in a group of its own, show what it says, and end all of it when its time is over."""
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    deadline = time.monotonic() + seconds
    with log.open("wb") as out:
        child = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=environment | {"DEMO": "1", "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            with log.open("rb") as said:
                while (code := child.poll()) is None and time.monotonic() < deadline:
                    show(said.read().decode(errors="replace"))
                    time.sleep(0.2)
                show(said.read().decode(errors="replace"))
            return (Outcome.LATE, None) if code is None else (Outcome.FINISHED, code)
        finally:
            _stop(child)


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Ask it to stop, so that its servers go too; then insist, with its whole group."""
    if child.poll() is None:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GOODBYE_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


@contextmanager
def _told_to_stop() -> Iterator[None]:
    """SIGTERM and SIGHUP end the suite as Ctrl-C does, and what it showed so far is stored."""

    def stop(*_: object) -> None:
        raise Stopped

    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, stop) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _is_told(suite: Suite, results: Results | None, code: int | None) -> bool:
    """Whether the exit code and the report tell the same; otherwise nobody knows what happened."""
    if results is None or code not in ENDS:
        return False
    return bool(suite.tool) or (code == 0) == (results.failed + results.errors == 0)  # a tool has limits of its own


def _results(suite: Suite, junit_file: Path, log: Path, *, since: dt.datetime) -> tuple[Results | None, Path | None]:
    """What was shown, and the file that says so; the output when there is nothing better."""
    if suite.tool:
        figures = settings.BASE_DIR / load.FIGURES
        if figures.exists() and figures.stat().st_mtime >= since.timestamp():
            return load.read(figures, suite.criteria[0].name), figures
    elif junit_file.exists():
        try:
            return junit.read(junit_file, suite.part_of), junit_file
        except Refused:
            return None, junit_file
    return None, log if log.exists() else None
