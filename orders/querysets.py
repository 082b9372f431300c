"""Named sets of orders, and what each page loads with them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Cast, Coalesce, Greatest
from django.utils import timezone

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
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Totals:
    """How many orders were found and what they come to; no amount means that there are more than were counted."""

    count: int
    twd: int | None


def midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


class OrderQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Not finished: neither delivered nor cancelled."""
        return self.filter(state__in=OPEN)

    def on_hold(self) -> Self:
        """Waiting for somebody's decision."""
        return self.filter(state="held")

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

    def received(self, since: dt.date | None, until: dt.date | None) -> Self:
        """Taken on these days, both included; None is as far as there are orders."""
        orders = self
        if since:
            orders = orders.filter(placed_at__gte=midnight(since))
        if until:
            orders = orders.filter(placed_at__lt=midnight(until + dt.timedelta(days=1)))
        return orders

    def with_product(self, code: str) -> Self:
        lines = apps.get_model("orders", "OrderLine").objects.filter(order=OuterRef("pk"), product__code=code)
        return self.filter(Exists(lines))

    def with_due(self) -> Self:
        """Each order with `due_now_twd`: what `due_twd` says of it, from its lines, in the same query."""
        quantity, empties = Coalesce("delivered", "ordered"), Coalesce("empties_taken", "empties_expected")
        twd = quantity * F("unit_price_twd") + Greatest(quantity - empties, 0) * F("deposit_twd")
        lines = apps.get_model("orders", "OrderLine").objects.filter(order=OuterRef("pk")).order_by()
        sums = lines.values("order").annotate(twd=Sum(twd, output_field=models.BigIntegerField())).values("twd")
        return self.annotate(due_now_twd=Coalesce(Subquery(sums), 0))

    def totals(self) -> Totals:
        """How many and how much; past a thousand only that there are more, so that it never reads them all."""
        # The same order as the page walks in: without it the planner would rather read the whole table.
        some = self.select_related(None).order_by("-placed_at", "-pk").with_due().values("due_now_twd")
        found = some[: MOST_COUNTED + 1].aggregate(count=Count("*"), twd=Sum("due_now_twd", default=0))
        return Totals(**found) if found["count"] <= MOST_COUNTED else Totals(MOST_COUNTED, None)

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
        rows = self.select_related("customer", "site__area", "owed_from", "paper")
        return rows.prefetch_related(self._lines(), events)

    def for_slip(self) -> Self:
        """Orders as they are printed, with the other dealers' empties that came back; in two queries."""
        others = (
            apps.get_model("orders", "CylinderMovement")
            .objects.filter(cause_kind="order", cause_id=Cast(OuterRef("pk"), models.CharField()))
            .in_effect("other_empties")
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
