"""Scheduled work of the pilot: each calls one method."""

from celery import shared_task


@shared_task
def look_for_alarms() -> None:
    """Ask every watch what is wrong now."""
    from pilot.models import Alarm

    Alarm.look()


@shared_task
def look_at_guardrails() -> None:
    """Measure every running cohort, and stop enrolment where a limit is passed."""
    from pilot.measuring.guardrails import look

    look()


@shared_task
def work_on_mass_move(pk: int) -> None:
    from pilot.enrolment.moving import work

    work(pk)


@shared_task
def go_on_with_mass_moves() -> None:
    """Moves whose worker died."""
    from pilot.enrolment.moving import go_on

    go_on()


@shared_task
def forget_minutes() -> None:
    from pilot.measuring.minutes import forget

    forget()
