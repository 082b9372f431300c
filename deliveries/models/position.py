"""Where a truck was last, for a week."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone

from deliveries.models.route import Route
from luckygas.db import Record

KEPT = dt.timedelta(days=7)
APART = dt.timedelta(seconds=30)
SLACK = dt.timedelta(seconds=2)  # what a phone's timer may be early


class Position(Record):
    """One place a phone told while its route was on the road; never off shift, and gone after seven days."""

    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="positions")
    latitude = models.DecimalField(max_digits=8, decimal_places=5)
    longitude = models.DecimalField(max_digits=8, decimal_places=5)
    accuracy_m = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)), name="a_position_is_on_earth"
            ),
        ]
        indexes = [
            models.Index(fields=["route", "-at"], name="positions_of_a_route"),
            models.Index(fields=["at"], name="positions_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.route_id} {self.at:%H:%M}"

    @classmethod
    def share(cls, route: Route, *, at: dt.datetime | None = None, **place: object) -> Position | None:
        """Write down where this route's truck is; nothing when it is not on the road or told less than 30 s ago."""
        at = at or timezone.now()
        if not route.is_departed or cls.objects.filter(route=route, at__gt=at - APART + SLACK).exists():
            return None
        return cls.objects.create(route=route, at=at, **place)

    @classmethod
    def forget(cls, *, now: dt.datetime | None = None) -> int:
        """Delete what is older than seven days; how many."""
        return cls.objects.filter(at__lt=(now or timezone.now()) - KEPT).delete()[0]
