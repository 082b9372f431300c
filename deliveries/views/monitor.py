"""The day at a glance, live."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import condition, require_GET

from deliveries.watch.today import WEEK, Today, version
from luckygas.access import allow
from luckygas.calendars import calendar
from luckygas.http import show
from luckygas.models import DISPATCHER, MANAGER, OPS


def etag(request: HttpRequest) -> str:
    """What the page would show, as one word; read before the page."""
    request.monitor_etag = f'"{version(timezone.now())}-{get_language()}-{calendar()}-{request.user.pk}"'  # type: ignore[attr-defined]
    return request.monitor_etag  # type: ignore[attr-defined]


@allow(DISPATCHER, MANAGER, OPS)
@require_GET
@condition(etag_func=etag)
def monitor(request: HttpRequest) -> HttpResponse:
    """The page; its polls are answered 304 by one query while nothing changed."""
    at = timezone.now()
    last_week = timezone.localdate(at) - WEEK
    context = {"today": Today.at_a_glance(at), "last_week": last_week, "etag": request.monitor_etag}  # type: ignore[attr-defined]
    return show(request, "deliveries/monitor.html", context, part="today")
