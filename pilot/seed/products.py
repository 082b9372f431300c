"""What is sold, and sample prices: nobody's real ones, and marked so."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from luckygas.db import derived_id
from luckygas.models import User
from orders.models import Price, PriceChange, Product
from pilot.seed.rows import moment

PLAIN, PROPANE, BRANDED, METERED = (
    Product.Family.PLAIN, Product.Family.PROPANE, Product.Family.BRANDED, Product.Family.METERED
)  # fmt: skip
# code, name, English name, family, gas kg, tare kg, gas NT$, deposit NT$
CATALOGUE = (
    ("20", "20 公斤", "20 kg", PLAIN, 20, "20.00", 820, 1000),
    ("16", "16 公斤", "16 kg", PLAIN, 16, "17.50", 690, 900),
    ("50", "50 公斤", "50 kg", PLAIN, 50, "41.00", 1960, 2000),
    ("10", "10 公斤", "10 kg", PLAIN, 10, "12.50", 470, 800),
    ("4", "4 公斤", "4 kg", PLAIN, 4, "6.20", 240, 600),
    ("p20", "營20 丙烷 20 公斤", "Propane 20 kg", PROPANE, 20, "20.00", 880, 1000),
    ("p16", "營16 丙烷 16 公斤", "Propane 16 kg", PROPANE, 16, "17.50", 740, 900),
    ("h20", "好運20", "Lucky 20", BRANDED, 20, "11.50", 860, 1800),
    ("h16", "好運16", "Lucky 16", BRANDED, 16, "9.80", 730, 1600),
    ("safe10", "瓶安桶10", "Safe 10", BRANDED, 10, "6.40", 520, 1500),
    ("joy4", "幸福丸", "Happy Ball", BRANDED, 4, "3.90", 280, 1200),
    ("m50", "流量 50 公斤", "Metered 50 kg", METERED, 50, "41.00", 39, 0),
    ("m20", "流量 20 公斤", "Metered 20 kg", METERED, 20, "20.00", 41, 0),
    ("m16", "流量 16 公斤", "Metered 16 kg", METERED, 16, "17.50", 43, 0),
    ("mh20", "流量好運 20 公斤", "Metered Lucky 20 kg", METERED, 20, "11.50", 42, 0),
    ("mh16", "流量好運 16 公斤", "Metered Lucky 16 kg", METERED, 16, "9.80", 44, 0),
)


@dataclass(frozen=True, slots=True)
class Ware:
    """A product with its prices before and since the last change, without a query."""

    pk: int
    code: str
    name: str
    is_metered: bool
    gas_kg: Decimal
    gross_kg: float
    gas_twd: tuple[int, int]
    deposit_twd: int
    changed_on: dt.date

    def price(self, day: dt.date) -> int:
        """NT$ a cylinder on that day; a metered one is charged by its meter."""
        return 0 if self.is_metered else self.gas_twd[day >= self.changed_on]


def make_products(*, since: dt.date, today: dt.date, by: User) -> dict[str, Ware]:
    """Products by code, with two dates of sample prices: from the first day of data on, and this month's."""
    changed_on = today.replace(day=1)
    changes = {
        day: PriceChange.objects.create(
            operation_id=derived_id("seed", "prices", day), valid_from=day, reason=reason, by=by,
            at=moment(day - dt.timedelta(days=3), 10 * 60),
        )
        for day, reason in ((since, "開帳的牌價"), (changed_on, "中油公告調價"))
    }  # fmt: skip
    wares = {}
    prices = []
    for sort, (code, name, name_en, family, gas_kg, tare_kg, gas, deposit) in enumerate(CATALOGUE, start=1):
        product = Product.objects.create(
            code=code, name=name, name_en=name_en, family=family, gas_kg=Decimal(gas_kg), tare_kg=Decimal(tare_kg),
            sort=sort,
        )  # fmt: skip
        before = gas - max(gas_kg // 2, 1)
        kinds = [(Price.Kind.GAS, before, since), (Price.Kind.GAS, gas, changed_on)]
        if family != METERED:
            kinds += [(Price.Kind.DEPOSIT, deposit, since), (Price.Kind.RESIDUAL, gas // gas_kg - 8, since)]
        prices += [
            Price(product=product, kind=kind, amount_twd=amount, valid_from=day, is_sample=True, change=changes[day])
            for kind, amount, day in kinds
        ]
        wares[code] = Ware(
            pk=product.pk,
            code=code,
            name=name,
            is_metered=product.is_metered,
            gas_kg=product.gas_kg,
            gross_kg=float(product.gross_kg),
            gas_twd=(before, gas),
            deposit_twd=0 if family == METERED else deposit,
            changed_on=changed_on,
        )
    Price.objects.bulk_create(prices)
    return wares
