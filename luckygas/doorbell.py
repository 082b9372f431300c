"""Ringing: telling a worker or a browser that a row is waiting. The row is the record; a lost ring costs seconds."""

import logging
import time
from typing import Any

from celery import Task
from django.db import transaction

from luckygas.metrics import DOORBELLS_UNANSWERED

logger = logging.getLogger(__name__)
QUIET_SECONDS = 5  # after an unanswered ring this process does not try again for so long: a frozen Redis blocks
_quiet_until = 0.0


def is_answered(ring: Any) -> bool:
    """Try one ring; False when nobody answered. Never raises, and never blocks twice in QUIET_SECONDS."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        DOORBELLS_UNANSWERED.inc()
        return False
    try:
        ring()
    except Exception as error:  # any broker trouble at all: the row is committed, the sweep will find it
        _quiet_until = time.monotonic() + QUIET_SECONDS
        DOORBELLS_UNANSWERED.inc()
        logger.warning("doorbell_unanswered %s", type(error).__name__)
        return False
    return True


def ring(task: Task, pk: int) -> None:
    """Ring a task for one row, once the transaction commits."""
    transaction.on_commit(lambda: is_answered(lambda: task.apply_async(args=[pk], retry=False)))
