"""After a visit: a report put right until the route closes, money by itself, and what the office asks as seen."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deliveries.forms.amend import PayForm, SeenForm, amend_form
from deliveries.models import DriverEvent, Stop
from deliveries.views.telling import after, current, tell
from luckygas.access import allow, note_read, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import show
from luckygas.models import DRIVER

Kind = DriverEvent.Kind


def _visit(request: HttpRequest, pk: int) -> Stop:
    return get_object_or_404(Stop.objects.of_driver(person(request)).for_visit(), pk=pk)


@allow(DRIVER)
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    """It was otherwise than reported: the same form, filled in with what was said, and why."""
    visit = _visit(request, pk)
    form = amend_form(visit, *([request.POST, request.FILES] if request.method == "POST" else []))
    if form.is_valid():
        try:
            event = tell(request, form, Kind.AMEND, stop=visit)
            return after(request, event, _("Stop %(number)s is put right.") % {"number": visit.position})
        except Refused as refused:
            refuse(form, refused)
    context = {"stop": visit, "form": form, "what": _what(visit)}
    return show(request, "deliveries/amend.html", context, status=422 if form.is_bound else 200)


def _what(visit: Stop) -> str:
    """Which report it is about."""
    if visit.state == Stop.State.FAILED:
        return Kind.FAIL
    return Kind.DELIVER if visit.kind == Stop.Kind.DELIVER else Kind.COLLECT


@allow(DRIVER)
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """Money by itself, at a stop that is done or one that is owed."""
    visit = _visit(request, pk)
    form = PayForm(request.POST or None, stop=visit)
    if request.method == "POST" and form.is_valid():
        try:
            event = tell(request, form, Kind.PAY, stop=visit)
            return after(request, event, _("Written down: money at stop %(number)s.") % {"number": visit.position})
        except Refused as refused:
            refuse(form, refused)
    if request.method != "POST":
        note_read(request, "customer", visit.site.customer_id)
    status = 422 if form.is_bound else 200
    return show(request, "deliveries/pay.html", {"stop": visit, "form": form}, status=status)


@allow(DRIVER)
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """The driver has read what the office asks: from now on it counts."""
    form = SeenForm(request.POST, route=current(request))
    if not form.is_valid():
        raise Http404
    return after(request, tell(request, form, Kind.SEEN), _("The office knows that you have seen it."))
