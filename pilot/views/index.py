"""Where the pilot stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from luckygas.access import allow
from luckygas.http import show
from luckygas.models import MANAGER, OPS
from pilot.forms import PauseForm, ReleaseForm
from pilot.fortnight import ENOUGH, Fortnight
from pilot.status import Status, Switch


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


def _switch_form(switch: Switch) -> PauseForm | ReleaseForm:
    return ReleaseForm() if switch.is_pulled else PauseForm()
