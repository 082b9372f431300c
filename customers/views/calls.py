"""The call list: who must hear something by phone."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.models import Message
from luckygas.access import allow
from luckygas.errors import Refused
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER

PAGE = 50


@allow(DISPATCHER, MANAGER)
def calls(request: HttpRequest) -> HttpResponse:
    """Messages that no SMS can carry, and those that five tries did not: the oldest first."""
    return show(request, "customers/calls.html", _context(request), part="call-list")


def _context(request: HttpRequest, refused: str = "") -> dict:
    found = Message.objects.filter(state__in=["call", "parked"]).select_related("customer").order_by("created_at", "pk")
    return {"page": Paginator(found, PAGE).get_page(request.GET.get("page")), "refused": refused}


@allow(DISPATCHER, MANAGER)
@require_POST
def mark_called(request: HttpRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(Message, pk=pk)
    try:
        message.mark_called(by=request.user)  # type: ignore[arg-type]
    except Refused as refused:
        return show(request, "customers/calls.html", _context(request, str(refused)), part="call-list", status=422)
    return _done(request, _("They know."))


@allow(DISPATCHER, MANAGER)
@require_POST
def retry_message(request: HttpRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(Message, pk=pk)
    try:
        message.retry(by=request.user)  # type: ignore[arg-type]
    except Refused as refused:
        return show(request, "customers/calls.html", _context(request, str(refused)), part="call-list", status=422)
    return _done(request, _("It is sent again."))


def _done(request: HttpRequest, sentence: str) -> HttpResponse:
    context = _context(request)
    here: dict[str, Any] = {"template": "customers/calls.html", "part": "call-list", "context": context}
    return done(request, reverse("customers:calls"), changed="message 0", message=sentence, **here)
