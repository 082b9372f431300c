"""Named sets of routes and stops, and what each page loads with them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self, cast

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Subquery
from django.db.models.functions import JSONObject

from customers.models import Contact
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

    def visible_to(self, user: User) -> Self:
        """The office sees every route; a driver their own once published."""
        return self if user.is_office else self.of_driver(user)

    def current(self, user: User, *, on: dt.date) -> Route | None:
        """The route a driver works on: the one still open, else the last one of the day."""
        mine = self.of_driver(user).select_related("driver__user", "vehicle", "depot").filter(day__lte=on)
        is_closed = models.Case(models.When(state="closed", then=1), default=0)
        return cast(
            "Route | None", mine.exclude(state="closed", day__lt=on).order_by(is_closed, "-day", "-closed_at").first()
        )

    def with_booked_cash(self) -> Self:
        """Each route with what was counted out of its driver's bag: NT$, less than nothing."""
        booked = models.Sum("cash_legs__amount_twd", filter=models.Q(cash_legs__account="driver"), default=0)
        return self.annotate(booked_twd=booked)

    def with_last_seen(self) -> Self:
        """Each route with when its phone last told where it is; nothing when it never did."""
        from deliveries.models import Position

        told = Position.objects.filter(route=OuterRef("pk")).order_by("-at").values("at")[:1]
        return self.annotate(seen_at=Subquery(told))

    def for_count(self) -> Self:
        """The route with who drives what, and the count of what was handed in."""
        return self.select_related("driver__user", "vehicle", "depot", "cash_count__by")

    def for_board(self) -> Self:
        """Routes with who drives what from where; their stops are read apart, see deliveries.visits."""
        return self.select_related("driver__user", "vehicle", "depot").with_last_seen().order_by("code")

    def for_detail(self) -> Self:
        from deliveries.models import Stop

        return self._with(Stop.objects.for_list()).select_related("cash_count__by")

    def for_sheet(self) -> Self:
        """The route with whom it visits and how to call them, in four queries."""
        from deliveries.models import Stop

        return self._with(Stop.objects.for_sheet())

    def for_loading(self) -> Self:
        """The route with what its stops need, in three queries."""
        from deliveries.models import Stop

        return self._with(Stop.objects.for_loading())

    def _with(self, stops: StopQuerySet) -> Self:
        return self.select_related("driver__user", "vehicle", "depot").prefetch_related(Prefetch("stops", stops))


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
            .with_changes()
        )

    def with_changes(self) -> Self:
        """When the office changed the place or the price after the route was published, and what it asks: the driver
        sees a badge. No query more."""
        places, told = apps.get_model("customers", "SiteEvent"), apps.get_model("orders", "OrderEvent")
        moved = places.objects.filter(
            pgh_obj=OuterRef("site"), pgh_label="update", pgh_created_at__gt=OuterRef("route__published_at")
        )
        priced = told.objects.filter(
            order=OuterRef("order"), data__has_key="due_twd", recorded_at__gt=OuterRef("route__published_at")
        )
        unseen = apps.get_model("deliveries", "Request").objects.unseen().filter(stop=OuterRef("pk")).order_by("number")
        return self.annotate(
            place_changed_at=Subquery(moved.order_by("-pgh_created_at").values("pgh_created_at")[:1]),
            price_changed_at=Subquery(priced.order_by("-pk").values("recorded_at")[:1]),
            unseen=ArraySubquery(
                unseen.values(asked=JSONObject(number="number", kind="kind", text="text", at="asked_at"))
            ),
        )

    def with_reviews(self) -> Self:
        """Each stop with whether the office still looks at something of it."""
        from deliveries.models import Review

        return self.annotate(is_in_review=Exists(Review.objects.open().filter(stop=OuterRef("pk"))))

    def for_loading(self) -> Self:
        """Each stop with what its order needs on the vehicle, in two queries."""
        lines = Prefetch("order__lines", queryset=OrderLine.objects.select_related("product"))
        return self.select_related("order").prefetch_related(lines).order_by("position")

    def for_sheet(self) -> Self:
        """Each stop as it is printed: the order, the door, and the numbers that are still called; in three queries."""
        contacts = Prefetch("site__customer__contacts", queryset=Contact.objects.filter(is_active=True))
        return self.for_loading().select_related("site__customer").prefetch_related(contacts)

    def for_slip(self) -> Self:
        """Whose visit it was and what was signed, in one query."""
        from deliveries.models import Proof

        signed = Proof.objects.filter(stop=OuterRef("pk"), kind="signature").order_by("-pk").values("path")[:1]
        return self.select_related("route__driver__user").annotate(signature=Subquery(signed)).order_by("pk")

    def for_list(self) -> Self:
        """Each stop with its order's lines, in three queries."""
        lines = Prefetch("order__lines", queryset=OrderLine.objects.select_related("product"))
        return (
            self.select_related("order__customer", "site__customer", "site__area")
            .prefetch_related(lines)
            .order_by("position")
        )


class RequestQuerySet(models.QuerySet):
    def unseen(self) -> Self:
        """What the driver has not seen yet."""
        return self.filter(state="asked")


class ReviewQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Waiting for a decision."""
        return self.filter(closed_at=None)

    def closed(self) -> Self:
        return self.filter(closed_at__isnull=False)

    def for_list(self) -> Self:
        return self.select_related(
            "order__customer",
            "stop__route",
            "stop__site__customer",
            "route__driver__user",
            "event__user",
            "event__device",
            "closed_by",
        )


class VarianceQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Not settled yet."""
        return self.filter(settled_at=None)

    def of_day(self, day: dt.date) -> Self:
        return self.filter(route__day=day)

    def for_list(self) -> Self:
        return self.select_related("route__driver__user", "product", "owner").order_by("pk")


class WeighingQuerySet(models.QuerySet):
    def kept(self) -> Self:
        """Without those that were taken back."""
        return self.filter(reversal=None)

    def for_list(self) -> Self:
        return self.select_related("stop__site__customer", "stop__route", "product", "by", "reversal__by").order_by(
            "pk"
        )
