"""What a driver reports beside the visits: the vehicle, cylinders put aside, another way, the cash, a call for help."""

from __future__ import annotations

from typing import Any

from customers.models import Incident
from deliveries.models import CashDeclared, DriverEvent, Review, Route, Takeover, VehicleCheck
from deliveries.models.shift import MOST_KM, MOST_OF_A_NOTE, NOTES
from deliveries.reporting.aside import put_aside
from deliveries.reporting.day import is_mine, moment_of
from deliveries.reporting.outcome import ABSORBED, APPLIED, Outcome
from deliveries.reporting.reports import whole
from luckygas.errors import Refused
from luckygas.said import Said as _


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
    said = {"driver": event.user, "route": event.route or "–", "place": _place_of(event.body)}
    text = _("%(driver)s needs help. Route %(route)s. %(place)s") % said
    Incident.open(
        kind=Incident.Kind.SOS, text=text, by=event.user, cause=("driver_event", event.pk), at=moment_of(event)
    )  # fmt: skip
    return APPLIED


def _place_of(body: dict[str, Any]) -> str:
    """Where the phone said it is; nothing when it was not asked, or nobody allowed it."""
    try:
        latitude, longitude = float(body["latitude"]), float(body["longitude"])
    except (KeyError, TypeError, ValueError):
        return ""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return ""
    return f"https://www.google.com/maps/search/?api=1&query={latitude:.5f},{longitude:.5f}"


def check(event: DriverEvent) -> Outcome:
    """The vehicle was looked over, and its odometer read; a fault is the office's to decide."""
    route, body = route_of(event), event.body
    km = whole(body.get("odometer_km"), least=0, most=MOST_KM)
    when = str(body.get("when"))
    if km is None or when not in VehicleCheck.When.values:
        raise Refused(_("This report does not say what was checked."), code="malformed")
    faults = body.get("faults")
    row = VehicleCheck.record(
        route, operation_id=event.pk, when=when, odometer_km=km, note=str(body.get("note") or ""),
        faults=[str(part) for part in faults] if isinstance(faults, list) else [], by=event.user, at=moment_of(event),
    )  # fmt: skip
    if row.fault_labels:
        said = {"plate": row.vehicle, "what": row.fault_labels}
        Review.open(Review.Kind.VEHICLE, reason=_("%(plate)s is not in order: %(what)s") % said, route=route)
    return APPLIED


def cash(event: DriverEvent) -> Outcome:
    """What lies in the driver's bag, by notes and coins."""
    route, raw = route_of(event), event.body.get("counts")
    raw = raw if isinstance(raw, dict) else {"?": 0}
    counts = {note: whole(raw.get(str(note), 0), least=0, most=MOST_OF_A_NOTE) for note in NOTES}
    if set(raw) - {str(note) for note in NOTES} or None in counts.values():
        raise Refused(_("Nobody can read what was counted."), code="malformed")
    held = {note: count for note, count in counts.items() if count}
    CashDeclared.record(route, held, operation_id=event.pk, by=event.user, at=moment_of(event))
    return APPLIED


def takeover(event: DriverEvent) -> Outcome:
    """The second driver has the route: says so once."""
    row = Takeover.objects.filter(route=route_of(event), to_driver__user=event.user).last()
    if row is None:
        raise Refused(_("Nobody gave this route to you."), code="not_mine")
    row.take(by=event.user, at=moment_of(event))
    return APPLIED
