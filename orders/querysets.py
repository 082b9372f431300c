"""Named sets of orders, and what each page loads with them."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Cast, Coalesce

from customers.models import Customer
from customers.querysets import SEES_EVERYONE
from luckygas.phones import narrow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from customers.mine import Mine
    from luckygas.models import User

OPEN = ("placed", "held", "confirmed", "planned", "out", "review")
UNPLANNED = ("placed", "held", "confirmed")
MOST_FOUND = 200  # customers that a search for orders looks at


class OrderQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Not finished: neither delivered nor cancelled."""
        return self.filter(state__in=OPEN)

    def of_record(self, customer: Customer) -> Self:
        """A customer's orders, and those of the records that were merged into theirs."""
        return self.filter(customer__in=[customer.pk, *customer.absorbed.values_list("pk", flat=True)])

    def unplanned(self, *, until: dt.date) -> Self:
        """Waiting for a route, promised for that day or before."""
        return self.filter(state__in=UNPLANNED, promised_on__lte=until)

    def due(self, on: dt.date) -> Self:
        return self.filter(promised_on=on)

    def visible_to(self, user: User) -> Self:
        """The office sees every order; a member those of their customer, or of the one site they were given."""
        if user.roles & SEES_EVERYONE:
            return self
        given = user.memberships.values_list("customer", "customer__absorbed", "site")
        return self._of((pk, site) for customer, absorbed, site in given for pk in (customer, absorbed) if pk)

    def of(self, mine: Mine) -> Self:
        """The orders that one person's memberships cover, whatever roles they hold beside."""
        return self._of(mine.records)

    def _of(self, pairs: Iterable[tuple[int, int | None]]) -> Self:
        """Ids and not subqueries: over a million orders the planner then walks these customers' index."""
        whole, single = set(), set()
        for customer, site in pairs:
            if site is None:
                whole.add(customer)
            else:
                single.add(site)
        if not single:
            return self.filter(customer__in=whole)
        return self.filter(Q(customer__in=whole) | Q(site__in=single))

    def for_list(self) -> Self:
        return self.select_related("customer", "site").prefetch_related(self._lines())

    def for_home(self, *, past: int) -> Self:
        """Everything that is still to come, and the last few that are over, newest first; in two queries."""
        over = self.exclude(state__in=OPEN).order_by("-placed_at").values("pk")[:past]
        coming = self.open().order_by().values("pk")
        # Two short walks along indexes; an OR would read all the orders these customers ever had.
        return type(self)(self.model).filter(pk__in=over.union(coming, all=True)).for_list().order_by("-placed_at")

    def for_board(self) -> Self:
        return self.select_related("customer", "site__area", "slot").prefetch_related("lines__product")

    def for_detail(self) -> Self:
        return self.select_related("customer", "site__area", "slot", "owed_from").prefetch_related(
            "lines__product", "events__by"
        )

    def search(self, text: str) -> Self:
        """Orders by the start of their number (a ROC day), or of the customers that this text finds."""
        if re.fullmatch(r"1\d{6}(-\d*)?", narrow(text)):
            return self.filter(number__startswith=narrow(text))
        return self.filter(customer__in=list(Customer.objects.search(text).values_list("pk", flat=True)[:MOST_FOUND]))

    def page_after(self, cursor: str) -> Self:
        """Newest first; those older than the order with this number, so that deep pages cost what the first does."""
        orders = self.order_by("-placed_at", "-pk")
        last = self.model._base_manager.filter(number=cursor).values_list("placed_at", "pk").first() if cursor else None
        if last is None:
            return orders
        return orders.filter(placed_at__lte=last[0]).exclude(placed_at=last[0], pk__gte=last[1])

    def for_office_list(self) -> Self:
        return self.select_related("customer", "site__area").prefetch_related(self._lines())

    def for_office_detail(self) -> Self:
        events = models.Prefetch("events", apps.get_model("orders", "OrderEvent").objects.select_related("by"))
        return self.select_related("customer", "site__area", "owed_from").prefetch_related(self._lines(), events)

    def for_slip(self) -> Self:
        """Orders as they are printed, with the other dealers' empties that came back; in two queries."""
        others = (
            apps.get_model("orders", "CylinderMovement")
            .objects.filter(cause_kind="order", cause_id=Cast(OuterRef("pk"), models.CharField()))
            .filter(purpose="other_empties")
            .order_by()
            .values("cause_id")
            .annotate(count=Sum("quantity"))
            .values("count")
        )
        return self.for_list().annotate(other_empties=Coalesce(Subquery(others), 0))

    @staticmethod
    def _lines() -> models.Prefetch:
        """Lines with their products, in one query."""
        return models.Prefetch("lines", apps.get_model("orders", "OrderLine").objects.select_related("product"))

    def by_state(self) -> dict[str, int]:
        """How many orders stand in each state, in one query."""
        return dict(self.order_by().values_list("state").annotate(Count("pk")))
