"""Which revision runs here: the image's, or that of the checkout when this process began."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

from django.conf import settings

PATIENCE_SECONDS = 2


@dataclass(frozen=True)
class Revision:
    """A commit, and whether nothing differs from it; no name when nobody knows."""

    name: str
    is_clean: bool


def _git(*words: str) -> str | None:
    """What git says about this checkout; None where there is no git, or no checkout."""
    command = ["git", "--no-optional-locks", *words]
    try:
        said = subprocess.run(
            command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return said.stdout.strip() if said.returncode == 0 else None


def _head() -> str:
    return (_git("rev-parse", "HEAD") or "") if (settings.BASE_DIR / ".git").exists() else ""


LOADED = settings.REVISION or _head()  # once: the code of this process stays when the checkout goes on


def running() -> Revision:
    """The revision of this process. A checkout that went on, or has changes of its own, is not clean."""
    if settings.REVISION:
        return Revision(settings.REVISION, is_clean=True)
    return Revision(LOADED, is_clean=bool(LOADED) and _head() == LOADED and _git("status", "--porcelain") == "")


def full_name(word: str) -> str | None:
    """The 40 digits of a commit that somebody named; None when there is no such commit here."""
    return _git("rev-parse", "--verify", "--quiet", f"{word}^{{commit}}") if not word.startswith("-") else None
