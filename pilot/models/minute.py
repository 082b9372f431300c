"""What was measured, minute by minute and cohort by cohort, and the limits that it is held against."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from luckygas.errors import Refused
from luckygas.models import User
from pilot.models.cohort import Cohort

BOUNDS_MS = (25, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000)  # and one above the last
BUCKETS = len(BOUNDS_MS) + 1


def no_answers() -> list[int]:
    return [0] * BUCKETS


class Minute(models.Model):
    """One minute of one cohort, or of everybody who is in none: requests, answers, orders, and what was open then.

    Web processes add requests; one scheduled task writes the rest. Not measured is null, which is not zero.
    """

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, null=True, blank=True, related_name="minutes")
    minute = models.DateTimeField(db_index=True)
    requests = models.PositiveIntegerField(default=0, db_default=0)
    errors = models.PositiveIntegerField(default=0, db_default=0, help_text="5xx; a pause's 503 is none")
    latency = ArrayField(models.PositiveIntegerField(), size=BUCKETS, default=no_answers, help_text="see BOUNDS_MS")
    orders = models.PositiveIntegerField(null=True)
    delivered = models.PositiveIntegerField(null=True)
    late = models.PositiveIntegerField(null=True)
    unreconciled_twd = models.PositiveIntegerField(null=True)
    open_reviews = models.PositiveIntegerField(null=True)
    complaints = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "minute"], nulls_distinct=False, name="one_row_a_cohort_and_minute"
            ),
            models.CheckConstraint(condition=Q(errors__lte=F("requests")), name="no_more_errors_than_requests"),
            models.CheckConstraint(condition=Q(late=None) | Q(late__lte=F("delivered")), name="what_is_late_arrived"),
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id} {self.minute:%Y-%m-%d %H:%M}"


class Measure(models.TextChoices):
    """What guardrails are about; the first two and `late` are shares of a sample, the others what is open."""

    ERRORS = "errors", _("Errors")
    P95 = "p95", _("Response p95")
    LATE = "late", _("Late deliveries")
    MONEY = "money", _("Unreconciled money")
    REVIEWS = "reviews", _("Open reviews")
    COMPLAINTS = "complaints", _("Complaints")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Guardrail(models.Model):
    """A limit that ops may change. A measure without a row has the limit of domain.md: see `DEFAULTS`.

    `most` is in per cent, ms, NT$ or how many. Below `least` of its sample it never passes. Over `most` in the last
    `minutes`, with `least_lately` or more to go by, it stops enrolment.
    """

    measure = models.CharField(max_length=10, choices=Measure, unique=True)
    most = models.DecimalField(max_digits=9, decimal_places=2)
    least = models.PositiveIntegerField(help_text="requests or deliveries below which nothing passes")
    minutes = models.PositiveIntegerField(help_text="how far a breach looks back")
    least_lately = models.PositiveIntegerField(help_text="requests or deliveries below which nothing is a breach")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(most__gte=0, minutes__gt=0), name="a_limit_is_a_limit"),
            models.CheckConstraint(condition=Q(least__gt=0, least_lately__gt=0), name="a_guardrail_needs_a_sample"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} ≤ {self.most}"

    @classmethod
    def all(cls) -> list[Guardrail]:
        """Every measure with its limit, stored or as documented, in one query."""
        stored = {row.measure: row for row in cls.objects.all()}
        return [stored.get(name) or cls(measure=name, **DEFAULTS[name]) for name in Measure.values]

    @classmethod
    @transaction.atomic
    def change(cls, measure: str, *, by: User, reason: str, **limits: object) -> Guardrail:
        """Another limit, sample or span; the history keeps who, when and why. It holds from the next look on."""
        if not reason.strip():
            raise Refused(_("Write why."), field="reason", code="no_reason")
        with pghistory.context(user=by.pk, reason=reason.strip()):
            cls.objects.get_or_create(measure=measure, defaults=DEFAULTS[measure])
            rail = cls.objects.select_for_update().get(measure=measure)
            for name, value in limits.items():
                setattr(rail, name, value)
            rail.full_clean()
            rail.save()
        return rail


WEEK = 7 * 24 * 60
DEFAULTS: dict[str, dict[str, int]] = {  # domain.md: errors > 5 % or responses > 2 s for 5 minutes
    Measure.ERRORS: {"most": 5, "least": 500, "minutes": 5, "least_lately": 40},
    Measure.P95: {"most": 2000, "least": 500, "minutes": 5, "least_lately": 40},
    Measure.LATE: {"most": 8, "least": 100, "minutes": WEEK, "least_lately": 20},
    Measure.MONEY: {"most": 0, "least": 100, "minutes": 5, "least_lately": 1},
    Measure.REVIEWS: {"most": 3, "least": 30, "minutes": 5, "least_lately": 1},
    Measure.COMPLAINTS: {"most": 2, "least": 30, "minutes": 5, "least_lately": 1},
}
