"""What every page of a driver does with a form: it becomes a report, and its answer is said on the next page."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from deliveries.forms.drive import ReportForm
from deliveries.models import DriverEvent, Route, Stop
from deliveries.reporting import events
from luckygas.access import person
from luckygas.http import done
from luckygas.said import spoken


def current(request: HttpRequest) -> Route:
    """The route this driver works on; none is 404."""
    route = Route.objects.current(person(request), on=timezone.localdate())
    if route is None:
        raise Http404
    return route


def tell(request: HttpRequest, form: ReportForm, kind: str, *, stop: Stop | None = None) -> DriverEvent:
    """Report what a valid form says, once for its operation id."""
    return events.tell(
        person(request), session=str(request.session.session_key), event_id=form.cleaned_data["operation_id"],
        kind=kind, body=form.body(), stop=stop,
    )  # fmt: skip


def after(request: HttpRequest, event: DriverEvent, said: str, *, to: str = "drive") -> HttpResponse:
    """Back to the list, with what became of the report."""
    if event.state == DriverEvent.State.REVIEW:
        why = spoken(event.answer)["sentence"]
        messages.warning(request, _("Kept, and the office looks at it: %(why)s") % {"why": why})
        return done(request, reverse(f"deliveries:{to}"))
    if event.state == DriverEvent.State.STORED:
        said = _("Kept. It counts once the reports before it are in.")
    return done(request, reverse(f"deliveries:{to}"), message=said)
