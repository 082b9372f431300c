"""What the found orders come to: by month, state, channel, kind of customer, area and product."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.files.columns import guarded
from customers.models import Customer
from orders.models import Order, OrderLine, Product
from orders.querysets import OrderQuerySet

Row = tuple[str, int, int]
BY: dict[str, tuple[str | Promise, Callable[[Any], str]]] = {
    "month": (_("Month"), lambda month: f"{month:%Y-%m}"),
    "state": (_("State"), lambda state: str(Order.State(state).label)),
    "channel": (_("Channel"), lambda channel: str(Order.Channel(channel).label)),
    "customer__kind": (_("Kind of customer"), lambda kind: str(Customer.Kind(kind).label)),
    "site__area__name": (_("Area"), str),
}


@dataclass(frozen=True)
class Table:
    """One way to divide the found orders. `counts` says what is counted: orders, or cylinders."""

    name: str
    label: str | Promise
    counts: str | Promise
    rows: list[Row]


@dataclass(frozen=True)
class Statistics:
    """Each table adds up to the same orders; the one of products counts cylinders and gas alone."""

    count: int
    twd: int
    tables: list[Table]

    @classmethod
    def of(cls, found: OrderQuerySet) -> Statistics:
        """In two queries: every combination that occurs with its sums, and the products."""
        month = TruncMonth("placed_at")
        cells = found.order_by().with_due().annotate(month=month).values(*BY)
        sums = list(cells.annotate(count=Count("pk"), twd=Sum("due_now_twd")).order_by())
        tables = [Table(name, label, _("Orders"), _sorted(name, sums)) for name, (label, _say) in BY.items()]
        tables.append(Table("product", _("Product"), _("Cylinders"), _products(found)))
        return cls(sum(cell["count"] for cell in sums), sum(cell["twd"] for cell in sums), tables)

    def as_csv(self) -> str:
        """UTF-8 with its mark, so that a spreadsheet knows; nothing in it runs as a formula."""
        text = io.StringIO()
        text.write("\ufeff")
        writer = csv.writer(text)
        for table in self.tables:
            writer.writerow([str(table.label), str(table.counts), "NT$"])
            writer.writerows([guarded(what), count, twd] for what, count, twd in table.rows)
            writer.writerow([])
        return text.getvalue()


def _sorted(name: str, cells: list[dict[str, Any]]) -> list[Row]:
    """The sums by one of their columns: months in their order, anything else with the most first."""
    found: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for cell in cells:
        found[cell[name]][0] += cell["count"]
        found[cell[name]][1] += cell["twd"]
    rows = sorted(found.items(), key=lambda each: each[0] if name == "month" else -each[1][0])
    say = BY[name][1]
    return [(say(value), count, twd) for value, (count, twd) in rows]


def _products(found: OrderQuerySet) -> list[Row]:
    """Cylinders and NT$ for gas, of each product that occurs."""
    quantity = Coalesce("delivered", "ordered")
    lines = OrderLine.objects.filter(order__in=found.order_by().values("pk")).order_by()
    sums = lines.values("product").annotate(n=Sum(quantity), twd=Sum(quantity * F("unit_price_twd"))).order_by("-n")
    products = Product.objects.in_bulk()
    return [(str(products[row["product"]]), row["n"], row["twd"]) for row in sums]
