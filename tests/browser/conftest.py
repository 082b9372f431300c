"""Real browsers for the journeys: everybody has a window of their own, and no page may complain on its console."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from playwright.sync_api import BrowserContext, Error, Page, expect

from luckygas.middleware import ProbeMiddleware
from luckygas.models import User
from tests.browser.axe import violations
from tests.browser.driving import Line
from tests.ensure_chromium import installed

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the thread of the test

HERE = Path(__file__).parent
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
# A clock that a test has set stands still for the page's timers and frames, but not for these two.
PAINTED = """() => new Promise((done, fail) => {
  new PerformanceObserver(() => done()).observe({ type: "paint", buffered: true });
  AbortSignal.timeout(15_000).onabort = () => fail(Error("nothing was painted"));
})"""
ARGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
# A refusal (4xx) or a pause (503) that the journey asks for, a poll that was under way when its page left, and a
# request that a newer one of its element replaced (htmx logs both as errors); everything else fails the test.
EXPECTED = (
    "Failed to load resource",
    "Response Status Error Code 4",
    "Response Status Error Code 503",
    "htmx:sendError",
    "htmx:sendAbort",
    "htmx:afterRequest",
)


expect.set_options(timeout=15_000)  # two workers and their browsers share two cores


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return browser_type_launch_args | {"executable_path": installed(), "args": ARGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"locale": "zh-TW", "timezone_id": "Asia/Taipei", "viewport": PHONE}


@pytest.fixture(scope="session")
def collected(tmp_path_factory) -> dict[str, Any]:
    """The settings that serve scripts and styles as production does: a dozen files a page, and not eighty.

    The first worker collects and compresses them, and the others use what it made.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "static"
    storages = django_settings.STORAGES | {"staticfiles": {"BACKEND": "luckygas.storage.ManifestStaticFiles"}}
    plain = {"WHITENOISE_SKIP_COMPRESS_EXTENSIONS": ["css", "js", "svg"]}  # the live server sends nothing compressed
    with (shared / "static.lock").open("w") as lock, override_settings(STATIC_ROOT=folder, STORAGES=storages, **plain):
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "staticfiles.json").exists():  # is written last
            call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin"])
    finders = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    return {"STATIC_ROOT": folder, "STORAGES": storages, "STATICFILES_DIRS": [folder], "STATICFILES_FINDERS": finders}


@pytest.fixture(autouse=True)
def _as_production_serves(collected, settings, monkeypatch):
    for name, value in collected.items():
        setattr(settings, name, value)
    serve = StaticFilesHandler.serve

    def serve_for_good(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponse:
        answer = serve(handler, request)
        answer["Cache-Control"] = "max-age=315360000, public, immutable"  # their names change with what is in them
        return answer

    monkeypatch.setattr(StaticFilesHandler, "serve", serve_for_good)


@pytest.fixture(autouse=True)
def _fresh_limits(transactional_db, settings):
    """Sign-in limits are counted in the database's cache, which a flush leaves alone; and no live process runs."""
    settings.LIVE_PORT = settings.LIVE_URL = ""
    cache.clear()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What any window wrote to its console as an error; the journey must leave it empty."""
    heard: list[str] = []
    yield heard
    assert heard == []


def type_when_seen(page: Page) -> None:
    """Who presses a key has seen the page: one that comes before its scripts is for nobody, and before the first
    paint Chromium drops it."""
    keyboard = page.keyboard

    def is_seen() -> bool:
        page.wait_for_load_state()
        try:
            page.evaluate(PAINTED)
        except Error as error:
            if "navigation" in str(error):
                return False  # it was just leaving: the next one is looked at
            raise
        return True

    def when_seen(send: Callable[..., None]) -> Callable[..., None]:
        def wait_and_send(*given: Any, **more: Any) -> None:
            while not is_seen():
                pass
            send(*given, **more)

        return wait_and_send

    for name in ("press", "type"):
        setattr(keyboard, name, when_seen(getattr(keyboard, name)))


@pytest.fixture
def window(live_server, browser, browser_context_args, complaints) -> Iterator[Callable[..., Page]]:
    """A stranger's browser window: `window()`, `window(DESK)`, `window(locale="en-US")`."""

    contexts: list[BrowserContext] = []

    def open_window(viewport: dict[str, int] = PHONE, **more) -> Page:
        # The driver's worker answers in the server's place: only who is without signal (driving.py) takes it along.
        wanted = {"base_url": live_server.url, "viewport": viewport, "service_workers": "block"}
        context = browser.new_context(**browser_context_args | wanted | more)
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        type_when_seen(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                complaints.append(f"{page.url}: {said.text}")
                if said.type == "error" and not said.text.startswith(EXPECTED)
                else None
            ),
        )
        return page

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def page_for(window, live_server) -> Callable[..., Page]:
    """Somebody's window, already signed in: `page_for(person)`, `page_for(dispatcher, DESK)`."""

    def open_for(person: User, viewport: dict[str, int] = PHONE, **more) -> Page:
        client = Client()
        client.force_login(person)
        name = django_settings.SESSION_COOKIE_NAME
        page = window(viewport, **more)
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return page

    return open_for


@pytest.fixture
def line(monkeypatch) -> Iterator[None]:
    """A phone that `signal` can take the line from."""
    answer = ProbeMiddleware.__call__
    nothing = HttpResponse(status=503)
    monkeypatch.setattr(
        ProbeMiddleware, "__call__", lambda self, request: nothing if Line.is_cut else answer(self, request)
    )
    yield
    Line.is_cut = False


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)`: nothing on this page keeps anybody out."""

    def check(page: Page) -> None:
        assert violations(page) == []

    return check
