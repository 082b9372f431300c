"""The command line of a proof that has a stated size and a short one for every `make test`."""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.proofs.report import Report

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def run[Size: DataclassInstance](
    name: str,
    *,
    full: Size,
    short: Size,
    counted: str,
    said: Callable[[Size], str],
    prove: Callable[[Size, Report], None],
) -> int:
    """`python -m tests.proofs.<name> [--<counted> N] [--seed N] [--short]`: 0 when it is green.

    `counted` is the field of a size that may be given, `said` what is counted, for the report.
    """
    parser = argparse.ArgumentParser(prog=f"python -m tests.proofs.{name}")
    usual = f"{getattr(full, counted)}, or with --short {getattr(short, counted)}"
    parser.add_argument(f"--{counted}", type=int, help=usual)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything we started is ended
    size = short if asked.short else full
    if count := getattr(asked, counted):
        size = replace(size, **{counted: count})
    report = Report(f"prove-{name}-short" if asked.short else f"prove-{name}", asked.seed, said(size))
    began = time.monotonic()
    report.say(f"{report.name}: seed {report.seed}, {report.n}")
    prove(size, report)
    report.fact("seconds in all", round(time.monotonic() - began))
    report.save()
    return 0 if report.is_green else 1
