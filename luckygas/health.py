"""Probes: is the process alive, is each dependency there, and what a person sees when the database is not."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)


def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> JsonResponse:
    """Each dependency by name. Only the database decides 200 or 503: without Redis the site works, so it is named."""
    checks = {"database": _timed(_database), "redis": _timed(_redis), "media": _timed(_media)}
    is_ready = checks["database"]["ok"]
    status = "ready" if all(check["ok"] for check in checks.values()) else "degraded" if is_ready else "not ready"
    return JsonResponse({"status": status, "checks": checks}, status=200 if is_ready else 503)


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


def database_down(request: HttpRequest, error: Exception) -> HttpResponse:
    """503 with what to do; the page needs no database, and forms keep their draft in the browser."""
    logger.error("database_down %s", type(error).__name__)
    connection.close_if_unusable_or_obsolete()
    if request.path.startswith("/api/") or "json" in request.headers.get("accept", ""):
        return JsonResponse({"code": "unavailable"}, status=503, headers={"Retry-After": "10"})
    return render(None, "503.html", {"company": settings.COMPANY}, status=503)
