"""In which calendar years are written: what a browser's person chose, else ROC in Chinese and Gregorian in English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.utils.translation import get_language

from luckygas.clock import ROC_OFFSET

ROC, GREGORIAN = "roc", "gregorian"
COOKIE = "calendar"
_chosen: ContextVar[str] = ContextVar("calendar", default="")


@contextmanager
def counting_in(calendar: str) -> Iterator[None]:
    """Write years in this calendar inside the block; an unknown one leaves it to the language."""
    token = _chosen.set(calendar if calendar in {ROC, GREGORIAN} else "")
    try:
        yield
    finally:
        _chosen.reset(token)


def calendar() -> str:
    """The one that counts now."""
    is_chinese = (get_language() or settings.LANGUAGE_CODE).startswith("zh")
    return _chosen.get() or (ROC if is_chinese else GREGORIAN)


def year_of(day: dt.date) -> int:
    """115 or 2026."""
    return day.year - ROC_OFFSET if calendar() == ROC else day.year
