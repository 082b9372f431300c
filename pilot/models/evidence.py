"""What test runs showed: rows that are only ever added."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from pathlib import Path

from django.db import models
from django.db.models import F, Q, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luckygas.db import AppendOnly
from luckygas.models import User

CLOCKS_DIFFER = dt.timedelta(minutes=5)


def place_of_report(evidence: Evidence, name: str) -> str:
    """Where a report lies under MEDIA_ROOT: named after its run, so that nothing is ever written over."""
    return f"evidence/{evidence.run}{Path(name).suffix}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Named sets of runs."""

    def newest(self) -> EvidenceQuerySet:
        """For each suite the run that ended last, and the one that began last and never ended.

        What CI ran yesterday and somebody read today is of yesterday.
        """
        ends = Evidence.objects.ended().filter(run=models.OuterRef("run"))
        told = self.alias(has_ended=models.Exists(ends)).filter(~Q(outcome="begun") | Q(has_ended=False))
        newest_first = [Coalesce("ended_at", "started_at").desc(), F("pk").desc()]
        is_begun = models.ExpressionWrapper(Q(outcome="begun"), models.BooleanField())
        place = Window(RowNumber(), partition_by=[F("suite"), is_begun], order_by=newest_first)
        return told.annotate(place=place).filter(place=1).select_related("by")

    def ended(self) -> EvidenceQuerySet:
        return self.exclude(outcome=Evidence.Outcome.BEGUN)


class Evidence(models.Model):
    """One run of a suite: who, when, which revision, how many tests, and the report it left.

    A run has two rows of the same `run`: one when it begins and one when it ends. A machine that dies in between
    leaves the first alone, and the certificate counts that as failed.
    """

    class Source(models.TextChoices):
        HERE = "here", _("run here")
        CI = "ci", _("read from CI")

    class Outcome(models.TextChoices):
        BEGUN = "begun", _("began")
        FINISHED = "finished", _("came to its end")
        CRASHED = "crashed", _("crashed")
        LATE = "late", _("took too long")
        STOPPED = "stopped", _("was stopped")

    run = models.UUIDField(default=uuid.uuid4)
    suite = models.CharField(max_length=20)
    source = models.CharField(max_length=4, choices=Source, default=Source.HERE)
    outcome = models.CharField(max_length=8, choices=Outcome)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    stored_at = models.DateTimeField(default=timezone.now)
    revision = models.CharField(max_length=40, blank=True, help_text="of git; empty when nobody knows")
    is_clean = models.BooleanField(default=False, help_text="nothing in the tree differed from the revision")
    command = models.CharField(max_length=1000)
    exit_code = models.SmallIntegerField(null=True, blank=True)
    passed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    parts = models.JSONField(default=dict, blank=True, help_text="the same counts for each part of the suite")
    figures = models.JSONField(default=dict, blank=True)
    failures = models.JSONField(default=list, blank=True, help_text="names of what failed, the first ones")
    environment = models.JSONField(default=dict, blank=True)
    report = models.FileField(upload_to=place_of_report, blank=True)
    report_sha256 = models.CharField(max_length=64, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["run"], condition=Q(outcome="begun"), name="a_run_begins_once"),
            models.UniqueConstraint(fields=["run"], condition=~Q(outcome="begun"), name="a_run_ends_once"),
            models.CheckConstraint(
                condition=Q(outcome="begun", ended_at=None)
                | (~Q(outcome="begun") & Q(ended_at__isnull=False, ended_at__gte=F("started_at"))),
                name="a_run_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(
                    started_at__lte=F("stored_at") + CLOCKS_DIFFER, ended_at__lte=F("stored_at") + CLOCKS_DIFFER
                ),
                name="evidence_is_not_of_tomorrow",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="finished") | ~Q(report_sha256=""), name="a_finished_run_left_its_report"
            ),
        ]
        indexes = [models.Index(fields=["suite", "-id"], name="evidence_of_a_suite")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """E-0412, as the certificate names it."""
        return f"E-{self.pk:04d}"

    @property
    def moment(self) -> dt.datetime:
        """Of when it is: its end, or its beginning when it has none."""
        return self.ended_at or self.started_at

    @property
    def is_whole(self) -> bool:
        """Whether the run came to its end by itself."""
        return self.outcome == self.Outcome.FINISHED

    @property
    def total(self) -> int:
        return self.passed + self.failed + self.skipped + self.errors

    @property
    def has_its_report(self) -> bool:
        """Whether the stored report is there, and is what was read when this row was written."""
        try:
            with self.report.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.report_sha256
        except (OSError, ValueError):
            return False
