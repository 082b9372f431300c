"""Cylinders that a driver put aside, as a report of any kind says it: they go into the vehicle's quarantine."""

from __future__ import annotations

import datetime as dt

from deliveries import loading
from deliveries.models import DriverEvent, Route
from deliveries.reporting.reports import asides


def put_aside(event: DriverEvent, route: Route, *, at: dt.datetime) -> None:
    """Move each of them once, whatever becomes of the rest of the report."""
    for product, tagged in asides(event.body).items():
        cause = ("driver_event", event.pk)
        loading.put_aside(route, product, tagged, cause=cause, by=event.user, at=at)
