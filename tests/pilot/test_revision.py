"""Which revision runs here: the image's, the checkout's, or nobody knows."""

from __future__ import annotations

import subprocess

import pytest

from pilot.certificate import revision
from pilot.certificate.revision import Revision, full_name, running


@pytest.fixture
def git(tmp_path, settings, monkeypatch):
    """A checkout with one commit, in which this process began."""

    def git(*words: str) -> str:
        command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *words]
        return subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout.strip()

    settings.BASE_DIR, settings.REVISION = tmp_path, ""
    git("init", "--quiet")
    (tmp_path / "code.py").write_text("1")
    git("add", ".")
    git("commit", "--quiet", "--message", "x")
    monkeypatch.setattr(revision, "LOADED", git("rev-parse", "HEAD"))
    return git


def test_a_checkout_without_changes_is_its_commit(git):
    assert running() == Revision(git("rev-parse", "HEAD"), is_clean=True)
    assert len(running().name) == 40


@pytest.mark.parametrize("file", ["code.py", "new.py"], ids=["edited", "new"])
def test_a_change_is_seen(git, tmp_path, file):
    (tmp_path / file).write_text("2")

    assert not running().is_clean


def test_a_checkout_that_went_on_is_not_what_runs(git):
    before = running().name

    git("commit", "--quiet", "--allow-empty", "--message", "y")

    assert running() == Revision(before, is_clean=False)


def test_an_image_says_what_it_is(git, settings):
    settings.REVISION = "f" * 40

    assert running() == Revision("f" * 40, is_clean=True)


def test_without_git_nobody_knows(tmp_path, settings, monkeypatch):
    settings.BASE_DIR, settings.REVISION = tmp_path, ""
    monkeypatch.setattr(revision, "LOADED", "")

    assert running() == Revision("", is_clean=False)


def test_a_commit_has_a_full_name(git):
    name = git("rev-parse", "HEAD")

    assert full_name(name[:8]) == full_name("HEAD") == name
    assert full_name("no-such-branch") is None
    assert full_name("--help") is None
