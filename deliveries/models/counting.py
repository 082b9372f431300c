"""Counting in: what a driver hands over at the depot against what both ledgers say is due, once a route."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliveries.models.cash import CashLeg
from deliveries.models.route import Route
from luckygas import live
from luckygas.db import AppendOnly, Record, digest
from luckygas.errors import Refused
from luckygas.models import User
from orders.models import CylinderMovement, Product

if TYPE_CHECKING:
    from deliveries.loading import Goods

MOST_TWD, MOST_CYLINDERS = 10_000_000, 999


class CashCount(Record):
    """What was counted at the depot against what was due: cash here, its cylinders in rows of their own."""

    route = models.OneToOneField(Route, on_delete=models.PROTECT, related_name="cash_count")
    operation_id = models.UUIDField(unique=True, null=True)
    body_digest = models.CharField(max_length=64, blank=True)
    counted_twd = models.PositiveIntegerField()
    due_twd = models.IntegerField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.route_id}: {self.counted_twd} of {self.due_twd}"

    @property
    def difference_twd(self) -> int:
        return self.counted_twd - self.due_twd

    @classmethod
    @transaction.atomic
    def record(
        cls,
        *,
        route: Route,
        counted_twd: int,
        cylinders: Goods | None = None,
        operation_id: uuid.UUID,
        by: User,
        at: dt.datetime | None = None,
    ) -> CashCount:
        """Close the route if it is still open, and book what was counted: exactly once a route.

        `cylinders` by product and state. Cash goes from the driver to the office, cylinders from the truck to the
        depot; each difference is a variance. The same operation again answers with the first count.
        """
        from deliveries.loading import due_back

        at, counted = at or timezone.now(), Counter(cylinders or {})
        if route.state == Route.State.DEPARTED:
            route.close(by=by, at=at)
        route.lock()
        body = _body(counted_twd, counted)
        if known := cls.objects.filter(route=route).first():
            return known._answer_again(operation_id, body)
        _check(route, counted_twd, counted)
        due = due_back(route)
        count = cls.objects.create(
            route=route, operation_id=operation_id, body_digest=body, counted_twd=counted_twd,
            due_twd=route.cash_with_driver_twd, at=at, by=by,
        )  # fmt: skip
        CylinderCount.objects.bulk_create(
            CylinderCount(count=count, product=product, state=state, due=due[product, state], counted=quantity)
            for (product, state), quantity in _all(due, counted)
        )
        count._book(str(count.pk), due, counted_twd, counted, by=by, at=at)
        return count

    def _answer_again(self, operation_id: uuid.UUID, body: str) -> CashCount:
        if (self.operation_id, self.body_digest) == (operation_id, body):
            return self
        raise Refused(
            _("%(who)s counted this route already: NT$%(counted)s.") % {"who": self.by, "counted": self.counted_twd},
            code="counted",
        )

    @transaction.atomic
    def follow(self, *, by: User, at: dt.datetime | None = None) -> None:
        """Book what was reported since the count: nobody counted it, so all of it is a variance. Else nothing."""
        from deliveries.loading import left_on_truck
        from deliveries.models.closed_day import ClosedDay

        self.route.lock()
        ClosedDay.must_be_open(self.route.day)
        late = left_on_truck(self.route)
        if late or self.route.cash_with_driver_twd:
            self._book(f"{self.pk}-{uuid.uuid4().hex[:8]}", late, 0, Counter(), by=by, at=at or timezone.now())

    def _book(self, cause: str, due: Goods, counted_twd: int, counted: Goods, *, by: User, at: dt.datetime) -> None:
        """Both ledgers and the variances of one count, in the transaction of its row."""
        from deliveries import loading
        from deliveries.models.variance import Variance

        due_twd = self.route.cash_with_driver_twd
        CashLeg.post(
            self.route, {"driver": -due_twd, "office": counted_twd, "variance": due_twd - counted_twd},
            cause=("count", cause), by=by, at=at,
        )  # fmt: skip
        loading.count_off(self.route, due, counted, cause=("count", cause), by=by, at=at)
        if counted_twd != due_twd:
            Variance.open(self.route, cause=cause, difference=counted_twd - due_twd, by=by, at=at)
        for (product, state), quantity in _all(due, counted):
            if difference := quantity - due[product, state]:
                Variance.open(
                    self.route, cause=cause, difference=difference, product=product, state=state, by=by, at=at
                )  # fmt: skip
        live.changed("route", self.route_id)


class CylinderCount(models.Model):
    """So many cylinders of a product and state were counted, and so many were due: less than none was given away."""

    count = models.ForeignKey(CashCount, on_delete=models.PROTECT, related_name="cylinders")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=CylinderMovement.State)
    due = models.IntegerField()
    counted = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["product__sort", "state"]
        constraints = [
            models.UniqueConstraint(fields=["count", "product", "state"], name="a_count_counts_a_kind_once"),
            models.CheckConstraint(condition=Q(counted__lte=MOST_CYLINDERS), name="a_count_is_sane"),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.product_id} {self.state}: {self.counted} of {self.due}"

    @property
    def difference(self) -> int:
        return self.counted - self.due


def _all(due: Goods, counted: Goods) -> list[tuple[tuple[Product, str], int]]:
    """Every kind that was due or counted, with what was counted of it."""
    kinds = {key for key, quantity in (*due.items(), *counted.items()) if quantity}
    return [(key, counted[key]) for key in sorted(kinds, key=lambda key: (key[0].sort, key[0].pk, key[1]))]


def _body(counted_twd: int, counted: Mapping[tuple[Product, str], int]) -> str:
    kinds = sorted((product.code, state, quantity) for (product, state), quantity in counted.items() if quantity)
    return digest({"twd": counted_twd, "cylinders": kinds})


def _check(route: Route, counted_twd: int, counted: Goods) -> None:
    from deliveries.models.closed_day import ClosedDay

    if not route.has_left:
        raise Refused(_("Route %(code)s has not left yet.") % {"code": route.code}, code="not_left")
    ClosedDay.must_be_open(route.day)
    if not 0 <= counted_twd <= MOST_TWD:
        raise Refused(_("Enter the cash counted, in whole NT$."), field="counted_twd", code="bad_amount")
    if any(not 0 <= quantity <= MOST_CYLINDERS for quantity in counted.values()):
        raise Refused(_("Between 0 and 999 cylinders of one kind."), code="bad_quantity")
