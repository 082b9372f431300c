"""The switches that stop new orders, and taking them again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from luckygas.access import allow, person
from luckygas.calendars import calendar
from luckygas.errors import Refused
from luckygas.flags import ORDERS_PAUSED
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import MANAGER, OPS
from pilot.flags import switches
from pilot.flags.status import Switch
from pilot.forms import PauseForm, ReleaseForm
from pilot.models import Flag


def etag(request: HttpRequest, switch: Switch) -> str:
    """What the switches show, as one word: those that are pulled, the language, the calendar and the reader."""
    return f'"{switch.version}-{get_language()}-{calendar()}-{request.user.pk}"'


@allow(OPS, MANAGER)
def pause(request: HttpRequest) -> HttpResponse:
    """One person stops new orders by these channels; it holds from the next request on. Polls are answered 304."""
    form, switch = PauseForm(request.POST or None), Switch.now()
    if request.method == "POST" and form.is_valid():
        Flag.pause(by=person(request), reason=form.cleaned_data["reason"], channels=form.chosen())
        message = _("New orders are stopped: %(channels)s.") % {"channels": switches.said(form.chosen())}
        return done(request, reverse("pilot:index"), changed=f"flag {ORDERS_PAUSED}", message=message)
    tag = etag(request, switch)
    context = {"switch": switch, "etag": tag, "pause_form": form, "release_form": ReleaseForm(stopped=switch.stopped)}
    if form.is_bound:
        return show(request, "pilot/pause.html", context, part="pull-form", status=422)
    return get_conditional_response(request, etag=tag) or show(request, "pilot/pause.html", context, part="switches")


@allow(OPS, MANAGER)
def resume(request: HttpRequest) -> HttpResponse:
    """Ask that orders are taken again; another person agrees or not where all such requests wait."""
    switch = Switch.now()
    form = ReleaseForm(request.POST or None, stopped=switch.stopped)
    if request.method == "POST" and form.is_valid():
        try:
            switches.ask_release(form.chosen(), by=person(request), reason=form.cleaned_data["reason"])
            message = _("A second person must agree now.")
            return done(request, reverse("pilot:index"), changed=f"flag {ORDERS_PAUSED}", message=message)
        except Refused as refused:
            refuse(form, refused)
    context = {"switch": switch, "release_form": form}
    return show(request, "pilot/resume.html", context, part="release-form", status=422 if form.is_bound else 200)
