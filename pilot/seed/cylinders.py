"""Cylinders known by their serials, two of them overdue; and the older inspection schedule, marked as a sample."""

from __future__ import annotations

import datetime as dt

from deliveries.models import Depot
from luckygas.models import User
from orders.models import Cylinder, CylinderMovement, InspectionRule, Place, Product
from pilot.seed.rows import moment

SINCE = dt.date(2000, 1, 1)
SCHEDULE = {50: ((0, 4), (15, 3), (20, 1)), 20: ((0, 5), (15, 3), (20, 1)), 10: ((0, 6), (20, 1))}  # kg: age, years
KNOWN = (("20", 6), ("16", 3), ("50", 3))  # so many of each; the first of the first two kinds is overdue
OVERDUE = frozenset({"20", "16"})
State = CylinderMovement.State


def write_cylinders(depot: Depot, *, today: dt.date, by: User) -> None:
    """A dozen in the depot, bought before the first day that is told."""
    InspectionRule.objects.bulk_create(
        InspectionRule(valid_from=SINCE, most_kg=kg, from_age=age, years=years, is_sample=True)
        for kg, rows in SCHEDULE.items()
        for age, years in rows
    )
    for code, count in KNOWN:
        product = Product.objects.get(code=code)
        for number in range(1, count + 1):
            _write(product, number, depot, today=today, by=by, is_overdue=number == 1 and code in OVERDUE)


def _write(product: Product, number: int, depot: Depot, *, today: dt.date, by: User, is_overdue: bool) -> None:
    made = dt.date(today.year - 8, 1 + number, 1)
    inspected = today.replace(day=1) - dt.timedelta(days=2000 if is_overdue else 200 + number)
    cylinder = Cylinder.objects.create(
        serial=f"LG-{product.code}-{number:04d}", product=product, made_on=made, inspected_on=inspected,
        inspect_by=InspectionRule.due(product, made_on=made, inspected_on=inspected),
    )  # fmt: skip
    CylinderMovement.post(
        product=product, quantity=1, cylinder=cylinder, start=(Place.of(Place.Kind.PURCHASE), State.FULL),
        end=(depot.place, State.FULL), cause=("seed", cylinder.serial), purpose="buy", by=by,
        at=moment(today - dt.timedelta(days=100), 10 * 60),
    )  # fmt: skip
