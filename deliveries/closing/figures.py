"""What a day came to, from both ledgers and the routes: the figures of the record, the report and its file."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Sum

from customers.models import AccountEntry
from deliveries.closing.crews import Crew, crews
from deliveries.models import LeftOver, Variance, Weighing
from deliveries.watch.today import midnight
from orders.models import CylinderMovement, Order, OrderLine, Place, Product

DAY, AROUND = dt.timedelta(days=1), dt.timedelta(days=31)  # nothing is delivered further from its promised day
Account = AccountEntry.Account
BACK = {
    "taken": "empties",
    "taken_part": "parts",
    "other_empties": "others",
    "collected": "empties",
    "collected_part": "parts",
}


@dataclass(frozen=True)
class Sold:
    """One product of a day: cylinders handed over and their NT$, empties that came back."""

    product: Product
    delivered: int = 0
    gas_twd: int = 0
    empties: int = 0
    parts: int = 0
    others: int = 0

    @property
    def back(self) -> int:
        """Our own cylinders that came back, empty or with gas left."""
        return self.empties + self.parts


@dataclass(frozen=True)
class Report:
    """Everything that is said about one day; each part is read when it is asked for."""

    day: dt.date

    @cached_property
    def orders(self) -> list[tuple[str, str, int]]:
        """Orders promised for the day by state, with its word."""
        found = Order.objects.filter(promised_on=self.day).order_by().values_list("state").annotate(Count("pk"))
        counts = dict(found)
        return [(state, str(word), counts[state]) for state, word in Order.State.choices if counts.get(state)]

    @cached_property
    def left_over(self) -> list[LeftOver]:
        found = LeftOver.objects.filter(day=self.day).select_related("order__customer", "by")
        return list(found.order_by("pk"))

    @cached_property
    def sold(self) -> list[Sold]:
        """By product, in the order of the price list; three queries."""
        found: dict[int, Counter[str]] = defaultdict(Counter)
        for product, count, twd in self._delivered():
            found[product].update(delivered=count, gas_twd=twd)
        for product, purpose, count in self._came_back():
            found[product][BACK[purpose.partition(".")[0]]] += count
        products = Product.objects.in_bulk(found)
        return [Sold(products[pk], **found[pk]) for pk in sorted(found, key=lambda pk: products[pk].sort)]

    def _delivered(self) -> Any:
        lines = OrderLine.objects.filter(
            order__promised_on__range=(self.day - AROUND, self.day + AROUND),
            order__delivered_at__gte=midnight(self.day),
            order__delivered_at__lt=midnight(self.day + DAY),
            delivered__gt=0,
        )
        amount = Sum(F("delivered") * F("unit_price_twd"))
        return lines.order_by().values_list("product").annotate(count=Sum("delivered"), twd=amount)

    def _came_back(self) -> Any:
        places = Place.objects.filter(kind__in=[Place.Kind.TRUCK, Place.Kind.DEPOT]).values("pk")
        moved = CylinderMovement.objects.filter(to_place__in=places, day=self.day).in_effect(*BACK)
        return moved.order_by().values_list("product", "purpose").annotate(Sum("quantity"))

    @cached_property
    def money(self) -> dict[str, int]:
        """The day's sums of the account ledger, each as a person says it; `account` is what customers owe more."""
        found = AccountEntry.objects.filter(day=self.day).order_by().values_list("account").annotate(Sum("amount_twd"))
        sums = Counter(dict(found))
        return {
            "gas": -sums[Account.SALES],
            "deposits": -sums[Account.DEPOSIT],
            "residual": sums[Account.GAS_CREDIT],
            "cash": sums[Account.CASH],
            "bank": sums[Account.BANK],
            "account": sums[Account.RECEIVABLE],
            "adjusted": -sums[Account.ADJUSTMENT],
        }

    @cached_property
    def weighings(self) -> list[Weighing]:
        return list(Weighing.objects.kept().filter(day=self.day).for_list())

    @property
    def residual_kg(self) -> Decimal:
        return sum((weighing.net_kg for weighing in self.weighings), Decimal(0))

    @cached_property
    def variances(self) -> list[Variance]:
        return list(Variance.objects.of_day(self.day).for_list())

    @cached_property
    def crews(self) -> list[Crew]:
        return crews(self.day, self.variances)

    def figures(self) -> dict[str, Any]:
        """The same as plain numbers: what the record of a closed day keeps."""
        return {
            "orders": {state: count for state, _word, count in self.orders},
            "delivered": {sold.product.code: sold.delivered for sold in self.sold if sold.delivered},
            "empties": {sold.product.code: sold.back for sold in self.sold if sold.back},
            "money": self.money,
            "residual_kg": str(self.residual_kg),
            "counted_twd": sum(crew.counted_twd or 0 for crew in self.crews),
            "variances": len(self.variances),
            "left_over": len(self.left_over),
        }


def figures_of(day: dt.date) -> dict[str, Any]:
    return Report(day).figures()
