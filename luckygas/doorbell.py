"""Ringing: telling a worker or a browser that a row is waiting. The row is the record; a lost ring costs seconds.

A dead Redis says so at once; a frozen one holds each ring until its time is up. So one thread of a process rings at a
time, the others do not stand in line behind it, and after a ring that nobody answered the process is quiet for a while.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from celery import Task
from django.db import transaction

from luckygas.metrics import DOORBELLS_UNANSWERED

logger = logging.getLogger(__name__)
PATIENCE_SECONDS = 0.1  # a ring that is answered takes a hundredth of it
QUIET_SECONDS = (2, 5, 10)  # after the first, second … unanswered ring in a row
SLOW_SECONDS = 0.5  # a ring answered later than this makes the process quiet too: one request rings several times


class Bell:
    """This process's way to Redis."""

    def __init__(self) -> None:
        self.in_use = threading.Lock()
        self.unanswered = 0
        self.quiet_until = 0.0

    def is_answered(self, ring: Callable[[], Any]) -> bool:
        """Try one ring; False when nobody answered or nobody could try. Never raises."""
        if not self.is_quiet and self.in_use.acquire(timeout=PATIENCE_SECONDS):
            try:
                if not self.is_quiet and self._try(ring):
                    return True
            finally:
                self.in_use.release()
        DOORBELLS_UNANSWERED.inc()
        return False

    @property
    def is_quiet(self) -> bool:
        return time.monotonic() < self.quiet_until

    def _try(self, ring: Callable[[], Any]) -> bool:
        began = time.monotonic()
        try:
            ring()
        except Exception as error:  # any trouble of the broker at all: the row is committed, the sweep will find it
            self.quiet_until = time.monotonic() + QUIET_SECONDS[min(self.unanswered, len(QUIET_SECONDS) - 1)]
            self.unanswered += 1
            logger.warning("doorbell_unanswered %s", type(error).__name__)
            return False
        self.unanswered = 0
        if time.monotonic() - began > SLOW_SECONDS:
            self.quiet_until = time.monotonic() + QUIET_SECONDS[0]
        return True


bell = Bell()
is_answered = bell.is_answered


def ring(task: Task, pk: int) -> None:
    """Ring a task for one row, once the transaction commits."""
    transaction.on_commit(lambda: is_answered(lambda: task.apply_async(args=[pk], retry=False)))
