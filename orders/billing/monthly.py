"""The monthly statement 月結單: what a customer had, gave and owes. Computed from the ledger, never stored.

Deposits are paid together with the gas; what we hold of them is told beside the balance and never netted with it.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Self

from django.db.models import Count, Q, QuerySet, Sum

from customers.models import AccountEntry, Area, Customer, Payment
from luckygas.clock import business_day
from orders.models import MeterReading, Order

Account = AccountEntry.Account


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month of the ledger."""

    year: int
    month: int

    @classmethod
    def of(cls, day: dt.date) -> Self:
        return cls(day.year, day.month)

    @classmethod
    def last(cls) -> Self:
        """The month that is over."""
        return cls.of(business_day().replace(day=1) - dt.timedelta(days=1))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """`2026-11` as a page's address says it; None when it is nonsense."""
        try:
            return cls.of(dt.date.fromisoformat(f"{text}-01"))
        except ValueError:
            return None

    @property
    def starts_on(self) -> dt.date:
        return dt.date(self.year, self.month, 1)

    @property
    def ends_on(self) -> dt.date:
        return self.starts_on.replace(day=calendar.monthrange(self.year, self.month)[1])

    @property
    def before(self) -> Month:
        return Month.of(self.starts_on - dt.timedelta(days=1))

    @property
    def after(self) -> Month:
        return Month.of(self.ends_on + dt.timedelta(days=1))

    @property
    def is_over(self) -> bool:
        return self.ends_on < business_day()

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass
class Line:
    """What one cause did to the account on one day, in NT$; `after_twd` is what was owed then."""

    day: dt.date
    cause_kind: str
    gas_twd: int = 0
    deposit_twd: int = 0
    paid_twd: int = 0
    after_twd: int = 0
    is_reversal: bool = False
    order: Order | None = None
    payment: Payment | None = None
    reading: MeterReading | None = None

    @property
    def used_kg(self) -> Decimal | None:
        """The gas that went through the meter."""
        before = getattr(self.reading, "before_kg", None)
        if self.reading is None or before is None or self.reading.is_new_meter:
            return None
        return self.reading.reading_kg - before


@dataclass
class Monthly:
    """One customer's statement of one month."""

    customer: Customer
    month: Month
    opening_twd: int = 0
    deposits_before_twd: int = 0
    deposits_twd: int = 0
    lines: list[Line] = field(default_factory=list)

    @property
    def gas_twd(self) -> int:
        return sum(line.gas_twd for line in self.lines)

    @property
    def deposit_twd(self) -> int:
        return sum(line.deposit_twd for line in self.lines)

    @property
    def paid_twd(self) -> int:
        return sum(line.paid_twd for line in self.lines)

    @property
    def closing_twd(self) -> int:
        return self.opening_twd + self.gas_twd + self.deposit_twd - self.paid_twd

    @property
    def credit_twd(self) -> int:
        return max(-self.closing_twd, 0)

    @property
    def is_empty(self) -> bool:
        """Nothing was owed and nothing happened: no paper for it."""
        return not (self.opening_twd or self.lines)


def monthly(customers: Iterable[Customer], month: Month) -> list[Monthly]:
    """The statements of these customers, in their order; as many queries for all of them as for one."""
    papers = {customer.pk: Monthly(customer, month) for customer in customers}
    entries = AccountEntry.objects.filter(customer__in=papers)
    _balances(papers, entries, month)
    legs = list(
        entries.filter(account=Account.RECEIVABLE, day__range=(month.starts_on, month.ends_on)).order_by("day", "pk")
    )
    for key, line in _lines(legs).items():
        papers[key[0]].lines.append(line)
    for paper in papers.values():
        owed = paper.opening_twd
        for line in paper.lines:
            owed += line.gas_twd + line.deposit_twd - line.paid_twd
            line.after_twd = owed
    return list(papers.values())


def _balances(papers: dict[int, Monthly], entries: QuerySet[AccountEntry], month: Month) -> None:
    before = Sum("amount_twd", filter=Q(day__lt=month.starts_on), default=0)
    until = entries.filter(account__in=[Account.RECEIVABLE, Account.DEPOSIT], day__lte=month.ends_on)
    sums = until.order_by().values_list("customer", "account").annotate(before=before, at_end=Sum("amount_twd"))
    for customer, account, opening, closing in sums:
        if account == Account.RECEIVABLE:
            papers[customer].opening_twd = opening
        else:
            papers[customer].deposits_before_twd, papers[customer].deposits_twd = -opening, -closing


