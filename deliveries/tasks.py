"""Scheduled work of deliveries."""

from celery import shared_task


@shared_task
def apply_stored_events() -> None:
    """Apply what phones sent while the database was too busy, and what waited for the events before it."""
    from deliveries.reporting import events

    events.sweep()
