"""Named sets of orders, and what each page loads with them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Q

from customers.querysets import SEES_EVERYONE

if TYPE_CHECKING:
    from luckygas.models import User

OPEN = ("placed", "held", "confirmed", "planned", "out", "review")
UNPLANNED = ("placed", "held", "confirmed")


class OrderQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Not finished: neither delivered nor cancelled."""
        return self.filter(state__in=OPEN)

    def unplanned(self, *, until: dt.date) -> Self:
        """Waiting for a route, promised for that day or before."""
        return self.filter(state__in=UNPLANNED, promised_on__lte=until)

    def due(self, on: dt.date) -> Self:
        return self.filter(promised_on=on)

    def visible_to(self, user: User) -> Self:
        """The office sees every order; a member those of their customer, or of the one site they were given."""
        if user.roles & SEES_EVERYONE:
            return self
        mine = user.memberships.all()
        return self.filter(
            Q(customer__in=mine.filter(site=None).values("customer"))
            | Q(site__in=mine.exclude(site=None).values("site"))
        )

    def for_list(self) -> Self:
        return self.select_related("customer", "site").prefetch_related("lines__product")

    def for_board(self) -> Self:
        return self.select_related("customer", "site__area", "slot").prefetch_related("lines__product")

    def for_detail(self) -> Self:
        return self.select_related("customer", "site__area", "slot", "owed_from").prefetch_related(
            "lines__product", "events__by"
        )

    def by_state(self) -> dict[str, int]:
        """How many orders stand in each state, in one query."""
        return dict(self.order_by().values_list("state").annotate(Count("pk")))
