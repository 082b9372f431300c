"""Scheduled work of deliveries."""

from celery import shared_task


@shared_task
def apply_stored_events() -> None:
    """Apply what phones sent while the database was too busy, and what waited for the events before it."""
    from deliveries.reporting import events

    events.sweep()


@shared_task
def look_for_gaps() -> None:
    """Put reports that never came before the office."""
    from deliveries.reporting import devices

    devices.sweep()


@shared_task
def forget_places_and_parts() -> None:
    """Positions and unfinished photos are kept for a week."""
    from deliveries.models import Position
    from deliveries.reporting import parts

    Position.forget()
    parts.forget()
