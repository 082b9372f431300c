"""Prices that change, and payments beside the door: some taken back again."""

from __future__ import annotations

import datetime as dt

from customers.models import Customer, Payment
from luckygas.clock import business_day
from luckygas.db import derived_id
from luckygas.models import User
from orders.models import MeterReading, Order, Price, PriceChange
from pilot.seed.people import Town
from pilot.seed.products import Ware

OWN_PRICES, CHEQUES = 6, 4
DEARER = {"20": 15, "16": 12, "50": 38, "10": 8, "4": 4, "p20": 15, "p16": 12}  # NT$ a cylinder next month
CHEAPER = 0.96  # what a regular pays of the list


def write_price_changes(town: Town, wares: dict[str, Ware], *, at: dt.datetime, by: User) -> None:
    """The list goes up with next month and is told before; one change was withdrawn; some regulars pay less."""
    today = business_day(at)
    first = (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    wrong = _change(first, "中油公告調價（打錯一格）", by=by, at=at - dt.timedelta(days=2))
    Price.objects.bulk_create([_price(wrong, wares["20"], 8350)])
    wrong.withdrawn_on, wrong.withdrawn_by, wrong.withdrawn_why = today, by, "20 公斤多打一個 0"
    wrong.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_why"])
    wrong.prices.all().delete()
    told = max(first - dt.timedelta(days=3), min(today + dt.timedelta(days=1), first))
    dearer = _change(first, "中油公告下月調漲", by=by, at=at - dt.timedelta(days=1), announce_on=told)
    Price.objects.bulk_create(
        _price(dearer, wares[code], wares[code].gas_twd[1] + more) for code, more in DEARER.items()
    )
    for number, customer in enumerate(_regulars(town)):
        change = _change(
            today, f"老客戶談好的價錢，第 {number + 1} 家", by=by, at=at - dt.timedelta(days=6), customer=customer
        )  # fmt: skip
        ware = wares["20"]
        Price.objects.bulk_create([_price(change, ware, round(ware.gas_twd[1] * CHEAPER), customer=customer)])


def _regulars(town: Town) -> list[Customer]:
    """Shops: first those with an order on the way, whose price their own one crosses."""
    known = {door.customer for door in town.demo.values()}  # whose prices are those that everybody sees
    shops = {door.customer for door in town.live if door.is_business} - known
    served = Customer.objects.filter(pk__in=shops)
    waiting = served.filter(pk__in=Order.objects.open().filter(lines__product__code="20").values("customer"))
    crossed = list(waiting.order_by("number")[: OWN_PRICES // 2])
    return [*crossed, *served.exclude(pk__in=[shop.pk for shop in crossed]).order_by("-number")[: OWN_PRICES // 2]]


def _change(
    day: dt.date, reason: str, *, by: User, at: dt.datetime, customer: Customer | None = None, **more: dt.date
) -> PriceChange:
    operation = derived_id("seed", "prices", day, reason)
    to = PriceChange.Audience.MONTHLY if more else PriceChange.Audience.NOBODY
    return PriceChange.objects.create(
        operation_id=operation, valid_from=day, reason=reason, by=by, at=at, customer=customer, announce_to=to, **more
    )


def _price(change: PriceChange, ware: Ware, twd: int, *, customer: Customer | None = None) -> Price:
    return Price(
        product_id=ware.pk, kind=Price.Kind.GAS, amount_twd=twd, valid_from=change.valid_from, change=change,
        customer=customer, is_sample=True,
    )  # fmt: skip


def write_payments(town: Town, *, at: dt.datetime, by: User) -> None:
    """A few shops paid by cheque, and the last cheque bounced; one meter was read wrong."""
    monthly = [door for door in town.live if door.is_monthly and door.is_business]
    for number, door in enumerate(monthly[:CHEQUES]):
        payment = Payment.record(
            operation_id=derived_id("seed", "cheque", number),
            customer=Customer.objects.get(pk=door.customer),
            method=Payment.Method.CHEQUE,
            received_twd=3000 + 500 * number,
            by=by,
            at=at - dt.timedelta(days=4, hours=number),
            note=f"票號 SAMPLE{number + 1:03d}",
        )
    if monthly:
        yesterday = at - dt.timedelta(days=1)
        payment.reverse(operation_id=derived_id("seed", "bounced"), by=by, why="bounced", note="存款不足", at=yesterday)
    if reading := MeterReading.objects.last_of_each().first():
        right = reading.reading_kg - 9
        reading.correct(operation_id=derived_id("seed", "read wrong"), reading_kg=right, by=by, why="看錯一位數")
