"""The sample town: everything that a demo, a proof or a rehearsal needs, and nobody real.

One transaction writes it, so that a seed which is killed leaves nothing behind and the next one begins anew. Rows go
in by COPY, with every trigger and constraint in force; what they say is what the verbs of the models would have
written. The same seed at the same moment gives the same town.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone, translation

from customers.models import Customer
from deliveries.models import Depot
from luckygas.clock import business_day
from pilot.seed.book import Book
from pilot.seed.cohorts import write_cohorts
from pilot.seed.credit import write_credit
from pilot.seed.crew import make_crews, make_customers_users, make_office
from pilot.seed.cylinders import write_cylinders
from pilot.seed.evening import close_day
from pilot.seed.flags import write_flags
from pilot.seed.history import History
from pilot.seed.ledgers import Legs, make_places
from pilot.seed.money import write_payments, write_price_changes
from pilot.seed.people import People
from pilot.seed.phones import write_incident, write_reports, write_signatures
from pilot.seed.products import make_products
from pilot.seed.records import write_records
from pilot.seed.repeats import write_readings
from pilot.seed.rows import Table, dice, moment
from pilot.seed.standing import write_standing_orders
from pilot.seed.suspension import write_suspension
from pilot.seed.today import Today
from pilot.seed.town import make_areas, make_calendar, make_depot, open_slots

COMMERCIAL, HOUSEHOLDS = 1267, 12_028  # domain page, "Size"
A_DAY = 217
ORDERS_DAYS = 90
LOCK = 0x1CC6A5  # one seed at a time on a database


@dataclass(frozen=True, slots=True)
class Size:
    """How large the town is. Without a number of orders it has 217 a day."""

    commercial: int = COMMERCIAL
    households: int = HOUSEHOLDS
    days: int = ORDERS_DAYS
    orders: int = ORDERS_DAYS * A_DAY
    today: int = A_DAY


def is_seeded() -> bool:
    return Depot.objects.exists()


def is_empty() -> bool:
    return not is_seeded() and not Customer.objects.exists()


@dataclass
class Progress:
    """Where the load is: a phase and how much of it is done."""

    report: Callable[[str, int, int], None]

    def phase(self, name: str, total: int) -> Callable[[int], None]:
        self.report(name, 0, total)
        return lambda done: self.report(name, done, total)


@transaction.atomic
def load(
    *, seed: int = 1, size: Size | None = None, at: dt.datetime | None = None, report: Callable[[str, int, int], None]
) -> dict[str, int]:
    """Load the whole town, as of `at` (now). Returns how many rows of the largest tables were written."""
    size, at, progress = size or Size(), at or timezone.now(), Progress(report)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        # No trigger is ignored. Saying so saves each of them an exception, which costs quadratic time when deferred.
        cursor.execute("SET LOCAL pgtrigger.ignore = '{}'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if is_seeded():  # another seed was faster
        return {}
    with translation.override("zh-hant"):
        tables = _load(seed, size, at, progress)
    return {table.model._meta.label: table.written for table in tables}


def _load(seed: int, size: Size, at: dt.datetime, progress: Progress) -> list[Table]:
    today = business_day(at)
    days = [today - dt.timedelta(days=n) for n in range(size.days, 0, -1)]
    since = (days[0] if days else today) - dt.timedelta(days=40)
    progress.phase("town", 0)
    areas, depot = make_areas(), make_depot()
    make_calendar(since, today)
    open_slots(today)
    office, crews, users = make_office(), make_crews(depot), make_customers_users()
    wares = make_products(since=since, today=today, by=office["manager"])
    places = make_places(depot.place.pk)
    opened = moment(since, 9 * 60)
    legs = Legs(at=opened)
    progress.phase("customers", 0)
    people = People(
        seed=seed, at=opened, areas=areas, wares=wares, places=places, legs=legs, by=office["manager"]
    )  # fmt: skip
    town = people.settle(size.commercial, size.households, users)
    book = Book(throw=dice(seed, "book"), at=at, places=places, legs=legs)
    stock_up(book, wares, opened, office["manager"].pk)
    history = History(
        seed=seed, book=book, town=town, wares=wares, crews=crews, depot=depot.pk, dispatcher=office["dispatcher"].pk,
        manager=office["manager"].pk,
    )  # fmt: skip
    waiting = history.tell(days=days, orders=size.orders, progress=progress.phase("orders", size.orders))
    progress.phase("today", 0)
    Today(history, seed=seed, at=at, orders=size.today, office=office).tell(waiting)
    close_day(today - dt.timedelta(days=1), office=office)
    write_standing_orders(town, seed=seed, at=at, by=office["dispatcher"])
    write_readings(book, town, seed=seed, since=since, today=today, by=office["dispatcher"].pk)
    write_price_changes(town, wares, at=at, by=office["manager"])
    write_payments(town, at=at, by=office["manager"])
    write_credit(at=at, office=office)
    write_records(town, seed=seed, by=office["manager"])
    write_cylinders(depot, today=today, by=office["manager"])
    write_reports(seed=seed, at=at)
    write_signatures(seed=seed, at=at)
    write_suspension(at=at, by=office["manager"])
    write_incident(town.live[-1], at=at, by=office["dispatcher"])
    write_cohorts(at=at, office=office)
    write_flags(at=at, office=office)
    progress.phase("checks", 0)
    analyze()  # what is checked now must not be looked for with the plans of an empty table
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    return [people.customers, people.sites, book.orders, book.events, book.movements, legs.table]


def analyze() -> None:
    """Let the planner know the new sizes: of our tables only, since all would lock the server's shared catalogs."""
    with connection.cursor() as cursor:
        names = ", ".join(
            connection.ops.quote_name(name) for name in connection.introspection.django_table_names(only_existing=True)
        )
        cursor.execute(f"ANALYZE {names}")


def stock_up(book: Book, wares: dict, at: dt.datetime, by: int) -> None:
    """What stood in the depot when it was counted first."""
    for state, quantity in (("full", 400), ("empty", 250)):
        book.carry(
            Counter({ware.pk: quantity if ware.code in {"20", "16"} else quantity // 4 for ware in wares.values()}),
            (book.places.opening, state), (book.places.depot, state), cause=("opening", f"depot-{state}"),
            purpose="count", at=at, by=by,
        )  # fmt: skip
