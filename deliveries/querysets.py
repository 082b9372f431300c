"""Named sets of routes and stops, and what each page loads with them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Prefetch

if TYPE_CHECKING:
    from luckygas.models import User

TODO = ("pending", "arrived")


class RouteQuerySet(models.QuerySet):
    def on(self, day: dt.date) -> Self:
        return self.filter(day=day)

    def open(self) -> Self:
        return self.exclude(state="closed")

    def of_driver(self, user: User) -> Self:
        """What a driver's phone may show: their own routes once published."""
        return self.filter(driver__user=user).exclude(state="draft")

    def for_board(self) -> Self:
        from deliveries.models import Stop

        return (
            self.select_related("driver__user", "vehicle", "depot")
            .prefetch_related(Prefetch("stops", queryset=Stop.objects.for_list()))
            .order_by("code")
        )


class StopQuerySet(models.QuerySet):
    def todo(self) -> Self:
        return self.filter(state__in=TODO)

    def of_driver(self, user: User) -> Self:
        return self.filter(route__driver__user=user).exclude(route__state="draft")

    def for_list(self) -> Self:
        return (
            self.select_related("order__customer", "site__customer", "site__area")
            .prefetch_related("order__lines__product")
            .order_by("position")
        )


class ReviewQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(closed_at=None)
