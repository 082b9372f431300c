"""Suspensions: drawn up, looked at, put in force, and taken back."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.models import Message, Suspension
from luckygas.access import allow, person
from luckygas.clock import business_day
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, leave, show
from luckygas.models import DISPATCHER, MANAGER
from orders.calendar import suspending
from orders.calendar.suspension_words import span_text
from orders.forms.calendar import SuspendForm
from orders.models import SuspensionRow

PAGE = 50
Outcome = SuspensionRow.Outcome
RED = Q(outcome=Outcome.REFUSED) | Q(outcome__in=[Outcome.WAITING, Outcome.MOVED, Outcome.SKIPPED]) & (
    Q(is_urgent=True) | Q(day=None, order__isnull=False)
)


@allow(MANAGER)
def suspend(request: HttpRequest) -> HttpResponse:
    """From when until when, where and why; the next page shows whom it touches."""
    tomorrow = business_day() + dt.timedelta(days=1)
    usual: dict[str, Any] = {"from_day": tomorrow, "until_day": tomorrow}
    usual |= {"from_hour": settings.OPENS_AT, "until_hour": settings.CLOSES_AT}
    form = SuspendForm(request.POST or None, initial=usual)
    if form.is_valid():
        try:
            suspension = suspending.draw_up(by=person(request), **form.facts())
            return done(request, suspension.get_absolute_url())
        except Refused as refused:
            refuse(form, refused)
    return show(request, "orders/suspend.html", {"form": form}, part="form", status=422 if form.errors else 200)


@allow(DISPATCHER, MANAGER)
def suspension(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom it touches and when they get theirs instead; while a worker is at it, how far it is."""
    found = get_object_or_404(Suspension.objects.select_related("by", "confirmed_by", "undone_by"), pk=pk)
    return show(request, "orders/suspension.html", _context(request, found), part="rows")


def _context(request: HttpRequest, found: Suspension, refused: str = "") -> dict[str, Any]:
    rows = found.rows.annotate(is_first=RED)
    counts, red = Counter[str](), 0
    for outcome, is_first, count in rows.values_list("outcome", "is_first").annotate(Count("pk")).order_by():
        counts[outcome] += count
        red += is_first * count
    told = Message.objects.filter(cause_kind="suspension", cause_id__startswith=f"{found.pk}:").order_by()
    is_undoing = found.state == Suspension.State.UNDOING
    total = counts.total()
    over = counts["back"] + counts["kept"] + counts["gone"] if is_undoing else total - counts["waiting"]
    shown = rows.select_related("customer", "order", "slot", "standing__site")
    pages = Paginator(shown.order_by("-is_first", "-is_urgent", "was_from", "pk"), PAGE)
    pages.count = total  # counted above
    return {
        "suspension": found,
        "span": span_text(found),
        "areas": list(found.areas.all()),
        "counts": counts,
        "total": total,
        "over": over,
        "share": round(100 * over / total) if total else 0,
        "red": red,
        "told": Counter(dict(told.values_list("state").annotate(Count("pk")))),
        "page": pages.get_page(request.GET.get("page")),
        "refused": refused,
    }


@allow(MANAGER)
@require_POST
def confirm_suspension(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it in force."""
    return _do(request, pk, suspending.confirm)


@allow(MANAGER)
@require_POST
def undo_suspension(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back."""
    return _do(request, pk, suspending.undo)


@allow(MANAGER)
@require_POST
def look_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan a draft anew."""
    return _do(request, pk, lambda found, by: suspending.look_again(found))


def _do(request: HttpRequest, pk: int, verb: Any) -> HttpResponse:
    found = get_object_or_404(Suspension, pk=pk)
    try:
        verb(found, by=person(request))
    except Refused as refused:
        context = _context(request, found, str(refused.sentence))
        return show(request, "orders/suspension.html", context, part="rows", status=422)
    return leave(request, found.get_absolute_url())


@allow(MANAGER)
@require_POST
def discard_suspension(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody wants the draft."""
    found = get_object_or_404(Suspension, pk=pk)
    try:
        found.discard(by=person(request))
    except Refused as refused:
        return done(request, found.get_absolute_url(), message=refused.sentence)
    return done(request, reverse("orders:calendar"), message=_("Thrown away. Nothing was suspended."))
