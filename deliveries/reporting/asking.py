"""What the phone says it has shown of the office's requests."""

from __future__ import annotations

from deliveries.models import DriverEvent, Request
from deliveries.reporting.day import is_mine, moment_of
from deliveries.reporting.outcome import ABSORBED, APPLIED, Outcome
from deliveries.reporting.reports import LARGEST_ID, whole
from luckygas.errors import Refused
from luckygas.said import Said as _

MOST_NUMBERS = 200


def seen(event: DriverEvent) -> Outcome:
    """The driver saw these numbers of the route: each is carried out, or is too late. Said before is old news."""
    route = event.route
    if route is None or not is_mine(event, route):
        raise Refused(_("A report of a route that is not there any more."), code="unknown_route")
    numbers = event.body.get("numbers")
    said = [whole(number, most=LARGEST_ID) for number in numbers[:MOST_NUMBERS]] if isinstance(numbers, list) else []
    waiting = Request.objects.filter(route=route, number__in=[n for n in said if n], state=Request.State.ASKED)
    found = list(waiting.select_related("order__customer", "stop", "route").order_by("order", "number"))
    for request in found:
        request.see(by=event.user, at=moment_of(event))
    return APPLIED if found else ABSORBED
