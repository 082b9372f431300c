"""The pages for people who run it: each is there, and names only commands, targets and files that are there."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.core.management import get_commands

PAGES = ("README.md", "docs/operate.md", "docs/pilot.md", "docs/migrate.md", "docs/rollback.md")
TARGETS = re.compile(r"\bmake ([a-z][a-z-]*)")
COMMANDS = re.compile(r"\bmanage\.py ([a-z_]+)")
LINKS = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
CODE = re.compile(r"```.*?```|`[^`]+`", re.DOTALL)
ALERTS = re.compile(r"alert: (\w+)")


def missing(root: Path | None = None) -> list[str]:
    """What is not there: pages, and what pages promise."""
    root = root or settings.BASE_DIR
    found = [page for page in PAGES if not (root / page).exists()]
    for page in PAGES:
        if page not in found:
            found += [f"{page}: {what}" for what in _missing_in(root, page)]
    return found


def _missing_in(root: Path, page: str) -> list[str]:
    text = (root / page).read_text()
    code = "\n".join(CODE.findall(text))
    targets = _targets(root)
    found = [f"make {name}" for name in TARGETS.findall(code) if not _is_target(name.rstrip("-"), targets)]
    found += [f"manage.py {name}" for name in COMMANDS.findall(code) if name not in get_commands()]
    found += [link for link in LINKS.findall(text) if not (root / page).parent.joinpath(link).exists()]
    if page == "docs/operate.md" and (rules := root / "ops/prometheus/alerts.yml").exists():
        found += [name for name in ALERTS.findall(rules.read_text()) if not re.search(rf"\| ?{name} ?\|", text)]
    return list(dict.fromkeys(found))


def _targets(root: Path) -> set[str]:
    makefile = root / "Makefile"
    return set(re.findall(r"^([a-z][a-z%-]*):", makefile.read_text(), re.MULTILINE)) if makefile.exists() else set()


def _is_target(name: str, targets: set[str]) -> bool:
    """`prove-%` stands for every proof that has its module."""
    if name in targets or name == "prove":
        return True
    module = settings.BASE_DIR / "tests/proofs" / f"{name.removeprefix('prove-').replace('-', '_')}.py"
    is_there = module.exists() or not module.parent.exists()  # an image has no tests
    return name.startswith("prove-") and "prove-%" in targets and is_there
