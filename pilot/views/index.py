"""Where the pilot stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from luckygas.access import allow
from luckygas.http import show
from luckygas.models import MANAGER, OPS
from pilot.certificate.assessment import Assessment
from pilot.flags.status import Status
from pilot.forms import PauseForm, ReleaseForm
from pilot.measuring.fortnight import ENOUGH, Fortnight
from pilot.models import Cohort
from pilot.views.pause import etag


@allow(OPS, MANAGER)
def index(request: HttpRequest) -> HttpResponse:
    """Customers by stage, orders by channel and path, flags, the switches, who waits for whom, alarms and the jobs; a
    part of it on request."""
    status, fortnight = Status.now(), Fortnight.until(timezone.localdate())
    context = {
        "status": status,
        "switch": status.switch,
        "etag": etag(request, status.switch),
        "waiting": status.waiting,
        "pause_form": PauseForm(),
        "release_form": ReleaseForm(stopped=status.switch.stopped),
        "fortnight": fortnight,
        "enough": ENOUGH,
        "cohort": Cohort.objects.running().order_by("-started_at").first(),
    }
    return show(request, "pilot/index.html", context, part="status")


@allow(OPS, MANAGER)
def verdict(request: HttpRequest) -> HttpResponse:
    """The certificate's word, which takes its time and comes after the page."""
    context = {"verdict": Assessment.now().verdict}
    return show(request, "pilot/verdict.html", context, part="certificate-link")
