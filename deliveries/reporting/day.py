"""A driver's day as reported: leaving, arriving, a visit that failed, and the end."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from customers.models import Incident
from deliveries.models import DriverEvent, Route, Stop
from deliveries.reporting.aside import put_aside
from deliveries.reporting.outcome import ABSORBED, APPLIED, WAITS, Outcome
from deliveries.reporting.reports import loaded
from luckygas.errors import Refused
from luckygas.said import Said as _
from orders.handover import Handed
from orders.models import Order

OLDEST = dt.timedelta(days=30)  # a device's clock that is further off than this says nothing


def moment_of(event: DriverEvent) -> dt.datetime:
    """When it happened by the server's clock: the device's time less what its clock is ahead; never in the future."""
    at = event.happened_at - dt.timedelta(seconds=event.device.clock_offset_seconds)
    return event.received_at if abs(event.received_at - at) > OLDEST else min(at, event.received_at)


def is_mine(event: DriverEvent, route: Route) -> bool:
    return route.driver.user_id == event.user_id


def leave_first(event: DriverEvent) -> None:
    """Whoever stands at a door has left the depot: a route still there departs, in a transaction of its own.

    Of its own, since departing locks every order of the route, and the event then locks a customer before its order.
    """
    route = event.route
    if event.state != DriverEvent.State.STORED or event.kind in {"depart", "close"} or not event.stop_id:
        return
    if route and route.state == Route.State.PUBLISHED and is_mine(event, route):
        _leave(event, route, None)


@transaction.atomic
def _leave(event: DriverEvent, route: Route, load: list[Handed] | None) -> None:
    on_board = None if load is None else {item.product: item.delivered for item in load}
    tagged = {item.product: item.tagged for item in load or ()}
    try:
        with transaction.atomic():
            route.depart(by=event.user, at=moment_of(event), on_board=on_board, tagged=tagged)
    except Refused as refused:
        if refused.code != "illegal_move":  # it left in the meantime
            raise


def depart(event: DriverEvent) -> Outcome:
    """The truck leaves with what was loaded on it; as planned when the report does not say."""
    route = _route(event)
    if route.has_left:
        return ABSORBED
    put_aside(event, route, at=moment_of(event))
    _leave(event, route, loaded(event.body.get("loaded")))
    route.refresh_from_db()
    if not route.has_left:
        return Outcome(code="not_published", reason=_("Route %(code)s left before it was published.") % {"code": route})
    return APPLIED


def close(event: DriverEvent) -> Outcome:
    """The day is over. It waits while reports of its stops are still on their way."""
    route = _route(event)
    if route.state == Route.State.CLOSED:
        return ABSORBED
    try:
        with transaction.atomic():
            route.close(by=event.user, at=moment_of(event))
    except Refused as refused:
        if refused.code == "open_stops":
            return WAITS
        raise
    return APPLIED


def arrive(event: DriverEvent) -> Outcome:
    """The driver stands at the door; old news when the visit is over already."""
    stop = _stop(event)
    stop.lock()  # the same phone's handover may be under way in another request
    if stop.is_finished:
        return ABSORBED
    stop.arrive(by=event.user, at=moment_of(event))
    return APPLIED


def fail(event: DriverEvent) -> Outcome:
    """Nothing was handed over. A leak also opens an incident, which stays red until somebody closed it."""
    reason = str(event.body.get("reason") or "")
    if reason == Stop.Reason.LEAK and event.stop:
        open_leak(event, event.stop.site.customer, event.stop)  # first of all: whatever else is wrong with the report
    try:
        stop = _stop(event)
    except Refused as refused:
        return Outcome(refused.code, refused.sentence, stop=event.stop)
    stop.site.customer.lock()
    if stop.order:
        stop.order.lock()
    Route.objects.get(pk=stop.route_id).lock()
    stop.lock()
    if stop.is_finished:
        if (stop.state, stop.fail_reason) == (Stop.State.FAILED, reason):
            return ABSORBED
        said = {"number": stop.position, "state": Stop.State(stop.state).label}
        return Outcome("finished", _("Reported as failed, but stop %(number)s is %(state)s.") % said, stop=stop)
    if note := str(event.body.get("note") or "").strip():
        stop.note = note[:200]
        stop.save(update_fields=["note"])
    next_step = str(event.body.get("next_step"))
    stop.fail(
        by=event.user,
        reason=reason if reason in Stop.Reason.values else Stop.Reason.OTHER,
        next_step=next_step if next_step in Stop.NextStep.values else Stop.NextStep.CALL,
        at=moment_of(event),
    )
    if stop.order and stop.order.state not in {Order.State.CONFIRMED, Order.State.CANCELLED}:
        said = {"number": stop.order.number, "state": Order.State(stop.order.state).label}
        return Outcome("not_out", _("Reported as failed, but order %(number)s is %(state)s.") % said, stop=stop)
    return APPLIED


def open_leak(event: DriverEvent, customer, stop: Stop | None) -> None:  # noqa: ANN001  (Customer)
    """A leak at a customer's, once for its report."""
    Incident.open(
        kind=Incident.Kind.LEAK,
        text=str(event.body.get("note") or "")[:400] or _("The driver found a leak."),
        by=event.user,
        customer=customer,
        site=stop.site if stop else None,
        cause=("driver_event", event.pk),
        at=moment_of(event),
    )


def _stop(event: DriverEvent) -> Stop:
    """The event's stop, when it is this driver's; nothing was handed over, so otherwise only the office looks."""
    if event.stop is None:
        raise Refused(_("A report of a stop that is not there any more."), code="unknown_stop")
    if not is_mine(event, event.stop.route):
        raise Refused(
            _("A report of a stop on %(driver)s's route.") % {"driver": event.stop.route.driver}, code="not_mine"
        )
    return event.stop


def _route(event: DriverEvent) -> Route:
    if event.route is None:
        raise Refused(_("A report of a route that is not there any more."), code="unknown_route")
    if not is_mine(event, event.route):
        raise Refused(_("A report of %(driver)s's route.") % {"driver": event.route.driver}, code="not_mine")
    return event.route
