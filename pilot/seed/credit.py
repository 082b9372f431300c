"""Credit: who has owed for long and is blocked, who stands in for the manager, and what was decided today."""

from __future__ import annotations

import datetime as dt

from customers.models import AccountEntry, Customer
from luckygas.clock import business_day
from luckygas.db import derived_id
from luckygas.models import User
from orders.models import Deputy, Order

OLD_DEBTS_TWD, OLD_DAYS = (12_400, 8_610, 21_320, 5_740), (125, 96, 72, 41)
DEPUTY_TWD, DEPUTY_DAYS = 5_000, 14


def write_credit(*, at: dt.datetime, office: dict[str, User]) -> None:
    """After everybody's orders: only what their verbs would have written."""
    for number, customer in enumerate(Customer.objects.filter(is_blocked=True).order_by("pk")):
        _owe(customer, OLD_DEBTS_TWD[number % 4], at - dt.timedelta(days=OLD_DAYS[number % 4]), by=office["manager"])
    Customer.objects.filter(is_blocked=True).update(blocked_why="催了三次還沒收到款")
    today = business_day(at)
    Deputy.objects.create(
        person=office["dispatcher"], up_to_twd=DEPUTY_TWD, valid_from=today - dt.timedelta(days=2),
        valid_until=today + dt.timedelta(days=DEPUTY_DAYS), set_by=office["manager"], set_at=at - dt.timedelta(days=2),
    )  # fmt: skip
    held = list(Order.objects.on_hold().filter(customer__is_blocked=False).order_by("pk"))
    if len(held) > 2:  # the others wait
        operation = derived_id("seed", "released", held[0].number)
        held[0].release(by=office["manager"], note="老闆娘說明天匯款，先送", operation_id=operation)


def _owe(customer: Customer, twd: int, at: dt.datetime, *, by: User) -> None:
    account = AccountEntry.Account
    AccountEntry.post(
        customer=customer, legs={account.RECEIVABLE: twd, account.ADJUSTMENT: -twd},
        cause=("opening", f"debt-{customer.pk}"), purpose="carried over", by=by, at=at,
    )  # fmt: skip
