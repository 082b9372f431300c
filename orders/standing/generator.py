"""Makes the orders of standing orders: what a ring of the scheduler means is decided by rows, so it may ring at will.

A run writes down the days that are due and makes their orders one by one, each in its own transaction. Killed, it
leaves the rest due for the next run; doubled, the second finds each day settled; after an outage, the days that were
missed are due like any other.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter

from django.conf import settings
from django.db import connection
from django.utils import timezone

from luckygas.clock import business_day
from luckygas.flags import STANDING, decide
from orders.models import StandingDay

logger = logging.getLogger(__name__)


def horizon(at: dt.datetime) -> dt.date:
    """The last day whose orders are made now: tomorrow in the evening, today before it (or further, as set)."""
    days = settings.STANDING_DAYS_AHEAD - (timezone.localtime(at).hour < settings.STANDING_HOUR)
    return business_day(at) + dt.timedelta(days=days)


def run(at: dt.datetime | None = None) -> Counter[str]:
    """One run; how many days ended in which state. While these orders are stopped they are written down and stay due.

    Each day is decided on its own: a run may be long, and a switch holds from the next order on.
    """
    at = at or timezone.now()
    StandingDay.write_due(until=horizon(at), today=business_day(at))
    settled: Counter[str] = Counter()
    for day in StandingDay.objects.due().filter(on__lte=horizon(at)).select_related("standing__site__customer"):
        decision = decide(customer=day.standing.site.customer, at=at)
        if decision.stops(STANDING):
            break
        try:
            day.make(decision=decision, at=at)
        except Exception:
            if not connection.is_usable():
                raise  # the database is away: the next ring goes on
            logger.exception("standing_day_failed day=%s", day.pk)  # it stays due, and does not stop the others
            continue
        settled[day.state] += 1
    return settled
