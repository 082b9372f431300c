"""A minimum requirement that two people let go for a while."""

from __future__ import annotations

import datetime as dt

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luckygas import live
from luckygas.db import Frozen, Record
from luckygas.errors import Refused
from luckygas.models import OPS, User

LONGEST_DAYS = 30


class Waiver(Record):
    """The only thing about a certificate that people decide: one asked, another agreed, and it ends on a day."""

    criterion = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    until = models.DateField(help_text="the last day on which it holds")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["criterion"], condition=Q(ended_at=None), name="one_open_waiver_a_criterion"
            ),
            models.CheckConstraint(condition=~Q(asked_by=F("agreed_by")), name="two_people_waive"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_waiver_says_why"),
            models.CheckConstraint(
                condition=Q(until__lte=F("agreed_at") + dt.timedelta(days=LONGEST_DAYS + 1)),
                name="a_waiver_ends_soon",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_why="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_why="")),
                name="an_ended_waiver_says_who_and_why",
            ),
        ]
        triggers = [Frozen("criterion", "reason", "until", "asked_by_id", "agreed_by_id", "agreed_at")]

    def __str__(self) -> str:
        return f"{self.criterion} {self.until}"

    def is_in_force(self, at: dt.datetime) -> bool:
        """From the agreement to the end of its last day, unless somebody ended it before."""
        return self.ended_at is None and self.agreed_at <= at and timezone.localdate(at) <= self.until

    @transaction.atomic
    def end(self, *, by: User, reason: str) -> None:
        """Let the requirement hold again, at once. Anybody of operations, alone."""
        if OPS not in by.roles:
            raise Refused(_("Operations ends a waiver."), code="not_ops")
        if not reason.strip():
            raise Refused(_("Write why."), field="reason", code="no_reason")
        self.lock()
        if self.ended_at:
            raise Refused(_("This waiver was ended already."), code="ended")
        self._end(by, reason.strip())

    def replace(self, *, by: User) -> None:
        """Make room for the next one, in the transaction of its agreement."""
        self._end(by, "→")

    def _end(self, by: User, why: str) -> None:
        self.ended_at, self.ended_by, self.ended_why = timezone.now(), by, why
        self.save(update_fields=["ended_at", "ended_by", "ended_why"])
        live.changed("certificate", "waiver")
