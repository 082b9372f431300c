"""New prices are told on the chosen day, by day, and a few at a time: other messages are more urgent."""

from __future__ import annotations

import datetime as dt
import logging

from django.utils import timezone

from luckygas.clock import business_day
from orders.models import PriceChange

logger = logging.getLogger(__name__)

FIRST_HOUR, LAST_HOUR = 9, 20  # when a phone may buzz for something that is not urgent


def announce(at: dt.datetime | None = None) -> int:
    """Write the next messages of each change that is due; answers how many. Rung every minute."""
    at = timezone.localtime(at)
    if not FIRST_HOUR <= at.hour < LAST_HOUR:
        return 0
    due = PriceChange.objects.filter(announced_at=None, withdrawn_on=None, announce_on__lte=business_day(at))
    told = {change.pk: change.announce() for change in due.order_by("pk")}
    for change, count in told.items():
        logger.info("prices_announced change=%s messages=%s", change, count)
    return sum(told.values())
