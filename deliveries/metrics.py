"""What is counted about deliveries; labels name kinds, never people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from prometheus_client import Counter

from luckygas.metrics import gauge

if TYPE_CHECKING:
    from deliveries.models import DriverEvent

DRIVER_EVENTS_APPLIED = Counter("luckygas_driver_events_applied", "Driver events that took effect.", ["kind"])
DRIVER_EVENTS_REVIEWED = Counter("luckygas_driver_events_reviewed", "Driver events put before the office.", ["kind"])


def count(event: DriverEvent) -> None:
    """Count an event that was finished, once its transaction commits."""
    counter = DRIVER_EVENTS_REVIEWED if event.state == event.State.REVIEW else DRIVER_EVENTS_APPLIED
    kind = event.kind if event.kind in event.Kind.values else "unknown"
    transaction.on_commit(lambda: counter.labels(kind=kind).inc())


@gauge("luckygas_reviews_open", "Differences that wait for a person of the office.")
def open_reviews() -> float:
    from deliveries.models import Review

    return Review.objects.open().count()


@gauge("luckygas_driver_events_stored", "Driver events that are stored and wait to be applied.")
def stored_events() -> float:
    from deliveries.models import DriverEvent

    return DriverEvent.objects.filter(state="stored").count()
