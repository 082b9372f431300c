"""Keeps the page about style true: addresses, names, sizes, templates, translations."""

from __future__ import annotations

import ast
import re
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.core.management import call_command
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation.template import templatize

from tests.pages import EVERYBODY, PAGES

ROOT = Path(__file__).resolve().parent.parent
APPS = ["luckygas", "customers", "orders", "deliveries", "pilot"]
SOURCES = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OTHERS = ("admin:", "mfa_", "account_reauthenticate")  # addresses that packages own and test


def patterns(resolver=None, namespace="", at=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            space = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry, space, at + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}" if entry.name else at + str(entry.pattern), entry


OURS = {name: pattern for name, pattern in patterns() if not name.startswith(OTHERS) and not name.startswith("admin/")}


def test_every_address_is_listed_in_pages():
    assert set(OURS) == {page.name for page in PAGES}


def test_every_address_is_private_unless_pages_says_everybody():
    public = {name for name, pattern in OURS.items() if not getattr(pattern.callback, "login_required", True)}

    assert public == {page.name for page in PAGES if page.roles == EVERYBODY}


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


@pytest.mark.django_db
def test_django_finds_nothing_wrong():
    """Here, since workers start without asking (`--skip-checks`)."""
    call_command("check", fail_level="WARNING", stdout=StringIO(), stderr=StringIO())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_parses(path):
    get_template(str(path.relative_to(ROOT / "templates")))


def parts_of(template: Path) -> set[str]:
    return set(re.findall(r"{%\s*partialdef\s+([\w-]+)", template.read_text()))


def test_every_part_that_is_named_exists():
    named = set()
    for path in [*SOURCES, *TEMPLATES]:
        named |= set(re.findall(r"[\"']([\w/.-]+\.html)#([\w-]+)[\"']", path.read_text()))

    missing = [f"{page}#{part}" for page, part in named if part not in parts_of(ROOT / "templates" / page)]

    assert missing == []


def test_no_inline_script_style_or_handler():
    found = [
        f"{path.relative_to(ROOT)}: {hit}"
        for path in TEMPLATES
        for hit in re.findall(
            r"<style|<script(?![^>]*\bsrc=)(?![^>]*type=\"application)|\sstyle=|\son\w+=\"|hx-on", path.read_text()
        )
    ]

    assert found == []


def test_no_room_for_leftovers():
    names = {"utils", "helpers", "common", "core", "misc", "mixins", "managers"}
    tracked = [path for app in [*APPS, "tests", "templates", "static", "loadtests"] for path in (ROOT / app).rglob("*")]

    assert [str(path) for path in tracked if path.stem in names and "__pycache__" not in path.parts] == []


@pytest.mark.parametrize(("files", "most"), [(SOURCES, 300), (TEMPLATES, 150)], ids=["python", "templates"])
def test_files_stay_small(files, most):
    long_for_a_reason = {"luckygas/settings.py", "orders/models/order.py", "templates/style.html"}

    sizes = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in files}

    assert {name: size for name, size in sizes.items() if size > most and name not in long_for_a_reason} == {}


def test_views_stay_short():
    long = []
    for path in SOURCES:
        if "views" not in str(path.relative_to(ROOT)):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.body[0].lineno + 1 > 25:
                long.append(f"{path.relative_to(ROOT)}:{node.name}")

    assert long == []


# --- languages ----------------------------------------------------------------
CALLS = {
    "gettext": None,
    "gettext_lazy": None,
    "_": None,
    "_t": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "gettext_noop": None,
}


def words_in_code():
    """Every (context, words) that the code and templates ask a translation for."""
    for path in SOURCES:
        yield from words(path.read_bytes(), str(path.relative_to(ROOT)))
    for path in TEMPLATES:
        yield from words(templatize(path.read_text(), origin=str(path)).encode(), str(path.relative_to(ROOT)))


def words(source: bytes, origin: str):
    for _line, message, _comments, context in extract("python", BytesIO(source), keywords=CALLS):
        message = message[0] if isinstance(message, tuple) else message
        if message:
            yield (context, message, origin)


def catalogue():
    with (ROOT / "locale/zh_Hant/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file)


def test_everything_is_said_in_chinese_too():
    known = {(entry.context, entry.id[0] if isinstance(entry.id, tuple) else entry.id): entry for entry in catalogue()}

    missing = {
        f"{origin}: {message}"
        for context, message, origin in words_in_code()
        if (context, message) not in known
        or not all(as_tuple(known[context, message].string))
        or known[context, message].fuzzy
    }

    assert missing == set()


def as_tuple(string):
    return string if isinstance(string, tuple) else (string,)


def test_the_catalogue_says_nothing_that_nobody_asks_for():
    asked = {(context, message) for context, message, _origin in words_in_code()}

    extra = [
        entry.id
        for entry in catalogue()
        if entry.id and (entry.context, entry.id[0] if isinstance(entry.id, tuple) else entry.id) not in asked
    ]

    assert extra == []


def test_the_catalogue_fills_in_the_same_places():
    def places(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)[sd]|{\w+}", text))

    wrong = [
        entry.id
        for entry in catalogue()
        if entry.id and any(places(text) - places(str(entry.id)) for text in as_tuple(entry.string))
    ]

    assert wrong == []


def test_no_chinese_is_left_in_templates():
    """A Chinese word in a template is said in English too; documents' own words live in data."""
    found = []
    for path in TEMPLATES:
        text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}|<!--.*?-->", "", path.read_text(), flags=re.DOTALL)
        found += [
            f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
            for line in text.splitlines()
            if re.search(r"[\u4e00-\u9fff]", line)
        ]

    allowed = ("templates/style.html", "templates/components/language.html")

    assert [line for line in found if not line.startswith(allowed)] == []
