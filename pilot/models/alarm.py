"""What is wrong now and somebody of ops should look at."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from luckygas import live
from luckygas.db import Record
from luckygas.said import Said, SaidField

logger = logging.getLogger(__name__)
Watch = Callable[[], dict[str, Said]]

WATCHES: dict[str, Watch] = {}


def watch(kind: str) -> Callable[[Watch], Watch]:
    """Register a function that says what is wrong now: `{subject: sentence}`, empty when all is well."""

    def register(ask: Watch) -> Watch:
        WATCHES[kind] = ask
        return ask

    return register


class Alarm(Record):
    """Something is wrong: opened when a watch first says so, ended when it no longer does."""

    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=100)
    said = SaidField()
    since = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(ended_at=None), name="one_open_alarm_a_subject"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("since")), name="an_alarm_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @classmethod
    def open(cls) -> models.QuerySet[Alarm]:
        """What is wrong now, oldest first."""
        return cls.objects.filter(ended_at=None).order_by("since", "pk")

    @classmethod
    def look(cls) -> None:
        """Ask every watch; open, say anew and end rows. A watch that fails ends nothing and stops no other."""
        for kind, ask in WATCHES.items():
            try:
                with transaction.atomic():
                    cls._settle(kind, ask())
            except Exception:
                logger.exception("alarm_watch_failed %s", kind)

    @classmethod
    def _settle(cls, kind: str, wrong: dict[str, Said]) -> None:
        """Two that look at once write the same: an open row is one by its constraint, an end is written once."""
        known = {row.subject: row for row in cls.open().filter(kind=kind)}
        gone = cls.open().filter(kind=kind).exclude(subject__in=wrong).update(ended_at=timezone.now())
        opened = 0
        for subject, said in wrong.items():
            if subject not in known:
                row = cls(kind=kind, subject=subject, said=said)
                opened += bool(cls._open(row))
            elif known[subject].said != said:
                cls.open().filter(pk=known[subject].pk).update(said=said)
        if gone or opened:
            live.changed("alarm", kind)

    @classmethod
    def _open(cls, row: Alarm) -> bool:
        """Write a new one, with a line in the log that makes noise; False when another looker was faster."""
        Alarm.objects.bulk_create([row], ignore_conflicts=True)
        if not cls.open().filter(kind=row.kind, subject=row.subject, since=row.since).exists():
            return False
        transaction.on_commit(lambda: logger.error("alarm_opened %s %s", row.kind, row.subject))
        return True
