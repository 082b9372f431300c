"""What an invariant is: a name, a sentence, and the query whose rows break it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

MOST_SHOWN = 50
SLOWEST_SECONDS = 300


@dataclass(frozen=True)
class Violation:
    """One row that breaks an invariant: which rule, which row, and what is wrong with it."""

    invariant: str
    key: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.key}: {self.wrong}"


@dataclass(frozen=True)
class Invariant:
    """A rule with its name, its sentence, and how to find what breaks it: pairs of a row's key and what is wrong."""

    name: str
    sentence: str
    find: Callable[[], Iterable[tuple[Any, Any]]]

    def violations(self) -> list[Violation]:
        """The first rows that break it; empty when it holds."""
        return [Violation(self.name, str(key), str(wrong)) for key, wrong in self.find()][:MOST_SHOWN]


INVARIANTS: dict[str, Invariant] = {}


def invariant(find: Callable[[], Iterable[tuple[Any, Any]]]) -> Callable[[], list[Violation]]:
    """Register a rule: its name is the function's, its sentence the docstring."""
    rule = Invariant(find.__name__, (find.__doc__ or "").strip(), find)
    INVARIANTS[rule.name] = rule
    return rule.violations


@contextlib.contextmanager
def patient() -> Iterator[None]:
    """A rule reads every row there is, and may take longer than any page."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = '{SLOWEST_SECONDS}s'")
        try:
            yield
        finally:
            cursor.execute("RESET statement_timeout")  # to what settings.py says


def check(*, without: frozenset[str] = frozenset()) -> list[Violation]:
    """Every violation of every rule, those named in `without` left out."""
    asked = [rule for name, rule in INVARIANTS.items() if name not in without]
    with patient():
        return [found for rule in asked for found in rule.violations()]


def timed() -> Iterator[tuple[Invariant, list[Violation], float]]:
    """Each rule with what breaks it and the seconds it took."""
    with patient():
        for rule in INVARIANTS.values():
            began = time.monotonic()
            yield rule, rule.violations(), time.monotonic() - began


def rows(sql: str, **values: Any) -> list[tuple[Any, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT {MOST_SHOWN}", values)
        return cursor.fetchall()
