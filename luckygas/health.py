"""Probes: is the process alive, is each dependency there, and what a person sees when the database is not."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)
HEARD = "worker_heard_at"
SILENT_SECONDS = 60
AGAIN = {"Retry-After": "10", "Cache-Control": "no-store"}


def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> JsonResponse:
    """Each dependency by name. Only the database decides 200 or 503: without the others orders are still taken."""
    checks = {"database": _timed(_database)}
    is_ready = bool(checks["database"]["ok"])
    # Without the database nobody knows when a worker was last heard, and the probe would wait for it twice.
    checks |= {"workers": _timed(_workers) if is_ready else {"ok": False, "error": "unknown"}}
    checks |= {"redis": _timed(_redis), "media": _timed(_media)}
    status = "ready" if all(check["ok"] for check in checks.values()) else "degraded" if is_ready else "not ready"
    return JsonResponse({"status": status, "checks": checks}, status=200 if is_ready else 503)


def note_worker() -> None:
    """A worker took a ring of beat just now."""
    cache.set(HEARD, time.time(), timeout=None)


def silent_seconds() -> float | None:
    """How long no worker has been heard; None when none ever was."""
    heard: float | None = cache.get(HEARD)
    return None if heard is None else max(time.time() - heard, 0.0)


def are_jobs_delayed() -> bool:
    """Whether messages and scheduled work wait: no worker was heard for a minute."""
    silent = silent_seconds()
    return silent is None or silent > SILENT_SECONDS


class JobsDelayed(Exception):
    """No worker was heard for a while."""


def _workers() -> None:
    if are_jobs_delayed():
        raise JobsDelayed


def _timed(check: Callable[[], None]) -> dict[str, object]:
    started = time.monotonic()
    try:
        check()
    except Exception as error:  # a probe names whatever is wrong and never fails itself
        return {"ok": False, "error": type(error).__name__}
    return {"ok": True, "ms": round((time.monotonic() - started) * 1000, 1)}


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _redis() -> None:
    client = Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))
    try:
        client.ping()
    finally:
        client.close()


def _media() -> None:
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    probe = settings.MEDIA_ROOT / ".probe"
    probe.write_text("")
    probe.unlink(missing_ok=True)


def database_down(request: HttpRequest, error: BaseException) -> HttpResponse:
    """503 with what to do; the page needs no database, and forms keep their draft in the browser."""
    from luckygas.frames import PLAIN  # brings the models, which are not there yet when Celery reads this file

    logger.error("database_down %s", type(error).__name__)
    with contextlib.suppress(DatabaseError):
        connection.close_if_unusable_or_obsolete()
    if request.path.startswith("/api/") or "json" in request.headers.get("accept", ""):
        return JsonResponse({"code": "unavailable"}, status=503, headers=AGAIN)
    return HttpResponse(render_to_string("503.html", {"app": PLAIN}, request), status=503, headers=AGAIN)
