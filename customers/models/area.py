"""Where we drive, and on which days."""

import datetime as dt
from collections.abc import Iterable

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from luckygas.db import Record
from luckygas.errors import Refused
from luckygas.models import User


@pghistory.track(pghistory.UpdateEvent(), fields=["weekdays"])
class Area(Record):
    """A part of the county that one crew covers: a dense city zone, or a long line 線 with its own weekdays."""

    class Kind(models.TextChoices):
        ZONE = "zone", _("city zone")
        LINE = "line", _("line")

    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=20)
    kind = models.CharField(max_length=4, choices=Kind)
    weekdays = ArrayField(
        models.SmallIntegerField(), help_text="ISO weekdays (1 Monday … 7 Sunday) on which we drive here"
    )
    latitude = models.DecimalField(max_digits=8, decimal_places=5)
    longitude = models.DecimalField(max_digits=8, decimal_places=5)
    colour = models.PositiveSmallIntegerField(default=1, help_text="1 to 7: the line's colour in drawings")
    slot_capacity = models.PositiveSmallIntegerField(default=8, help_text="deliveries promised in one two-hour window")
    cutoff_minutes = models.PositiveSmallIntegerField(
        default=30, help_text="a window closes this long before it starts"
    )
    minutes_per_stop = models.PositiveSmallIntegerField(default=9)
    minimum_twd = models.PositiveIntegerField(default=0, help_text="smallest order we drive out for")
    crews = models.PositiveSmallIntegerField(default=1, help_text="drivers who usually work here at once")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(colour__range=(1, 7)), name="area_has_one_of_seven_colours"),
        ]

    def __str__(self) -> str:
        return self.name

    def drives_on(self, day: dt.date) -> bool:
        return day.isoweekday() in self.weekdays

    @transaction.atomic
    def drive_on(self, weekdays: Iterable[int], *, by: User) -> None:
        """Drive here on other weekdays from now on; who did it stands in the history."""
        self.lock()
        self.weekdays = sorted(set(weekdays))
        if not self.weekdays:
            raise Refused(_("Choose at least one day."), field="weekdays", code="no_day")
        self.save(update_fields=["weekdays"])


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class CalendarDay(models.Model):
    """A day that is not like its weekday: a public holiday, a make-up working day, or hours of a suspension (typhoon).

    Staff edit holidays, suspensions write and remove their own rows; who did what when stands in the history.
    """

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("public holiday")
        WORKDAY = "workday", _("make-up working day")
        SUSPENSION = "suspension", _("deliveries suspended")

    day = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="calendar_days")
    name = models.CharField(max_length=60)
    source = models.CharField(max_length=60, blank=True)
    from_hour = models.PositiveSmallIntegerField(default=0, db_default=0)
    until_hour = models.PositiveSmallIntegerField(default=24, db_default=24)
    suspension = models.ForeignKey(
        "customers.Suspension", on_delete=models.PROTECT, null=True, blank=True, related_name="calendar_days"
    )

    class Meta:
        ordering = ["day", "from_hour"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "kind", "area", "suspension"],
                nulls_distinct=False,
                name="calendar_says_a_thing_once_a_day_and_area",
            ),
            models.CheckConstraint(
                condition=Q(from_hour__lt=models.F("until_hour"), until_hour__lte=24),
                name="hours_of_a_day_have_a_length",
            ),
            models.CheckConstraint(
                condition=Q(kind="suspension") | Q(from_hour=0, until_hour=24, suspension=None),
                name="only_a_suspension_has_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
