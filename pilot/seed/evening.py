"""How yesterday ended: two routes counted in with a variance each, gas left in returned cylinders, the day closed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import islice

from deliveries.closing import left_over
from deliveries.loading import Goods, due_back
from deliveries.models import CashCount, ClosedDay, LeftOver, Route, Stop, Variance, Weighing
from luckygas.db import derived_id
from luckygas.models import User
from orders.models import OrderLine
from pilot.seed.history import SHORT_TWD
from pilot.seed.rows import moment

WEIGHED = (Decimal("3.40"), Decimal("1.85"), Decimal("6.20"))  # kg of gas that were left in three cylinders


def close_day(day: dt.date, *, office: dict[str, User]) -> None:
    """End a day that was driven, by the verbs: one driver is NT$100 short, one brought a cylinder less than he had."""
    if not Route.objects.on(day).exists():
        return
    routes = list(
        Route.objects.on(day).filter(cash_count=None).select_related("driver__user", "vehicle", "depot").order_by("pk")
    )
    by = office["dispatcher"]
    # The last of them lacks the money: the first drives where a cohort runs, whose enrolment that would stop at once.
    for route, short_of in zip(reversed(routes), ("cash", "empty"), strict=False):
        _count(route, short_of=short_of, by=by)
    for variance in Variance.objects.of_day(day).for_list():
        _own(variance, by=by)
    _weigh(day, by=by)
    kept = [
        LeftOver(
            operation_id=derived_id("seed", "left over", row.order.operation_id), day=day, order=row.order,
            outcome=LeftOver.Outcome.KEPT, reason="沒人在家，明天打電話約", by=by, at=moment(day, 21 * 60 + 35),
        )
        for row in left_over.rows(day, ())
    ]  # fmt: skip
    LeftOver.objects.bulk_create(kept)
    ClosedDay.close(day, operation_id=derived_id("seed", "closed", day), by=by, at=moment(day, 21 * 60 + 45))


def _count(route: Route, *, short_of: str, by: User) -> None:
    counted: Goods = due_back(route)
    cash = route.cash_with_driver_twd
    if short_of == "cash":
        cash -= SHORT_TWD
    if short_of == "empty":
        kind = next((key for key, quantity in counted.items() if key[1] == "empty" and quantity), None)
        counted.subtract([kind] if kind else [])
    CashCount.record(
        route=route, counted_twd=cash, cylinders=counted, by=by, at=moment(route.day, 21 * 60 + 20),
        operation_id=derived_id("seed", "count", route.day, route.code),
    )  # fmt: skip


def _own(variance: Variance, *, by: User) -> None:
    at = moment(variance.route.day, 21 * 60 + 30)
    if variance.is_cash:
        variance.own(owner=variance.route.driver.user, reason="市場那站找錯錢，明天補", by=by, at=at)
    else:
        variance.own(owner=by, reason="少一支空瓶，先在場內找", by=by, at=at)
        variance.settle(outcome=Variance.Outcome.BACK, note="在另一台車上找到", by=by, at=at + dt.timedelta(minutes=8))


def _weigh(day: dt.date, *, by: User) -> None:
    """The first stops that gave back a plain cylinder of 20 kg."""
    lines = OrderLine.objects.filter(product__code="20", empties_taken__gt=0).values("order")
    stops = Stop.objects.filter(route__day=day, state=Stop.State.DONE, order__in=lines).order_by("pk")
    found = stops.select_related("route__depot", "site__customer", "order")
    for number, (stop, kg) in enumerate(zip(islice(found, len(WEIGHED)), WEIGHED, strict=False)):
        line = stop.order.lines.select_related("product").get(product__code="20")  # type: ignore[union-attr]
        Weighing.record(
            operation_id=derived_id("seed", "weighing", day, number), stop=stop, product=line.product,
            gross_kg=line.product.tare_kg + kg, tare_kg=line.product.tare_kg, by=by, at=moment(day, 21 * 60 + 25),
        )  # fmt: skip