def _lines(legs: list[AccountEntry]) -> dict[tuple, Line]:
    """One line for what a cause did on a day, with what it was: an order, a payment, a reading."""
    causes: dict[str, set[int]] = defaultdict(set)
    for leg in legs:
        if leg.cause_id.isdecimal():
            causes[leg.cause_kind].add(int(leg.cause_id))
    orders = Order.objects.filter(pk__in=causes["order"]).for_list().in_bulk()
    payments = Payment.objects.select_related("reversal").in_bulk(causes["payment"])
    readings = _readings(causes["reading"])
    found: dict[tuple, Line] = {}
    for leg in legs:
        is_reversal = leg.purpose == "reversed"
        key = (leg.customer_id, leg.day, leg.cause_kind, leg.cause_id, is_reversal)
        line = found.setdefault(key, Line(leg.day, leg.cause_kind, is_reversal=is_reversal))
        pk = int(leg.cause_id) if leg.cause_id.isdecimal() else 0
        if leg.cause_kind == "payment":
            line.payment, line.paid_twd = payments.get(pk), line.paid_twd - leg.amount_twd
        elif leg.about == "deposit":
            line.order, line.deposit_twd = orders.get(pk), line.deposit_twd + leg.amount_twd
        else:
            line.gas_twd += leg.amount_twd
            line.order = orders.get(pk) if leg.cause_kind == "order" else None
            line.reading = readings.get(pk) if leg.cause_kind == "reading" else None
    return found


def _readings(pks: set[int]) -> dict[int, MeterReading]:
    """These readings, each with what the meter showed before; one that was corrected has nothing before it."""
    if not pks:
        return {}
    sites = MeterReading.objects.filter(pk__in=pks).values("site")
    known = MeterReading.objects.filter(site__in=sites).select_related("product", "site")
    kept = {reading.pk: reading for reading in known.with_before()}
    return {pk: kept[pk] for pk in pks & kept.keys()} | known.filter(pk__in=pks - kept.keys()).in_bulk()


# --- lists of them --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Sums:
    """A month in four numbers, in NT$."""

    opening_twd: int
    charged_twd: int
    paid_twd: int

    @property
    def closing_twd(self) -> int:
        return self.opening_twd + self.charged_twd - self.paid_twd


def month_sums(month: Month, *, area: Area | None = None, is_open: bool = False) -> dict[int, Sums]:
    """Who gets a statement, in the order of their numbers, with their month, by customer id; in one query.

    Who pays by the month, and owed something or had something that month; `is_open` leaves who owes at its end.
    """
    legs = AccountEntry.objects.filter(account=Account.RECEIVABLE, day__lte=month.ends_on)
    legs = legs.filter(customer__settlement=Customer.Settlement.MONTHLY)
    if area:
        legs = legs.filter(customer__in=Customer.objects.filter(sites__area=area).values("pk"))
    within = Q(day__gte=month.starts_on)
    rows = legs.order_by("customer__number").values_list("customer").annotate(
        opening=Sum("amount_twd", filter=~within, default=0),
        charged=Sum("amount_twd", filter=within & ~Q(cause_kind="payment"), default=0),
        paid=Sum("amount_twd", filter=within & Q(cause_kind="payment"), default=0),
        moves=Count("pk", filter=within),
    )  # fmt: skip
    found = {customer: (Sums(opening, charged, -paid), moves) for customer, opening, charged, paid, moves in rows}
    if is_open:
        return {customer: sums for customer, (sums, _moves) in found.items() if sums.closing_twd > 0}
    return {customer: sums for customer, (sums, moves) in found.items() if moves or sums.opening_twd}


def total(sums: Iterable[Sums]) -> Sums:
    sums = list(sums)
    return Sums(
        sum(each.opening_twd for each in sums),
        sum(each.charged_twd for each in sums),
        sum(each.paid_twd for each in sums),
    )
