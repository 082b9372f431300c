"""Filters of the list of orders that a higher app offers: orders never ask who drives, deliveries do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import get_language

from customers.models import Area

if TYPE_CHECKING:
    from orders.querysets import OrderQuerySet

Choices = dict[str, list[tuple[str, str]]]


@dataclass(frozen=True)
class Narrowing:
    """One more field: what it offers, as rows of `options()`, and the orders that a value leaves since a day."""

    name: str
    label: str | Promise
    options: Callable[[], QuerySet]
    narrow: Callable[[OrderQuerySet, str, dt.date | None], OrderQuerySet]


OFFERED: dict[str, Narrowing] = {}


def offer(narrowing: Narrowing) -> None:
    """Called by an app as it starts."""
    OFFERED[narrowing.name] = narrowing


def options(rows: QuerySet, name: str, *, value: str, label: str | Combinable, sort: str) -> QuerySet:
    """What a field offers: its name, a value, the words for it and what it is sorted by, all as text."""
    text = CharField()
    shown = F(label) if isinstance(label, str) else label
    columns = [Cast(Value(name), text), *(Cast(column, text) for column in (F(value), shown, F(sort)))]
    return rows.order_by().values_list(*columns)


def choices() -> Choices:
    """What every field with a list offers, in one query."""
    from orders.models import Product

    name = "name_en" if (get_language() or "").startswith("en") else "name"
    areas = options(Area.objects.all(), "area", value="code", label="name", sort="code")
    products = options(Product.objects.all(), "product", value="code", label=name, sort="sort")
    rows = areas.union(products, *(each.options() for each in OFFERED.values()), all=True).order_by()
    found: Choices = {field: [] for field in ("area", "product", *OFFERED)}
    for field, value, label, _sort in sorted(rows, key=lambda row: (row[3].rjust(8), row[2])):
        found[field].append((value, label))
    return found
