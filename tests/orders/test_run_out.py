"""When their gas runs out: a range of what the last deliveries say, never more than that."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone

from orders.run_out import RunOut

TODAY = dt.date(2026, 11, 24)


def had(day, kg=20):
    """A delivered order of so many kilograms, in 20 kg cylinders."""
    line = SimpleNamespace(quantity=kg // 20, product=SimpleNamespace(gas_kg=Decimal(20)))
    at = timezone.make_aware(dt.datetime.combine(day, dt.time(10)))
    return SimpleNamespace(delivered_at=at, lines=SimpleNamespace(all=lambda: [line]))


def ago(*days, **more):
    return [had(TODAY - dt.timedelta(days=each), **more) for each in days]


@pytest.mark.parametrize(
    ("delivered", "daily", "expected"),
    [
        ([], None, None),
        (ago(2), None, None),
        (ago(2, 12), None, None),  # one span says nothing about the next
        (ago(2, 12, 22), None, (8, 8)),
        (ago(2, 12, 32), None, (8, 18)),  # ten days once, twenty days once
        (ago(2, 12, 32), Decimal(1), (8, 18)),  # what happened says more than what was written down
        (ago(2), Decimal(2), (6, 10)),  # 20 kg: 8.3 days at 2.4 kg a day, 12.5 at 1.6
        (ago(2, 2, 2), None, None),  # three on one day
    ],
)
def test_the_range(delivered, daily, expected):
    found = RunOut.of(delivered, daily_use_kg=daily)

    days = found and tuple((day - TODAY).days for day in (found.first, found.last))
    assert days == expected
