"""Windows of a day that an area can promise, so many times and no more."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models import Area
from luckygas.db import Record

SLOT_HOURS = 2
DAYS_AHEAD = 14


class Slot(Record):
    """Two hours of a day in an area with a limit of deliveries. Orders hold places in it; nothing counts them twice."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="slots")
    day = models.DateField()
    starts = models.PositiveSmallIntegerField()
    ends = models.PositiveSmallIntegerField()
    capacity = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["day", "starts"]
        constraints = [
            models.UniqueConstraint(fields=["area", "day", "starts"], name="one_slot_an_area_day_and_hour"),
            models.CheckConstraint(
                condition=Q(starts__gte=0, ends__gt=models.F("starts"), ends__lte=24),
                name="a_slot_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.starts:02d}–{self.ends:02d}"

    @property
    def starts_at(self) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(self.day, dt.time(self.starts)))

    @property
    def closes_at(self) -> dt.datetime:
        """After this moment nobody orders into the window any more."""
        return self.starts_at - dt.timedelta(minutes=self.area.cutoff_minutes)

    @property
    def taken(self) -> int:
        """Orders that hold a place now. Ask under `lock()` before promising one more."""
        return self.orders.exclude(state="cancelled").count()

    @classmethod
    def open_days(cls, *, until: dt.date, since: dt.date | None = None) -> int:
        """Make the windows of every area for its driving days; days that have them are left alone."""
        day = since or timezone.localdate()
        rows: list[Any] = []
        areas = list(Area.objects.all())
        while day <= until:
            for area in areas:
                if area.drives_on(day):
                    rows += [
                        cls(area=area, day=day, starts=hour, ends=hour + SLOT_HOURS, capacity=area.slot_capacity)
                        for hour in range(settings.OPENS_AT, settings.CLOSES_AT, SLOT_HOURS)
                    ]
            day += dt.timedelta(days=1)
        return len(cls.objects.bulk_create(rows, ignore_conflicts=True))
