"""Reports that a phone could not send, brought by the driver as a file."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from deliveries.forms.take_in import TakeInForm
from deliveries.models import DriverEvent
from deliveries.reporting import devices
from deliveries.reporting.events import take
from luckygas.access import allow, person
from luckygas.http import show
from luckygas.models import DISPATCHER, MANAGER, User

PAGE = "deliveries/take_in.html"


class Taken(NamedTuple):
    """One report of the file: what is stored of it (nothing when it was refused), its state, and why."""

    event: DriverEvent | None
    state: str
    sentence: str


@allow(DISPATCHER, MANAGER)
def take_in(request: HttpRequest) -> HttpResponse:
    """Take a file in. The same file again changes nothing and shows the same."""
    form = TakeInForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return show(request, PAGE, {"form": form}, status=422 if form.is_bound else 200)
    said = form.cleaned_data
    context = {"form": TakeInForm(), "taken": _take_all(said, by=person(request))}
    return show(request, PAGE, context | {"driver": said["driver"], "photos": said["photos"]})


def _take_all(said: dict[str, Any], *, by: User) -> list[Taken]:
    """Each report in the name of who drove, with what became of it; what was new here says who brought it."""
    started = timezone.now()
    device = devices.introduce(said["driver"], said["key"], None)
    answers = [take(raw, device=device) for raw in said["events"]]
    stored = [answer["id"] for answer in answers if answer["state"] != "refused"]
    DriverEvent.objects.filter(pk__in=stored, received_at__gte=started, brought_by=None).update(brought_by=by)
    events = DriverEvent.objects.select_related("stop__route", "stop__site__customer").in_bulk(stored)
    events = {str(pk): event for pk, event in events.items()}
    return [Taken(events.get(each["id"]), each["state"], each.get("sentence", "")) for each in answers]
