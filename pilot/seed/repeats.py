"""What comes again: standing orders, and meters that were read and billed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from luckygas.db import digest
from orders.models import MeterReading, StandingOrder
from pilot.seed.book import Book
from pilot.seed.ledgers import Account
from pilot.seed.people import Town
from pilot.seed.rows import Table, dice, moment

STANDING, METERS, READINGS = 36, 40, 3


def write_standing_orders(town: Town, *, seed: int, since: dt.date) -> int:
    """Businesses that want the same on the same days until they stop it."""
    throw = dice(seed, "standing orders")
    doors = [door for door in town.live if door.is_business and not door.takes.is_metered and not door.is_blocked]
    rows = [
        StandingOrder(
            site_id=door.site,
            rhythm=StandingOrder.Rhythm.WEEKLY,
            weekdays=[day for day in throw.choice(((2, 5), (3,), (1, 4), (6,))) if day not in door.closed] or [5],
            items=[{"product": door.takes.code, "quantity": door.quantity}],
            starts_on=since,
        )
        for door in throw.sample(doors, min(STANDING, len(doors)))
    ]
    return len(StandingOrder.objects.bulk_create(rows))


def write_readings(book: Book, town: Town, *, seed: int, today: dt.date, by: int) -> None:
    """A few meters, read each month; the gas between two readings is charged as `MeterReading.record` does."""
    throw, ids = dice(seed, "readings"), Table.numbers(MeterReading)
    table = Table(
        MeterReading, "id", "operation_id", "body_digest", "site_id", "product_id", "read_on", "reading_kg", "by_id",
        at=book.at,
    )  # fmt: skip
    doors = [door for door in town.live if door.takes.is_metered]
    for door in throw.sample(doors, min(METERS, len(doors))):
        shows, used = Decimal(throw.randrange(100_00, 900_00)) / 100, Decimal(0)
        for months in range(READINGS, 0, -1):
            pk, day = ids.next(), today - dt.timedelta(days=30 * months - 4)
            body = {"site": door.site, "product": door.takes.pk, "on": day, "kg": shows}
            table.add(pk, book.new_id(), digest(body), door.site, door.takes.pk, day, shows, by)
            if used:
                amount = round(used * door.takes.gas_twd[day >= door.takes.changed_on])
                book.legs.post(
                    door.customer, ((Account.RECEIVABLE, amount), (Account.SALES, -amount)), ("reading", pk), "charge",
                    moment(day, 11 * 60), by,
                )  # fmt: skip
            used = Decimal(throw.randrange(40_00, 260_00)) / 100
            shows += used
    table.flush()
    book.legs.table.flush()
