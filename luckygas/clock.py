"""The business day: Asia/Taipei, and the ROC calendar's way to write it."""

import datetime as dt

from django.utils import timezone

ROC_OFFSET = 1911


def business_day(at: dt.datetime | None = None) -> dt.date:
    """The day in Taipei on which `at` (an aware moment, now when absent) falls."""
    return timezone.localdate(at)


def roc_digits(day: dt.date) -> str:
    """`1151124` for 2026-11-24: how slips in Taiwan carry a date."""
    return f"{day.year - ROC_OFFSET:03d}{day:%m%d}"
