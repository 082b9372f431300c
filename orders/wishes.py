"""What a person asks for, before it is an order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from customers.models import Site
from orders.models.product import Product
from orders.models.slot import Slot


@dataclass(frozen=True)
class Item:
    """So many full cylinders of a product, and so many empties to take back for them."""

    product: Product
    quantity: int
    empties: int = 0


@dataclass(frozen=True)
class When:
    """`now` as soon as a truck can, a slot, or any time on a day."""

    slot: Slot | None = None
    day: dt.date | None = None

    @property
    def is_now(self) -> bool:
        return self.slot is None and self.day is None


NOW = When()


@dataclass(frozen=True)
class Wish:
    """An order as it was asked for. `is_gas_out` is None while nobody asked: then it cannot be placed."""

    site: Site
    items: tuple[Item, ...]
    when: When = NOW
    is_gas_out: bool | None = None
    note: str = ""
    pays_by: str = ""

    def body(self) -> dict[str, Any]:
        """What makes two wishes the same wish."""
        return {
            "site": self.site.pk,
            "items": sorted((item.product.pk, item.quantity, item.empties) for item in self.items if item.quantity),
            "slot": self.when.slot.pk if self.when.slot else None,
            "day": self.when.day,
            "out": self.is_gas_out,
            "note": self.note.strip(),
            "pays_by": self.pays_by,
        }
