"""Runs the short form of a proof as `make prove-…` runs the long one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable

from tests.processes import ROOT


def prove(name: str, record_property: Callable[[str, object], None], *, longest_seconds: float) -> None:
    """Its last line goes into the report of the tests; anything but green fails with all that it said."""
    proof = subprocess.Popen(
        [sys.executable, "-m", f"tests.proofs.{name}", "--short"],
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said, _ = proof.communicate(timeout=longest_seconds)
    except subprocess.TimeoutExpired:
        proof.send_signal(signal.SIGTERM)  # it ends the processes that it started
        said, _ = proof.communicate(timeout=60)
    record_property("proof", said.splitlines()[-1])
    assert proof.returncode == 0, said
