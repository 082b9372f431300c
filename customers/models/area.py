"""Where we drive, and on which days."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Area(models.Model):
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


class CalendarDay(models.Model):
    """A day that is not like its weekday: a public holiday, a make-up working day, or a suspension (typhoon)."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("public holiday")
        WORKDAY = "workday", _("make-up working day")
        SUSPENSION = "suspension", _("deliveries suspended")

    day = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="calendar_days")
    name = models.CharField(max_length=60)
    source = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "kind", "area"], nulls_distinct=False, name="calendar_says_a_thing_once_a_day_and_area"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
