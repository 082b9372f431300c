"""What everything costs on a day: the list, or one customer's own prices beside it; and what is to come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from customers.models import Customer
from orders.models import Price, PriceChange, Product

if TYPE_CHECKING:
    from django.db.models import Model

Kind = Price.Kind


@dataclass
class Cell:
    """One kind of price of a product: what holds on the day, since when, and what comes next."""

    twd: int | None = None
    list_twd: int | None = None
    since: dt.date | None = None
    next_twd: int | None = None
    next_on: dt.date | None = None

    @property
    def is_own(self) -> bool:
        """The customer's own price, not the list's."""
        return self.twd is not None and self.since is not None


@dataclass
class Row:
    """One product with its prices by kind."""

    product: Product
    cells: dict[str, Cell] = field(default_factory=lambda: {kind: Cell() for kind in Kind.values})

    @property
    def listed(self) -> list[tuple[str, Cell]]:
        return list(self.cells.items())


def price_list(*, on: dt.date, customer: Customer | None = None) -> list[Row]:
    """Every product that is sold, with its prices on a day; in two queries.

    For a customer `twd` and `since` are of their own prices, and `list_twd` is what everybody pays.
    """
    rows = {product.pk: Row(product) for product in Product.objects.filter(is_active=True)}
    whose = Q(customer=None) | Q(customer=customer) if customer else Q(customer=None)
    for price in Price.objects.filter(whose, product__in=rows).order_by("valid_from"):
        cell = rows[price.product_id].cells[price.kind]
        is_own = price.customer_id == (customer.pk if customer else None)
        if price.valid_from <= on:
            if is_own:
                cell.twd, cell.since = price.amount_twd, price.valid_from if price.amount_twd is not None else None
            if price.customer_id is None:
                cell.list_twd = price.amount_twd
        elif is_own and cell.next_on is None:
            cell.next_twd, cell.next_on = price.amount_twd, price.valid_from
    return list(rows.values())


def with_own_prices(*, on: dt.date) -> QuerySet[Customer]:
    """Customers who pay prices of their own for something on a day or later, with how many."""
    theirs = Price.objects.filter(customer__isnull=False)
    newest = theirs.filter(valid_from__lte=on).order_by("customer_id", "product_id", "kind", "-valid_from")
    now = newest.distinct("customer_id", "product_id", "kind").values("pk")
    own = theirs.filter(Q(pk__in=now, amount_twd__isnull=False) | Q(valid_from__gt=on)).values("pk")
    count = Count("prices", filter=Q(prices__in=own))
    return Customer.objects.annotate(own_prices=count).filter(own_prices__gt=0).order_by("number")


@dataclass(frozen=True)
class Changed:
    """One price of a change: what it was the day before, and what it became."""

    product: Product
    kind: str
    was_twd: int | None
    twd: int | None

    @property
    def difference_twd(self) -> int | None:
        return None if self.was_twd is None or self.twd is None else self.twd - self.was_twd


def changed_by(change: PriceChange) -> list[Changed]:
    """What a change brought, from the history: a withdrawn one is told too. In two queries."""
    history: type[Model] = Price.pgh_event_model  # type: ignore[attr-defined]
    before = Price.objects.filter(
        product=OuterRef("product"), kind=OuterRef("kind"), valid_from__lt=change.valid_from
    ).order_by("-valid_from")
    listed = Subquery(before.filter(customer=None).values("amount_twd")[:1])
    was = Coalesce(Subquery(before.filter(customer=change.customer).values("amount_twd")[:1]), listed)
    rows = history._default_manager.filter(change=change.pk, pgh_label="insert").annotate(
        was_twd=was if change.customer_id else listed
    )
    products = Product.objects.in_bulk()
    kinds = list(Kind.values)
    told = [Changed(products[row.product_id], row.kind, row.was_twd, row.amount_twd) for row in rows]
    return sorted(told, key=lambda each: (each.product.sort, kinds.index(each.kind)))


def counted(changes: QuerySet[PriceChange]) -> QuerySet[PriceChange]:
    """Each change with how many prices it brought, `price_count`; a withdrawn one too, from the history."""
    history: type[Model] = Price.pgh_event_model  # type: ignore[attr-defined]
    brought = history._default_manager.filter(change=OuterRef("pk"), pgh_label="insert").order_by().values("change")
    return changes.annotate(price_count=Subquery(brought.annotate(count=Count("pk")).values("count")))
