"""`manage.py certify`: the verdict as an exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from pilot.certificate import probes
from pilot.models import Approval, Certificate
from tests.pilot.certificates import ALL_ANSWER, HERE, TESTED, stored
from tests.processes import ROOT, database_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def answers(monkeypatch):
    said = dict(ALL_ANSWER)
    monkeypatch.setattr(probes, "ask_all", lambda: said)
    monkeypatch.setattr("pilot.certificate.assessment.running", lambda: HERE)
    return said


def code_of(*words: str) -> int:
    try:
        call_command("certify", *words)
    except SystemExit as end:
        return int(end.code)
    return 0


def test_go_is_zero(answers, ops, capsys):
    stored(ops)

    assert code_of() == 0
    assert capsys.readouterr().out.startswith("GO ")


def test_one_that_is_missing_is_one_and_named(answers, ops, capsys):
    stored(ops, without="backup")

    assert code_of() == 1

    said = capsys.readouterr().out
    assert said.startswith("NO-GO ")
    assert "NOT RUN  backup/restore" in said


def test_a_fresh_install_is_no_go_and_names_all_that_never_ran(capsys):
    assert code_of() == 1

    said = capsys.readouterr().out
    for criterion in TESTED:
        assert f"NOT RUN  {criterion.key} " in said


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_fresh_install_in_a_process_of_its_own():
    environment = os.environ | {"DATABASE_URL": database_url(), "DEMO": "1", "PROBE_URL": "http://127.0.0.1:9"}

    ended = subprocess.run(
        [sys.executable, "manage.py", "certify"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )

    assert ended.returncode == 1, ended.stderr
    assert ended.stdout.startswith("NO-GO ")
    assert "NOT RUN  browser/driver_login" in ended.stdout
    assert "FAIL     parts/web" in ended.stdout


def test_json_and_markdown(answers, ops, capsys):
    stored(ops)

    assert code_of("--json") == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "GO"
    assert code_of("--markdown") == 0
    assert capsys.readouterr().out.startswith("# ")


def test_it_can_be_issued_with_the_web_down(answers, ops, capsys):
    assert code_of("--issue", "--by", "ops") == 1

    issued = Certificate.objects.get()
    assert (issued.by, issued.verdict) == (ops, "NO-GO")
    assert f"issued as {issued.number}" in capsys.readouterr().out


@pytest.mark.parametrize("words", [("--issue",), ("--issue", "--by", "dispatcher"), ("--issue", "--by", "nobody")])
def test_who_may_not_issue_is_told(answers, dispatcher, words):
    with pytest.raises(CommandError) as refused:
        call_command("certify", *words)

    assert refused.value.returncode == 2
    assert Certificate.objects.count() == 0


def test_two_people_waive_without_a_browser_and_one_ends_it(answers, ops, manager, capsys):
    stored(ops, without="backup")
    today = f"{timezone.localdate():%Y-%m-%d}"

    assert code_of("--waive", "backup/restore", "--until", today, "--reason", "下週", "--by", "ops") == 0
    number = capsys.readouterr().out.split("approve ")[1].split()[0]
    assert code_of() == 1
    call_command("pilot", "approve", number, "--by", "manager")
    assert code_of() == 0
    assert code_of("--end-waiver", "backup/restore", "--reason", "有了", "--by", "ops") == 0

    assert code_of() == 1


@pytest.mark.parametrize(
    "words",
    [
        ("--waive", "backup/restore", "--until", "2026-12-01", "--reason", "x"),
        ("--waive", "backup/restore", "--reason", "x", "--by", "ops"),
        ("--waive", "backup/restore", "--until", "2020-01-01", "--reason", "x", "--by", "ops"),
        ("--end-waiver", "backup/restore", "--reason", "x", "--by", "ops"),
    ],
    ids=["nobody", "no day", "a day that is over", "no such waiver"],
)
def test_a_waiver_that_is_not_possible_is_refused(answers, ops, words):
    with pytest.raises(CommandError) as refused:
        call_command("certify", *words)

    assert refused.value.returncode == 2
    assert Approval.objects.count() == 0


def test_a_database_that_is_away_is_never_go(answers, monkeypatch):
    def away(*_: object, **__: object):
        raise OperationalError

    monkeypatch.setattr("pilot.certificate.assessment.counting", away)

    with pytest.raises(CommandError) as refused:
        call_command("certify")

    assert refused.value.returncode == 2
    assert "NO-GO" in str(refused.value)
