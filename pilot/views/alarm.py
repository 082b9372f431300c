"""What is wrong now, as a plate in the bar of everybody who can do something about it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from luckygas.access import allow
from luckygas.http import show
from luckygas.models import MANAGER, OPS
from pilot.models import Alarm


@allow(OPS, MANAGER)
def alarms(request: HttpRequest) -> HttpResponse:
    """What is open, and what ended lately; its part is the plate."""
    context = {"open_alarms": Alarm.open(), "ended": Alarm.objects.exclude(ended_at=None).order_by("-ended_at")[:30]}
    return show(request, "pilot/alarms.html", context, part="alarm-plate")
