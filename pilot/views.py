"""The pilot's pages: where it stands, its flags, and the switch that stops new orders."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from luckygas.access import allow
from luckygas.errors import Refused
from luckygas.flags import FLAGS, ORDERS_PAUSED
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import MANAGER, OPS
from pilot.audience import audiences
from pilot.forms import FlagForm, PauseForm, ReleaseForm
from pilot.fortnight import ENOUGH, Fortnight
from pilot.models import Flag, FlagChange, Release
from pilot.status import Status, Switch

NEWEST = 50


@allow(OPS, MANAGER)
def index(request: HttpRequest) -> HttpResponse:
    """Customers by stage, orders by channel and path, flags, the switch and the jobs; a part of it on request."""
    status, fortnight = Status.now(), Fortnight.until(timezone.localdate())
    context = {
        "status": status,
        "switch": status.switch,
        "form": _switch_form(status.switch),
        "fortnight": fortnight,
        "enough": ENOUGH,
    }
    return show(request, "pilot/index.html", context, part="status")


@allow(OPS, MANAGER)
def flags(request: HttpRequest) -> HttpResponse:
    """Every flag, and what was changed last."""
    changes = FlagChange.objects.select_related("by").order_by("-pk")[:NEWEST]
    return show(request, "pilot/flags.html", {"flags": audiences(), "changes": changes}, part="flag-table")


@allow(OPS, MANAGER)
def change_flag(request: HttpRequest, name: str) -> HttpResponse:
    """Give a flag to others, with the reason. The kill switch has a page of its own."""
    if name not in FLAGS or name == ORDERS_PAUSED:
        raise Http404
    flag = Flag.objects.filter(name=name).first()
    form = FlagForm(request.POST) if request.method == "POST" else FlagForm.filled(flag, seen=FlagChange.newest(name))
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            user: Any = request.user
            Flag.change(name, by=user, reason=data["reason"], seen=data["seen"], **form.values())
            return done(request, reverse("pilot:flags"), changed=f"flag {name}", message=_("%s is changed.") % name)
        except Refused as refused:
            refuse(form, refused)
    changes = FlagChange.objects.filter(flag=name).select_related("by").order_by("-pk")[:NEWEST]
    context = {"name": name, "meaning": _(FLAGS[name]), "form": form, "changes": changes}
    return show(request, "pilot/change_flag.html", context, part="form", status=422 if form.is_bound else 200)


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


def _switch_form(switch: Switch) -> PauseForm | ReleaseForm:
    return ReleaseForm() if switch.is_pulled else PauseForm()
