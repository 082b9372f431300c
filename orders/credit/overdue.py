"""Who has owed for long: by 30, 60 and 90 days, on a page and in a file."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.files.columns import guarded
from customers.ledger import Ages, ages
from customers.models import Area, Customer


@dataclass(frozen=True)
class Debt:
    """One customer and how old what they owe is."""

    customer: Customer
    age: Ages


@dataclass(frozen=True)
class Overdue:
    """All who were chosen, the most overdue first, and what they owe together."""

    ages: list[Ages]

    @classmethod
    def of(cls, *, days: int, area: Area | None = None, text: str = "") -> Overdue:
        """Who owes something for at least so many days; in one query and one for each filter."""
        found = [age for age in ages().values() if _older(age, days)]
        if area:
            there = set(Customer.objects.in_area(area).values_list("pk", flat=True))
            found = [age for age in found if age.customer_id in there]
        if text:
            meant = set(Customer.objects.search(text).values_list("pk", flat=True))
            found = [age for age in found if age.customer_id in meant]
        return cls(sorted(found, key=lambda age: (-_older(age, days), age.customer_id)))

    @property
    def sums(self) -> list[int]:
        """Together: under 30 days, over 30, over 60, over 90, and all."""
        return [sum(column) for column in zip(*map(_columns, self.ages), strict=True)] or [0] * 5

    def debts(self, start: int = 0, end: int | None = None) -> list[Debt]:
        """These of them with their customers; in one query."""
        some = self.ages[start:end]
        customers = Customer.objects.with_area().in_bulk([age.customer_id for age in some])
        return [Debt(customers[age.customer_id], age) for age in some]

    def as_csv(self, debts: list[Debt]) -> str:
        """UTF-8 with its mark, so that a spreadsheet knows; nothing in it runs as a formula."""
        text = io.StringIO()
        text.write("\ufeff")
        writer = csv.writer(text)
        ageing = [_("under 30 days"), _("over 30 days"), _("over 60 days"), _("over 90 days"), _("They owe")]
        writer.writerow([_("Number"), _("Name"), _("Area"), _("Owed since"), *ageing, _("Credit limit")])
        for debt in debts:
            customer, limit = debt.customer, debt.customer.credit_limit_twd
            who = [customer.code, guarded(customer.name), customer.area_name or ""]  # type: ignore[attr-defined]
            since = debt.age.since.isoformat()
            writer.writerow([*who, since, *_columns(debt.age), "" if limit is None else limit])
        writer.writerow(["", _("All of them"), "", "", *self.sums, ""])
        return text.getvalue()


def _columns(age: Ages) -> tuple[int, ...]:
    return age.under_30_twd, age.over_30_twd, age.over_60_twd, age.over_90_twd, age.total_twd


def _older(age: Ages, days: int) -> int:
    """NT$ that have been open for at least so many days."""
    columns = {30: age.overdue_twd, 60: age.over_60_twd + age.over_90_twd, 90: age.over_90_twd}
    return columns[days]
