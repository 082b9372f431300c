"""Certificates as they were issued, and when the next review is."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luckygas import live
from luckygas.db import AppendOnly
from luckygas.errors import Refused
from luckygas.models import User

COUNTER = 6_001_123  # the advisory lock under which a day's certificates are counted


class Certificate(models.Model):
    """One issued verdict with everything it was drawn from. The living page stores nothing; issuing stores this."""

    class Verdict(models.TextChoices):
        GO = "GO", _("may go live")
        NO_GO = "NO-GO", _("may not go live")

    day = models.DateField()
    sequence = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=14, unique=True, help_text="1151123-03: the day of the ROC calendar, counted")
    issued_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=5, choices=Verdict)
    revision = models.CharField(max_length=40, blank=True)
    evidence = ArrayField(models.BigIntegerField(), default=list, blank=True)
    digest = models.CharField(max_length=64)
    facts = models.JSONField()
    operation_id = models.UUIDField(unique=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["day", "sequence"], name="a_certificate_number_once_a_day"),
            models.CheckConstraint(condition=Q(verdict__in=["GO", "NO-GO"]), name="a_certificate_says_go_or_no_go"),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.number} {self.verdict}"

    @classmethod
    @transaction.atomic
    def issue(cls, facts: dict[str, Any], *, by: User, operation_id: uuid.UUID) -> Certificate:
        """Number and keep what was found just now; the same operation id answers the first one again."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [COUNTER])
        if known := cls.objects.filter(operation_id=operation_id).first():
            return known
        issued_at = dt.datetime.fromisoformat(facts["seen_at"])
        day = timezone.localdate(issued_at)
        last = cls.objects.filter(day=day).aggregate(last=models.Max("sequence", default=0))["last"]
        number = f"{day.year - 1911}{day:%m%d}-{last + 1:02d}"
        certificate = cls.objects.create(
            day=day,
            sequence=last + 1,
            number=number,
            issued_at=issued_at,
            by=by,
            verdict=facts["verdict"],
            revision=facts["revision"],
            evidence=[int(each.removeprefix("E-")) for each in facts["evidence"]],
            digest=facts["digest"],
            facts=facts | {"number": number, "issued_by": str(by)},
            operation_id=operation_id,
        )
        live.changed("certificate", number)
        return certificate


class ReviewPlan(models.Model):
    """When the certificate is looked at next, and from which day on somebody else decides; the newest one holds."""

    review_at = models.DateTimeField()
    escalates_on = models.DateField()
    escalates_to = models.CharField(max_length=60)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(escalates_to=""), name="an_escalation_has_somebody"),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.review_at}"

    @classmethod
    def set(cls, *, review_at: dt.datetime, escalates_on: dt.date, escalates_to: str, by: User) -> ReviewPlan:
        """Say when the next review is. What was said before stays on record."""
        if review_at <= timezone.now():
            raise Refused(_("Choose a time that is still to come."), field="review_at", code="past")
        if escalates_on < timezone.localdate(review_at):
            raise Refused(_("The review comes first."), field="escalates_on", code="before_review")
        plan = cls.objects.create(
            review_at=review_at, escalates_on=escalates_on, escalates_to=escalates_to.strip(), by=by
        )
        live.changed("certificate", "review")
        return plan
