"""The switch that stops new orders, and taking them again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from luckygas.access import allow
from luckygas.errors import Refused
from luckygas.flags import ORDERS_PAUSED
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import MANAGER, OPS
from pilot.forms import PauseForm, ReleaseForm
from pilot.models import Flag, Release
from pilot.status import Switch


@allow(OPS, MANAGER)
def pause(request: HttpRequest) -> HttpResponse:
    """One person stops new orders from web, API and generators; it holds from the next request on."""
    form = PauseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        Flag.pause(by=request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        message = _("New orders are stopped. What is on the trucks goes on.")
        return done(request, reverse("pilot:index"), changed=f"flag {ORDERS_PAUSED}", message=message)
    context = {"switch": Switch.now(), "form": form}
    return show(request, "pilot/pause.html", context, part="pull-form", status=422 if form.is_bound else 200)


@allow(OPS, MANAGER)
def resume(request: HttpRequest) -> HttpResponse:
    """Take orders again: one person asks, another agrees or not."""
    form = ReleaseForm(request.POST if request.POST.get("act") == "ask" else None)
    if request.method == "POST":
        try:
            if message := _release(request, form):
                return done(request, reverse("pilot:index"), changed=f"flag {ORDERS_PAUSED}", message=message)
        except Refused as refused:
            form = form if form.is_bound else ReleaseForm(request.POST)
            form.errors.clear()
            refuse(form, refused)
    context = {"switch": Switch.now(), "form": form}
    return show(request, "pilot/resume.html", context, part="release-form", status=422 if form.is_bound else 200)


def _release(request: HttpRequest, form: ReleaseForm) -> str:
    """Do what was pressed; what to say afterwards, empty when the form has mistakes."""
    user: Any = request.user
    act = request.POST.get("act")
    if act == "ask":
        if not form.is_valid():
            return ""
        Release.ask(by=user, reason=form.cleaned_data["reason"])
        return _("A second person must agree now.")
    waiting = Release.objects.filter(pk=_number(request.POST.get("release"))).first()
    if waiting is None or act not in {"confirm", "refuse"}:
        raise Refused(_("This was decided already, or something changed since."), code="decided")
    if act == "confirm":
        waiting.confirm(by=user)
        return _("Orders are being taken again.")
    waiting.refuse(by=user)
    return _("New orders stay stopped.")


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) <= 18 else 0
