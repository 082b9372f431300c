"""Scheduled work of orders: each calls one method."""

import datetime as dt

from celery import shared_task


@shared_task
def open_slots() -> None:
    """Keep two weeks of windows open for every area; days that have them are left alone."""
    from luckygas.clock import business_day
    from orders.models import Slot
    from orders.models.slot import DAYS_AHEAD

    Slot.open_days(until=business_day() + dt.timedelta(days=DAYS_AHEAD))


@shared_task
def make_standing_orders() -> None:
    """Make the orders of standing orders that are due; a second ring finds nothing left."""
    from orders.standing.generator import run

    run()


@shared_task
def announce_prices() -> None:
    """Write the next messages of price changes whose day to be told has come; at night nobody is told."""
    from orders.billing.announcing import announce

    announce()


@shared_task
def work_on_suspension(pk: int) -> None:
    from orders.calendar.suspending import work

    work(pk)


@shared_task
def go_on_with_suspensions() -> None:
    """Suspensions whose worker died, and orders that slipped into one."""
    from orders.calendar.suspending import go_on

    go_on()
