"""Scheduled work that belongs to no app."""

from celery import shared_task


@shared_task
def forget_sessions() -> None:
    """Delete the sessions that are over."""
    from django.core.management import call_command

    call_command("clearsessions")
