"""Meters that were read and billed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from luckygas.db import digest
from orders.models import MeterReading
from orders.models.meter import gas_twd
from pilot.seed.book import Book
from pilot.seed.ledgers import Account
from pilot.seed.people import Town
from pilot.seed.rows import Table, dice, moment

METERS, READINGS = 40, 3


def write_readings(book: Book, town: Town, *, seed: int, since: dt.date, today: dt.date, by: int) -> None:
    """A few meters, read each month since there are prices; each charges as `MeterReading.record` does."""
    throw, ids = dice(seed, "readings"), Table.numbers(MeterReading)
    table = Table(
        MeterReading, "id", "operation_id", "body_digest", "site_id", "product_id", "read_on", "reading_kg", "by_id",
        "is_new_meter", "recorded_at", "reversed_at", "reversed_by_id", "reversed_why", at=book.at,
    )  # fmt: skip
    days = [today.replace(day=1) - dt.timedelta(days=30 * months - 26) for months in range(READINGS, 0, -1)]
    days = [day for day in days if day >= since]
    doors = [door for door in town.live if door.takes.is_metered]
    for door in throw.sample(doors, min(METERS, len(doors))):
        shows, used = Decimal(throw.randrange(100_00, 900_00)) / 100, Decimal(0)
        for day in days:
            pk = ids.next()
            body = digest({"site": door.site, "product": door.takes.pk, "on": day, "kg": shows})
            at = moment(day, 11 * 60)
            table.add(
                pk, book.new_id(), body, door.site, door.takes.pk, day, shows, by, False, at, None, None, ""
            )  # fmt: skip
            if used:
                amount = gas_twd(used, door.takes.gas_twd[day >= door.takes.changed_on])
                book.legs.post(
                    door.customer, ((Account.RECEIVABLE, amount), (Account.SALES, -amount)), ("reading", pk), "charge",
                    at, by,
                )  # fmt: skip
            used = Decimal(throw.randrange(40_00, 260_00)) / 100
            shows += used
    table.flush()
    book.legs.table.flush()
