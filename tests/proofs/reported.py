"""What a proof of drivers' phones finds: each event and each effect that is not there exactly once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Sum

from customers.models import AccountEntry, Payment
from deliveries.models import Device, DriverEvent, Stop
from orders.models import CylinderMovement, Order
from tests.proofs.shift import Shift, Told

CLOCK_LIMIT = dt.timedelta(minutes=30)  # a visit's time by our clock, whatever the phone's says


@dataclass
class Sets:
    """The events and visits that are wrong, each set with a name per member."""

    lost: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    not_applied: list[str] = field(default_factory=list)
    wrong_effect: list[str] = field(default_factory=list)
    wrong_time: list[str] = field(default_factory=list)


def judge(shifts: Iterable[Shift], kept: set[str]) -> Sets:
    """Compare what phones were told, and said they kept, with what is stored and what it did."""
    sets = Sets()
    told = {one.id: one for shift in shifts for one in shift.all_events}
    rows = {str(event.pk): event for event in DriverEvent.objects.all()}
    sets.lost = [f"{told[one].kind} {one}" for one in kept if one not in rows]
    sets.unexpected = [f"{row.kind} {pk}" for pk, row in rows.items() if pk not in told]
    again = Counter((row.stop_id or row.route_id, row.kind) for row in rows.values())
    sets.doubled = [f"{kind} of {where}, {count} times" for (where, kind), count in again.items() if count > 1]
    for pk, row in rows.items():
        if pk in told and (row.kind, row.stop_id, row.body) != (told[pk].kind, told[pk].stop, told[pk].body):
            sets.altered.append(f"{row.kind} {pk}")
        if row.state != DriverEvent.State.APPLIED:
            sets.not_applied.append(f"{row.kind} {pk}: {row.state} {row.answer}")
    _effects(sets, told, rows)
    return sets


def beginnings() -> set[str]:
    """The phones after which another one, with an emptied store, said that it began anew."""
    return set(map(str, Device.objects.exclude(reset_of=None).values_list("reset_of__key", flat=True)))


def _effects(sets: Sets, told: dict[str, Told], rows: dict[str, DriverEvent]) -> None:
    """Stock, money and times of each visit that arrived."""
    stops = {stop.pk: stop for stop in Stop.objects.select_related("order")}
    given = _sums(CylinderMovement.objects.filter(cause_kind="order", purpose="given"), "quantity")
    paid = _sums(Payment.objects.filter(cause_kind="stop"), "received_twd")
    charged = _sums(
        AccountEntry.objects.filter(cause_kind="order", purpose="charge", account=AccountEntry.Account.RECEIVABLE),
        "amount_twd",
    )
    for one in told.values():
        if one.id not in rows or one.kind not in {"deliver", "fail"}:
            continue
        stop, is_done = stops[one.stop or 0], one.kind == "deliver"
        order = stop.order
        assert order is not None
        count = one.body["items"][0]["delivered"] if is_done else 0
        twd = one.body["payment"]["received_twd"] if is_done else 0
        wanted = (count, twd, count * 820, Stop.State.DONE if is_done else Stop.State.FAILED,
                  Order.State.DELIVERED if is_done else Order.State.CONFIRMED)  # fmt: skip
        found = (given[order.pk], paid[stop.pk], charged[order.pk], stop.state, order.state)
        if found != wanted:
            sets.wrong_effect.append(f"stop {stop.pk}: {found} instead of {wanted}")
        if stop.finished_at is None or abs(stop.finished_at - rows[one.id].received_at) > CLOCK_LIMIT:
            sets.wrong_time.append(f"stop {stop.pk}: {stop.finished_at}")


def _sums(rows: object, column: str) -> Counter[int]:
    found = rows.order_by().values_list("cause_id").annotate(Sum(column))  # type: ignore[attr-defined]
    return Counter({int(cause): total for cause, total in found})
