"""Where a truck is, told by its driver's phone while it is on the road."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from deliveries.forms.position import PositionForm
from deliveries.models import Position, Route
from luckygas import flags
from luckygas.access import allow, person
from luckygas.models import DRIVER, User


def shares(user: User, route: Route | None) -> bool:
    """Whether this driver's phone may tell its place now: on the road, and not switched off."""
    return bool(route and route.is_departed and flags.decide(user=user)[flags.DRIVER_POSITION])


@allow(DRIVER)
@require_POST
def positions(request: HttpRequest) -> HttpResponse:
    """204 whether it was written down or not: a phone asks nothing about it, and off shift nothing is kept."""
    form = PositionForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    route = Route.objects.current(person(request), on=timezone.localdate())
    if route and shares(person(request), route):
        Position.share(route, **form.cleaned_data)
    return HttpResponse(status=204)
