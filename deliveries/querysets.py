"""Named sets of routes and stops, and what each page loads with them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self, cast

from django.db import models
from django.db.models import Prefetch

from orders.models import OrderLine

if TYPE_CHECKING:
    from deliveries.models import Route
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

    def current(self, user: User, *, on: dt.date) -> Route | None:
        """The route a driver works on: the one still open, else the last one of the day."""
        mine = self.of_driver(user).select_related("driver__user", "vehicle", "depot").filter(day__lte=on)
        is_closed = models.Case(models.When(state="closed", then=1), default=0)
        return cast(
            "Route | None", mine.exclude(state="closed", day__lt=on).order_by(is_closed, "-day", "-closed_at").first()
        )

    def for_board(self) -> Self:
        from deliveries.models import Stop

        return (
            self.select_related("driver__user", "vehicle", "depot")
            .prefetch_related(Prefetch("stops", queryset=Stop.objects.for_board()))
            .order_by("code")
        )


class StopQuerySet(models.QuerySet):
    def todo(self) -> Self:
        return self.filter(state__in=TODO)

    def of_driver(self, user: User) -> Self:
        return self.filter(route__driver__user=user).exclude(route__state="draft")

    def for_visit(self) -> Self:
        """What a driver needs at the door: whom to call, what to hand over."""
        return (
            self.for_list()
            .select_related("route__driver", "route__vehicle")
            .prefetch_related("site__customer__contacts")
        )

    def for_board(self) -> Self:
        """What a lane draws of hundreds of stops: areas and products are few and shared, not joined to each row."""
        return (
            self.select_related("order", "site__customer")
            .only(
                *("route", "position", "kind", "state", "finished_at", "fail_reason", "next_step"),
                *("order__number", "order__state", "order__is_gas_out", "order__promised_from", "order__promised_to"),
                *("site__address", "site__area", "site__latitude", "site__longitude", "site__customer__name"),
            )
            .prefetch_related("site__area", "order__lines__product")
            .order_by("position")
        )

    def for_list(self) -> Self:
        """Each stop with its order's lines, in three queries."""
        lines = Prefetch("order__lines", queryset=OrderLine.objects.select_related("product"))
        return (
            self.select_related("order__customer", "site__customer", "site__area")
            .prefetch_related(lines)
            .order_by("position")
        )


class ReviewQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Waiting for a decision."""
        return self.filter(closed_at=None)

    def closed(self) -> Self:
        return self.filter(closed_at__isnull=False)

    def for_list(self) -> Self:
        return self.select_related(
            "order__customer", "stop__route", "stop__site__customer", "route__driver__user", "event__user", "closed_by"
        )
