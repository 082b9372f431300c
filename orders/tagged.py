"""Cylinders that somebody looked at: by their serial, or by the date on their tag."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from luckygas.clock import ROC_OFFSET
from orders.models import Cylinder, CylinderMovement, Place, Product

MONTH = re.compile(r"(\d{3,4})[-./](\d{1,2})")  # 2026-10, and 115.10 as it is stamped
LONGEST = 30
MOST_SERIALS = 300  # that a phone carries for one page


@dataclass(frozen=True)
class Tagged:
    """One cylinder: its serial, or the last day on which its tag says it is in date."""

    serial: str = ""
    inspect_by: dt.date | None = None

    @classmethod
    def read(cls, text: str) -> Tagged | None:
        """What is stamped on it as somebody typed it; None for nothing."""
        text = text.strip().upper()[:LONGEST]
        found = MONTH.fullmatch(text)
        if not found or not 1 <= int(found[2]) <= 12:
            return cls(serial=text) if text else None
        year = int(found[1]) + (ROC_OFFSET if len(found[1]) == 3 else 0)
        if not ROC_OFFSET < year < 2 * ROC_OFFSET:
            return cls(serial=text)
        return cls(inspect_by=dt.date(year, int(found[2]), calendar.monthrange(year, int(found[2]))[1]))

    def __str__(self) -> str:
        return self.serial or f"{self.inspect_by:%Y-%m}"


@dataclass(frozen=True)
class Lot:
    """Some cylinders that move together: a known one alone, or so many with the oldest date seen among them."""

    quantity: int
    cylinder: Cylinder | None = None
    inspect_by: dt.date | None = None
    is_overdue: bool = False


def lots(
    product: Product, quantity: int, tagged: Iterable[Tagged], *, place: Place, state: str, on: dt.date
) -> list[Lot]:
    """So many of a product, split: each known serial alone, the others together, those overdue on that day apart.

    A serial goes by itself only when the ledger has it here, or nowhere yet; otherwise only its dates count. At most
    three queries, none when nobody looked.
    """
    judged = _judged(product, tagged, on=on)[:quantity]
    here = _where({lot.cylinder.pk for lot in judged if lot.cylinder})
    alone: list[Lot] = []
    rest: list[Lot] = []
    for lot in judged:
        is_here = lot.cylinder and here.get(lot.cylinder.pk, (place.pk, state)) == (place.pk, state)
        (alone if is_here else rest).append(lot)
    for is_overdue, unseen in ((True, 0), (False, quantity - len(judged))):
        limits = [lot.inspect_by for lot in rest if lot.is_overdue == is_overdue]
        if limits or unseen:
            oldest = min((day for day in limits if day), default=None)
            alone.append(Lot(len(limits) + unseen, None, oldest, is_overdue))
    return alone


def _judged(product: Product, tagged: Iterable[Tagged], *, on: dt.date) -> list[Lot]:
    """One lot for each cylinder that somebody looked at, the overdue ones first."""
    looked = _once(tagged)
    known = _known(product, looked)
    found = []
    for each in looked:
        cylinder = known.get(each.serial)
        limit = cylinder.limit if cylinder else each.inspect_by
        found.append(Lot(1, cylinder, limit, limit is not None and limit < on))
    return sorted(found, key=lambda lot: not lot.is_overdue)


def _once(tagged: Iterable[Tagged]) -> list[Tagged]:
    """A serial read twice is one cylinder; two tags with the same date are two."""
    seen: set[str] = set()
    kept = []
    for each in tagged:
        if each.serial not in seen:
            kept.append(each)
        seen |= {each.serial} - {""}
    return kept


def _known(product: Product, looked: Iterable[Tagged]) -> dict[str, Cylinder]:
    serials = [each.serial for each in looked if each.serial]
    found = Cylinder.objects.filter(serial__in=serials, product=product) if serials else ()
    return {cylinder.serial: cylinder for cylinder in found}


def _where(cylinders: set[int]) -> dict[int, tuple[int, str]]:
    """Where the ledger has each of them, and in which state."""
    if not cylinders:
        return {}
    last = (
        CylinderMovement.objects.filter(cylinder__in=cylinders).order_by("cylinder", "-at", "-pk").distinct("cylinder")
    )
    return {move.cylinder_id: (move.to_place_id, move.to_state) for move in last if move.cylinder_id}


def serials_at(place: Place, *, products: Iterable[Product] | None = None) -> list[CylinderMovement]:
    """The last movement of each known cylinder that is here now, in one query."""
    came = CylinderMovement.objects.filter(to_place=place, cylinder__isnull=False).values("cylinder")
    if products is not None:
        came = came.filter(product__in=list(products))
    last = CylinderMovement.objects.filter(cylinder__in=came).order_by("cylinder", "-at", "-pk").distinct("cylinder")
    return [move for move in last.select_related("product", "cylinder") if move.to_place_id == place.pk]


def limits_at(places: Iterable[Place], products: Iterable[Product]) -> dict[str, str]:
    """The last day of each known serial that may be met at these places, of these products: the soonest ones first."""
    found = {
        move.cylinder.serial: move.cylinder.limit.isoformat()
        for place in places
        for move in serials_at(place, products=products)
        if move.cylinder and move.cylinder.limit and move.to_state == CylinderMovement.State.FULL
    }
    return dict(sorted(found.items(), key=lambda row: row[1])[:MOST_SERIALS])
