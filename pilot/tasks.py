"""Scheduled work of the pilot: each calls one method."""

from celery import shared_task


@shared_task
def look_for_alarms() -> None:
    """Ask every watch what is wrong now."""
    from pilot.models import Alarm

    Alarm.look()
