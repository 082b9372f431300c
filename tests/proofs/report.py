"""What a proof says: its figures, what must be nothing, what must show without the protection, and the verdict."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.processes import ROOT

NAMED = 20  # so many members of a wrong set are named


@dataclass
class Report:
    """Findings of one run; green when each finding is empty and each control is red."""

    name: str
    seed: int
    n: str  # what was counted
    facts: dict[str, Any] = field(default_factory=dict)
    findings: dict[str, list[str]] = field(default_factory=dict)
    controls: dict[str, int] = field(default_factory=dict)

    def say(self, sentence: str) -> None:
        sys.stdout.write(f"{sentence}\n")
        sys.stdout.flush()

    def fact(self, what: str, value: Any) -> None:
        self.facts[what] = value
        self.say(f"{what}: {plain(value)}")

    def must_be_none(self, what: str, found: Sequence[object] | int) -> None:
        """Something that is wrong as soon as there is one of it, with or without their names."""
        names = ["unnamed"] * found if isinstance(found, int) else [str(one) for one in found]
        self.findings[what] = names
        self.say(f"{what}: {len(names)}")
        for name in [] if isinstance(found, int) else names[:NAMED]:
            self.say(f"    {name}")

    def must_show(self, what: str, count: int) -> None:
        """A fault that has to show when its protection is taken away; otherwise this proof could not have seen it."""
        self.controls[what] = count
        self.say(f"control {'red' if count else 'GREEN, so this proof sees nothing'}: {count} {what}")

    @property
    def is_green(self) -> bool:
        return not any(self.findings.values()) and all(self.controls.values()) and bool(self.controls)

    @property
    def verdict(self) -> str:
        return "green" if self.is_green else "RED"

    def save(self) -> None:
        folder = ROOT / "reports"
        folder.mkdir(exist_ok=True)
        machine = f"{os.cpu_count()} processors, Python {platform.python_version()}"
        said = vars(self) | {"verdict": self.verdict, "at": f"{dt.datetime.now():%Y-%m-%d %H:%M}", "machine": machine}
        (folder / f"{self.name}.json").write_text(json.dumps(said, ensure_ascii=False, indent=2, default=str))
        rows = [(what, len(found)) for what, found in self.findings.items()]
        rows += [(f"control without protection: {what}", count) for what, count in self.controls.items()]
        rows += [(what, plain(value)) for what, value in self.facts.items()]
        lines = [
            f"# {self.name}: {self.verdict}",
            "",
            f"{said['at']}, seed {self.seed}, {machine}",
            "",
            "| what | found |",
        ]
        lines += ["|---|---|", *(f"| {what} | {value} |" for what, value in rows), ""]
        (folder / f"{self.name}.md").write_text("\n".join(lines))
        self.say(f"{self.name}: {self.verdict}, {self.summary}; reports/{self.name}.md")

    @property
    def summary(self) -> str:
        """All findings in one line."""
        said = [f"{len(found)} {what}" for what, found in self.findings.items()]
        said += [f"control red: {count} {what}" for what, count in self.controls.items()]
        return f"seed {self.seed}, {self.n}: {', '.join(said)}"


def plain(value: Any) -> str:
    """A dictionary as `a 1, b 2`."""
    return ", ".join(f"{key} {one}" for key, one in value.items()) if isinstance(value, dict) else str(value)


def spread(seconds: Sequence[float]) -> dict[str, float | int]:
    """How many, their median, 99th percentile and longest, in seconds."""
    if not seconds:
        return {"n": 0}
    ordered = sorted(seconds)
    at = {"p50": ordered[len(ordered) // 2], "p99": ordered[int(len(ordered) * 0.99)], "max": ordered[-1]}
    return {"n": len(ordered), **{name: round(value, 2) for name, value in at.items()}}
