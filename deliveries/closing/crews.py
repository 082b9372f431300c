"""Each route of a day with its visits, and what its driver handed in against what was due."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import CharField
from django.db.models.functions import Cast

from customers.models import Payment
from deliveries.models import CashCount, Route, Stop, Variance


@dataclass(frozen=True)
class Crew:
    """A route of the day. What is due is what was due when it was counted; before that, what its payments say."""

    route: Route
    visits: Counter[str]
    due_twd: int
    count: CashCount | None
    late_twd: int
    variances: list[Variance]

    @property
    def done(self) -> int:
        return self.visits[Stop.State.DONE]

    @property
    def failed(self) -> int:
        return self.visits[Stop.State.FAILED]

    @property
    def left(self) -> int:
        return self.visits.total() - self.done - self.failed

    @property
    def counted_twd(self) -> int | None:
        return self.count.counted_twd if self.count else None

    @property
    def difference_twd(self) -> int | None:
        return self.count.difference_twd if self.count else None

    @property
    def can_count(self) -> bool:
        return self.count is None and self.route.has_left and not self.left

    @property
    def cylinders(self) -> list[Variance]:
        """What differed of its cylinders."""
        return [variance for variance in self.variances if not variance.is_cash]


def crews(day: dt.date, variances: Iterable[Variance]) -> list[Crew]:
    """Every route of a day that ever had a stop, by code; in four queries."""
    differing: dict[int, list[Variance]] = defaultdict(list)
    for variance in variances:
        differing[variance.route_id].append(variance)
    visits: dict[int, Counter[str]] = defaultdict(Counter)
    stops = {}
    for pk, route, state in Stop.objects.filter(route__day=day).order_by().values_list("pk", "route", "state"):
        visits[route][state] += 1
        stops[str(pk)] = route
    cash: Counter[int] = Counter()
    mine = Stop.objects.filter(route__day=day).order_by().annotate(key=Cast("pk", CharField())).values("key")
    paid = Payment.objects.kept().filter(cause_kind="stop", method=Payment.Method.CASH, cause_id__in=mine)
    for stop, twd in paid.values_list("cause_id", "received_twd"):
        cash[stops[stop]] += twd
    routes = Route.objects.on(day).filter(pk__in=visits).select_related("driver__user", "vehicle", "cash_count__by")
    return [
        _crew(route, visits[route.pk], cash[route.pk], differing[route.pk])
        for route in routes.with_booked_cash().order_by("code")
    ]


def _crew(route: Route, visits: Counter[str], cash_twd: int, variances: list[Variance]) -> Crew:
    count = getattr(route, "cash_count", None)
    left = cash_twd + route.booked_twd  # type: ignore[attr-defined]  # what nobody has counted in yet
    return Crew(route, visits, count.due_twd if count else left, count, left if count else 0, variances)
