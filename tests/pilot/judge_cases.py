"""What the judge must say, case by case: for tests/pilot/test_judging.py, and for its mutants in test_mutants.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from pilot.certificate.criteria import Criterion, Limit

AT = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
HERE, THERE = "a" * 40, "b" * 40
RED = ("FAIL", "STALE", "NOT RUN")

Judge = Any  # the module pilot.certificate.judging, or a mutant of it
Case = Callable[[Judge], tuple[object, object]]  # what it says, and what it must say


def wanted(**more: Any) -> Criterion:
    limits = (Limit("p95_ms", 200), Limit("errors", 0))
    return Criterion(**{"group": "load", "name": "x", "label": "x", "at_least": 3, "days": 7, "limits": limits} | more)


def ran(judge: Judge, **more: Any) -> Any:
    """A run that passes, only just."""
    green = {
        "revision": HERE,
        "is_clean": True,
        "is_whole": True,
        "ended_at": AT - dt.timedelta(days=7),
        "passed": 4,
        "failed": 0,
        "skipped": 0,
        "errors": 0,
        "scenarios": 3,
        "figures": {"p95_ms": 200, "errors": 0},
    }
    return judge.Run(**green | more)


def said(judged: Any) -> tuple[str, dict[str, Any] | None]:
    return str(judged.state), judged.why.values if judged.why else None


RUNS: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, dict[str, Any] | None]]] = {
    "only just": ({}, {}, ("PASS", None)),
    "cut short": ({"is_whole": False}, {}, ("FAIL", {})),
    "one failed": ({"failed": 1}, {}, ("FAIL", {"count": 1, "total": 5})),
    "one error": ({"errors": 1}, {}, ("FAIL", {"count": 1, "total": 5})),
    "failed and errors": ({"failed": 2, "errors": 2, "skipped": 1}, {}, ("FAIL", {"count": 4, "total": 9})),
    "one skipped": ({"skipped": 1}, {}, ("FAIL", {"count": 1})),
    "too few": ({"scenarios": 2}, {}, ("FAIL", {"count": 2, "least": 3})),
    "too slow": (
        {"figures": {"p95_ms": 200.5, "errors": 0}},
        {},
        ("FAIL", {"figure": "p95_ms", "value": 200.5, "most": "200"}),
    ),
    "second limit": (
        {"figures": {"p95_ms": 9, "errors": 1}},
        {},
        ("FAIL", {"figure": "errors", "value": 1, "most": "0"}),
    ),
    "no figure": ({"figures": {"errors": 0}}, {}, ("FAIL", {"figure": "p95_ms", "value": None, "most": "200"})),
    "no limits": ({"figures": {}}, {"limits": ()}, ("PASS", None)),
    "changes": ({"is_clean": False}, {}, ("STALE", {})),
    "changes do not matter": ({"is_clean": False}, {"same_revision": False}, ("PASS", None)),
    "another revision": ({"revision": THERE}, {}, ("STALE", {"name": "b" * 8})),
    "no revision": ({"revision": ""}, {}, ("STALE", {"name": "–"})),
    "revision does not matter": ({"revision": THERE}, {"same_revision": False}, ("PASS", None)),
    "a second too old": (
        {"ended_at": AT - dt.timedelta(days=7, seconds=1)},
        {},
        ("STALE", {"age": 7, "days": 7}),
    ),
    "old, and of any revision": (
        {"ended_at": AT - dt.timedelta(days=40)},
        {"same_revision": False},
        ("STALE", {"age": 40, "days": 7}),
    ),
    "just now": ({"ended_at": AT}, {}, ("PASS", None)),
    "red and old": ({"failed": 1, "ended_at": AT - dt.timedelta(days=99)}, {}, ("FAIL", {"count": 1, "total": 5})),
}  # fmt: skip


def of_run(name: str) -> Case:
    run, criterion, must = RUNS[name]

    def case(judge: Judge) -> tuple[object, object]:
        return said(judge.judge_run(wanted(**criterion), ran(judge, **run), revision=HERE, at=AT)), must

    return case


def never_run(judge: Judge) -> tuple[object, object]:
    return said(judge.judge_run(wanted(), None, revision=HERE, at=AT)), ("NOT RUN", {})


def no_answer(judge: Judge) -> tuple[object, object]:
    return said(judge.judge_answer(None)), ("FAIL", {})


def of_answer(state: str) -> Case:
    def case(judge: Judge) -> tuple[object, object]:
        return said(judge.judge_answer(judge.Answer(judge.State(state)))), (state, None)

    return case


def of_waiver(state: str, is_waived: bool, must: str) -> Case:
    def case(judge: Judge) -> tuple[object, object]:
        return said(judge.waive(judge.Judged(judge.State(state)), is_waived=is_waived)), (must, None)

    return case


def of_verdict(states: tuple[str, ...], wanted: int, must: str) -> Case:
    def case(judge: Judge) -> tuple[object, object]:
        return judge.verdict([judge.State(state) for state in states], wanted=wanted), must

    return case


def cases() -> Iterator[tuple[str, Case]]:
    """Every case with its name."""
    yield from ((f"run: {name}", of_run(name)) for name in RUNS)
    yield "run: never", never_run
    yield "answer: none", no_answer
    for state in ("PASS", *RED):
        yield f"answer: {state}", of_answer(state)
        yield f"waived: {state}", of_waiver(state, True, "PASS" if state == "PASS" else "WAIVED")
        yield f"not waived: {state}", of_waiver(state, False, state)
    yield "verdict: passed", of_verdict(("PASS", "PASS"), 2, "GO")
    yield "verdict: passed and waived", of_verdict(("PASS", "WAIVED"), 2, "GO")
    yield "verdict: one is missing", of_verdict(("PASS",), 2, "NO-GO")
    yield "verdict: nothing was judged", of_verdict((), 2, "NO-GO")
    for state in RED:
        yield f"verdict: one {state}", of_verdict(("PASS", state, "WAIVED"), 3, "NO-GO")
        yield f"verdict: all {state}", of_verdict((state, state), 2, "NO-GO")


CASES = dict(cases())
