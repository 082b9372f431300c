"""A route goes on with another driver: stock counted, cash closed for the first one, both people named."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from deliveries.models.cash import CashLeg
from deliveries.models.fleet import Driver
from deliveries.models.route import Route
from deliveries.models.variance import Variance
from luckygas import live
from luckygas.db import Frozen, Record
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Said as _

if TYPE_CHECKING:
    from deliveries.loading import Goods


class Takeover(Record):
    """One change of drivers on the road: what the first one handed over against what was due, and when it was taken."""

    operation_id = models.UUIDField(unique=True)
    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="takeovers")
    from_driver = models.ForeignKey(Driver, on_delete=models.PROTECT, related_name="+")
    to_driver = models.ForeignKey(Driver, on_delete=models.PROTECT, related_name="+")
    due_twd = models.IntegerField()
    counted_twd = models.PositiveIntegerField()
    stock = models.JSONField(default=list, help_text="product, state, due and counted of each kind on the vehicle")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True, help_text="when the second driver said so")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_driver=models.F("to_driver")), name="a_route_goes_on_with_somebody_else"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_takeover_says_why"),
        ]
        triggers = [
            Frozen(
                "operation_id", "route_id", "from_driver_id", "to_driver_id", "due_twd", "counted_twd", "stock", "at",
                "by_id",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.route_id}: {self.from_driver} → {self.to_driver}"

    @classmethod
    @transaction.atomic
    def hand_over(
        cls,
        route: Route,
        *,
        to: Driver,
        counted_twd: int,
        counted: Goods,
        reason: str,
        operation_id: uuid.UUID,
        by: User,
        at: dt.datetime | None = None,
    ) -> Takeover:
        """Close the first driver's bag and stock as counted, and give the route to the second. Once per operation.

        The vehicle stays with the route; each difference is a variance of the first driver's.
        """
        from deliveries.loading import on_truck

        at = at or timezone.now()
        route.lock()
        if known := cls.objects.filter(operation_id=operation_id).first():
            return known
        _check(route, to, reason)
        due, due_twd = on_truck(route), route.cash_with_driver_twd
        row = cls.objects.create(
            operation_id=operation_id, route=route, from_driver=route.driver, to_driver=to, due_twd=due_twd,
            counted_twd=counted_twd, stock=_rows(due, counted), reason=reason.strip()[:200], by=by, at=at,
        )  # fmt: skip
        row._book(due, counted, by=by, at=at)
        route.driver = to
        route.save(update_fields=["driver"])
        live.changed("route", route.pk)
        return row

    def _book(self, due: Goods, counted: Goods, *, by: User, at: dt.datetime) -> None:
        from deliveries.loading import miss_on_truck

        cause = f"takeover {self.pk}"
        legs = {"driver": -self.due_twd, "office": self.counted_twd, "variance": self.due_twd - self.counted_twd}
        CashLeg.post(self.route, legs, cause=("takeover", self.pk), by=by, at=at)
        if self.counted_twd != self.due_twd:
            Variance.open(self.route, cause=cause, difference=self.counted_twd - self.due_twd, by=by, at=at)
        for product, state in sorted({*due, *counted}, key=lambda kind: (kind[0].sort, kind[0].pk, kind[1])):
            if difference := counted[product, state] - due[product, state]:
                miss_on_truck(self.route, product, state, difference, cause=("takeover", self.pk), by=by, at=at)
                Variance.open(
                    self.route, cause=cause, difference=difference, product=product, state=state, by=by, at=at
                )  # fmt: skip

    @transaction.atomic
    def take(self, *, by: User, at: dt.datetime | None = None) -> None:
        """The second driver has it: the vehicle, its stock and an empty bag. Said once."""
        self.lock()
        if by.pk != self.to_driver.user_id:
            raise Refused(_("Route %(code)s went to somebody else.") % {"code": self.route.code}, code="not_mine")
        if not self.taken_at:
            self.taken_at = at or timezone.now()
            self.save(update_fields=["taken_at"])
            live.changed("route", self.route_id)


def _rows(due: Goods, counted: Goods) -> list[dict[str, Any]]:
    kinds: Counter = Counter(due) | Counter(counted)
    return [
        {"product": product.code, "state": str(state), "due": due[product, state], "counted": counted[product, state]}
        for product, state in sorted(kinds, key=lambda kind: (kind[0].sort, kind[0].pk, kind[1]))
    ]


def _check(route: Route, to: Driver, reason: str) -> None:
    if not route.is_departed:
        raise Refused(_("Only a route on the road goes on with somebody else."), code="not_left")
    if to.pk == route.driver_id or not to.is_active:
        raise Refused(_("Choose another driver."), field="driver", code="same_driver")
    if not reason.strip():
        raise Refused(_("Write the reason."), field="reason", code="no_reason")
    if Route.objects.open().filter(driver=to, day=route.day).exists():
        raise Refused(
            _("%(driver)s has a route that is not closed that day. Close it first, or choose another driver.")
            % {"driver": to},
            field="driver",
            code="driver_taken",
        )
