"""Work for the office's desk: some who are on the record twice, and a file that waits to be put on it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from customers.files.columns import COLUMNS
from customers.files.importing import read
from customers.models import Contact, Customer, Import, Site
from customers.tax_id import is_tax_id
from luckygas.db import derived_id
from luckygas.models import User
from pilot.seed.people import Door, Town

DOUBLES = 3
LINES = (
    ("向陽早餐店", "店家", "0900-013-901", "臺東市榕樹路 12 號", "瑞光", "8-11", "00000016"),
    ("小滿麵館", "店家", "0900-013-902", "臺東市榕樹路 31 號", "瑞光", "", ""),
    ("晨光民宿", "店家", "0900-013-903", "臺東市月桃街 8 號", "四維", "", ""),
    ("範例住戶甲", "住家", "0900-013-904", "臺東市月桃街 15 號 3 樓", "四維", "", ""),
    ("範例住戶乙", "住家", "９００－０１３－９０５", "臺東市月桃街 19 號", "四維", "", ""),
    ("範例住戶丙", "住家", "0900-013-906", "臺東市月桃街 21 號", "火星", "", ""),
    ("範例住戶丁", "住家", "0900-013-904", "臺東市月桃街 15 號 5 樓", "四維", "", ""),
)  # fmt: skip
HEADERS = ("name", "kind", "phone", "address", "area", "hours", "tax_id")


def write_records(town: Town, *, seed: int, by: User) -> None:
    """Doubles of each kind among those whom no demo account is, and an import that a manager has to look at."""
    homes = [door for door in town.live if not door.user and not door.is_business]
    shops = [door for door in town.live if not door.user and door.is_business]
    if len(homes) > 8 * DOUBLES and len(shops) > 4 * DOUBLES:
        for one, other in _pairs(homes):
            Contact.add(customer=_customer(other), raw=one.phone, name="")
        _write_twice(homes[-1], homes[-2], by=by)
        for (one, other), number in zip(_pairs(shops), _tax_ids(), strict=False):
            for door in (one, other):
                _customer(door).change(by=by, tax_id=number)
    shared = homes[0].phone if homes else ""
    rows: list[tuple[str, ...]] = [
        *LINES,
        ("又一位", "住家", "0" + shared.removeprefix("+886"), "臺東市月桃街 40 號", "四維", "", ""),
    ]
    source = Import.bring(operation_id=derived_id("seed import", seed), name="新客人.csv", content=_file(rows), by=by)
    read(source)


def _pairs(doors: list[Door]) -> list[tuple[Door, Door]]:
    return [(doors[2 * n], doors[2 * n + 1]) for n in range(1, DOUBLES)]


def _customer(door: Door) -> Customer:
    return Customer.objects.get(pk=door.customer)


def _write_twice(one: Door, other: Door, *, by: User) -> None:
    """The same household, entered once more by somebody who did not look."""
    _customer(other).change(by=by, name=one.name)
    Site.objects.get(pk=other.site).change(by=by, address=Site.objects.get(pk=one.site).address)


def _tax_ids() -> list[str]:
    """Numbers whose check is right and that begin with so many zeros that nobody has them."""
    return [number for number in (f"{n:08d}" for n in range(30, 90)) if is_tax_id(number)]


def _file(rows: Sequence[Sequence[str]]) -> bytes:
    names = {column.key: column.header for column in COLUMNS}
    text = io.StringIO()
    csv.writer(text).writerows([[names[key] for key in HEADERS], *rows])
    return text.getvalue().encode("utf-8-sig")
