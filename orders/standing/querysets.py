"""Named sets of standing orders and of their days, and what each page loads with them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, Max, OuterRef, Q
from django.db.models.functions import JSONObject, TruncMonth

from customers.models import Customer
from customers.querysets import SEES_EVERYONE
from luckygas.phones import narrow

if TYPE_CHECKING:
    from luckygas.models import User

MOST_FOUND = 200  # customers that a search looks at
MADE = Q(days__state="made")
SHOWN = ("id", "name", "rhythm", "weekdays", "every_days", "month_day", "dates", "items", "note")


def at_site() -> ArraySubquery:
    """What was agreed for a site, within the query for the site: the desk counts its queries."""
    rows = apps.get_model("orders", "StandingOrder").objects.active().filter(site=OuterRef("pk")).order_by("pk")
    return ArraySubquery(rows.values(facts=JSONObject(**{name: name for name in SHOWN})))


class StandingQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The office sees all; a member those of their customer, or of the one site they were given."""
        if user.roles & SEES_EVERYONE:
            return self
        mine = user.memberships.values_list("customer", "site")
        whole = [customer for customer, site in mine if site is None]
        single = [site for _customer, site in mine if site is not None]
        return self.filter(Q(site__customer__in=whole) | Q(site__in=single))

    def search(self, text: str) -> Self:
        """Those whose name holds this text, and those of the customers that it finds."""
        customers = list(Customer.objects.search(text).values_list("pk", flat=True)[:MOST_FOUND])
        return self.filter(Q(site__customer__in=customers) | Q(name__icontains=narrow(text)))

    def active(self) -> Self:
        """Not stopped; templates and paused ones too."""
        return self.filter(is_active=True)

    def in_force(self, *, on: dt.date) -> Self:
        """Those whose rhythm may name a day from `on` on."""
        return self.active().exclude(rhythm="none").filter(Q(ends_on=None) | Q(ends_on__gte=on))

    def paused(self, on: dt.date) -> Self:
        return self.active().filter(paused_at__isnull=False).filter(Q(paused_until=None) | Q(paused_until__gt=on))

    def not_paused(self, on: dt.date) -> Self:
        return self.active().filter(Q(paused_at=None) | Q(paused_until__lte=on))

    def over(self, on: dt.date) -> Self:
        return self.filter(Q(is_active=False) | Q(ends_on__lt=on))

    def with_use(self) -> Self:
        """How many orders were made of it, and for which day the last one: counted, never stored."""
        return self.annotate(
            use_count=Count("days", filter=MADE), last_made_for=Max("days__made_for", filter=MADE)
        )  # fmt: skip

    def for_list(self) -> Self:
        return self.select_related("site__customer", "site__area").with_use()

    def for_preview(self) -> Self:
        return self.select_related("site__customer", "site__area").order_by("site__area__code", "site__customer__name")

    def for_detail(self) -> Self:
        return self.select_related("site__customer", "site__area", "created_by").with_use()


class StandingDayQuerySet(models.QuerySet):
    def of_rhythm(self) -> Self:
        return self.filter(by_hand=False)

    def due(self) -> Self:
        """Nobody made an order of them yet, or wrote why not; the oldest first."""
        return self.filter(state="due").order_by("on", "pk")

    def holding(self) -> Self:
        """Those with an order that keeps their day: made by the rhythm, or by hand and not cancelled since."""
        return self.filter(state="made").filter(Q(by_hand=False) | ~Q(order__state="cancelled"))

    def refused(self) -> Self:
        """What waits for somebody of the office, the newest first."""
        return self.filter(state="refused").order_by("-on", "pk").for_office()

    def for_office(self) -> Self:
        return self.select_related("standing__site__customer", "standing__site__area", "order", "by")

    def by_month(self) -> list[dict[str, Any]]:
        """For each month: made, delivered, left out, and failed (refused, or its order was cancelled); in one query."""
        return list(
            self.order_by()
            .annotate(month=TruncMonth("on"))
            .values("month")
            .annotate(
                made=Count("pk", filter=Q(state="made")),
                delivered=Count("pk", filter=Q(order__state="delivered")),
                skipped=Count("pk", filter=Q(state="skipped")),
                failed=Count("pk", filter=Q(state="refused") | Q(order__state="cancelled")),
            )
            .order_by("-month")
        )
