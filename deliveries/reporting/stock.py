"""What a driver reports beside the visits: cylinders put aside, another order of the stops, a call for help."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from customers.models import Incident
from deliveries.models import DriverEvent, Route
from deliveries.reporting.aside import put_aside
from deliveries.reporting.day import is_mine, moment_of
from deliveries.reporting.outcome import ABSORBED, APPLIED, Outcome
from luckygas.errors import Refused


def route_of(event: DriverEvent) -> Route:
    """The route this driver reports of; somebody else's only the office looks at."""
    if event.route is None:
        raise Refused(_("A report of a route that is not there any more."), code="unknown_route")
    if not is_mine(event, event.route):
        raise Refused(_("A report of %(driver)s's route.") % {"driver": event.route.driver}, code="not_mine")
    return event.route


def quarantine(event: DriverEvent) -> Outcome:
    """Cylinders on the vehicle that may not be handed over: aside until it is back."""
    route = route_of(event)
    route.lock()
    put_aside(event, route, at=moment_of(event))
    return APPLIED


def reorder(event: DriverEvent) -> Outcome:
    """The driver asks for a shorter way through what is left, from where the last visit was."""
    route = route_of(event)
    if route.state == Route.State.CLOSED:
        return ABSORBED
    route.shorten(by=event.user)
    return APPLIED


def sos(event: DriverEvent) -> Outcome:
    """The driver needs help, now: an incident that stays red until somebody closed it, with the place if known."""
    said = {"driver": event.user, "route": event.route or "–"}
    text = [_("%(driver)s needs help. Route %(route)s.") % said, *_place_of(event.body)]
    Incident.open(
        kind=Incident.Kind.SOS, text=" ".join(text)[:400], by=event.user, cause=("driver_event", event.pk),
        at=moment_of(event),
    )  # fmt: skip
    return APPLIED


def _place_of(body: dict[str, Any]) -> list[str]:
    """Where the phone said it is; nothing when it was not asked, or nobody allowed it."""
    try:
        latitude, longitude = float(body["latitude"]), float(body["longitude"])
    except (KeyError, TypeError, ValueError):
        return []
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return []
    return [f"https://www.google.com/maps/search/?api=1&query={latitude:.5f},{longitude:.5f}"]
