"""The process that asks one town's pages for `make prove-scale`, and fills it first. Its clock stands at the town's."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import django
import psycopg
import time_machine

SLOWEST = 2  # plans shown a page
QUIET = 86_400_000


def note(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def fill(name: str, orders: int, seed: int) -> None:
    """Create, migrate and load the database, unless it is loaded."""
    from tests.proofs.instance import url_of

    with psycopg.connect(url_of("postgres"), autocommit=True) as link:
        if not link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            link.execute(f'CREATE DATABASE "{name}"')
    from django.core.management import call_command
    from django.db import connection

    from pilot.seed import A_DAY, Size, is_seeded, load

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    if not is_seeded():
        began = time.monotonic()
        note(f"Filling {name} with {orders:,} orders …")
        tenths = [0]

        def say(phase: str, done: int, total: int) -> None:
            if total and done * 10 // total > tenths[0]:
                tenths[0] = done * 10 // total
                note(f"  {done:,} after {time.monotonic() - began:.0f} s")

        with (
            connection.cursor() as cursor
        ):  # the same rows that a seed writes under all rules; here only reading counts
            cursor.execute("SET session_replication_role = replica")
        size = Size(days=max(round(orders / A_DAY), 1), orders=orders)
        load(seed=seed, size=size, at=dt.datetime.fromisoformat(os.environ["SCALE_AT"]), report=say)
        note(f"  loaded after {time.monotonic() - began:.0f} s")
    with connection.cursor() as cursor:
        cursor.execute(f"SET session_replication_role = DEFAULT; SET statement_timeout = {QUIET}")
        cursor.execute("VACUUM (ANALYZE)")  # what autovacuum does within a minute; the proof does not wait for it


def indexes_on(cursor: Any, column: str) -> list[str]:
    """The indexes of orders that begin with this column and hold up no constraint."""
    cursor.execute(
        """SELECT i.indexrelid::regclass::text FROM pg_index i
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = 'orders_order'::regclass AND a.attname = %s AND NOT i.indisunique""",
        [column],
    )
    return [row[0] for row in cursor.fetchall()]


def searches(office: str, newest: Any, digits: str, *, driver: int) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """What `make prove-search` asks: every filter of the list of orders, most of them together, and an empty one."""
    day = newest.promised_on
    month = {"since": (day - dt.timedelta(days=30)).isoformat(), "until": day.isoformat()}
    common = {"channel": "phone", "product": "20", "kind": "commercial"}
    asked: dict[str, dict[str, Any]] = {
        "by number": {"text": newest.number}, "by name": {"text": newest.customer.name[:2]},
        "by phone": {"text": digits}, "by days": month, "by state": {"state": "cancelled"},
        "by channel": {"channel": "phone"}, "by product": {"product": "16"}, "by amount": {"at_least": 5_000},
        "by area": {"area": newest.site.area.code}, "by driver": {"driver": driver}, "by kind": {"kind": "commercial"},
        "by everything": {**common, **month, "driver": driver, "at_least": 500, "state": "delivered"},
        "for nothing there is": {"at_least": 9_000_000, "kind": "household"},
    }  # fmt: skip
    return {f"search {name}": ("dispatcher", office, query) for name, query in asked.items()}


class Pages:
    """One signed-in browser a role, and the addresses that are compared."""

    def __init__(self) -> None:
        from django.db.models import Count
        from django.test import Client
        from django.urls import reverse
        from django.utils import timezone

        from customers.models import Customer, Membership
        from deliveries.models import Driver
        from luckygas.models import User
        from orders.models import Order

        self.clients = {}
        for name in ("dispatcher", "driver", "customer"):
            self.clients[name] = Client(headers={"accept-language": "zh-TW"})
            self.clients[name].force_login(User.objects.get(username=name))
        served = Customer.objects.annotate(count=Count("orders")).filter(count__gt=0)
        quiet = served.order_by("count", "pk").first()
        busiest = Customer.objects.annotate(count=Count("orders")).order_by("-count", "pk").first()
        reader, _ = User.objects.get_or_create(username="scale-reader")
        reader.add_role("customer")
        Membership.objects.get_or_create(user=reader, customer=busiest)
        self.clients["reader"] = Client(headers={"accept-language": "zh-TW"})
        self.clients["reader"].force_login(reader)
        contact, site = busiest.contacts.first(), busiest.sites.first()
        week_ago = timezone.localdate() - dt.timedelta(days=7)
        newest = Order.objects.filter(customer=busiest).order_by("-placed_at")[20:21].first()
        find, office, history = (reverse(name) for name in ("orders:find", "orders:index", "orders:history"))
        board = reverse("deliveries:dispatch")
        self.pages = {
            "board": ("dispatcher", board, {}),
            "board of last week": ("dispatcher", board, {"day": week_ago.isoformat()}),
            "find by name": ("dispatcher", find, {"q": busiest.name[:4]}),
            "find by phone": ("dispatcher", find, {"q": contact.digits[-6:]}),
            "find by address": ("dispatcher", find, {"q": site.address.split(" ")[0][-5:]}),
            "find by number": ("dispatcher", find, {"q": busiest.code}),
            "office orders": ("dispatcher", office, {}),
            "office orders of a customer": ("dispatcher", office, {"text": busiest.name}),
            "office orders of a quiet one": ("dispatcher", office, {"text": quiet.name}),
            "office orders cancelled": ("dispatcher", office, {"state": "cancelled"}),
            "office orders of a day": ("dispatcher", office, {"day": week_ago.isoformat()}),
            "customer card": ("dispatcher", reverse("customers:detail", args=[busiest.number]), {}),
            "card of a quiet customer": ("dispatcher", reverse("customers:detail", args=[quiet.number]), {}),
            "history": ("reader", history, {}),
            "history searched": ("reader", history, {"q": "20"}),
            "history page 2": ("reader", history, {"before": newest.number if newest else ""}),
            "customer home": ("reader", office, {}),
            "desk card": ("dispatcher", reverse("orders:call", args=[busiest.number]), {"operation": uuid.uuid4()}),
            "desk card of a quiet one": ("dispatcher", reverse("orders:call", args=[quiet.number]), {}),
            "monitor": ("dispatcher", reverse("deliveries:monitor"), {}),
            "driver": ("driver", reverse("deliveries:drive"), {}),
        }
        newest = Order.objects.order_by("-placed_at").select_related("site__area", "customer").first()
        self.pages |= searches(office, newest, contact.digits[-6:], driver=Driver.objects.order_by("pk").first().pk)

    def ready(self) -> bool:
        return True

    def customers(self) -> int:
        from customers.models import Customer

        return Customer.objects.count()

    def get(self, page: str, *without: str) -> dict[str, Any]:
        """One request, timed; for it alone the indexes of orders that begin with `without` are taken away."""
        from django.db import connection, transaction
        from django.test.utils import CaptureQueriesContext

        who, path, query = self.pages[page]
        in_database: list[float] = []

        def timed(execute: Callable, *asked: Any) -> Any:
            began = time.perf_counter()
            try:
                return execute(*asked)
            finally:
                in_database.append(time.perf_counter() - began)

        with transaction.atomic():
            with connection.cursor() as cursor:
                for column in without:
                    for index in indexes_on(cursor, column):
                        cursor.execute(f'DROP INDEX "{index}"')
            began = time.perf_counter()
            with connection.execute_wrapper(timed):
                answer = self.clients[who].get(path, query)
            ms = (time.perf_counter() - began) * 1000
            transaction.set_rollback(True)
        if answer.status_code != 200:
            raise RuntimeError(f"{page}: {answer.status_code} {answer.headers.get('Location', '')}")
        if page not in self.counts:
            with CaptureQueriesContext(connection) as asked:
                self.clients[who].get(path, query)
            self.counts[page] = len(asked)
        sql_ms = sum(in_database) * 1000
        return {"ms": ms, "sql_ms": sql_ms, "queries": self.counts[page], "size": len(answer.content)}

    counts: dict[str, int] = {}

    def explain(self, page: str) -> list[dict[str, Any]]:
        """The plans of its slowest queries."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        who, path, query = self.pages[page]
        with CaptureQueriesContext(connection) as asked:
            self.clients[who].get(path, query)
        reads = [one for one in asked.captured_queries if one["sql"].lstrip().upper().startswith("SELECT")]
        slowest = sorted(reads, key=lambda one: -float(one["time"]))[:SLOWEST]
        plans = []
        for one in slowest:
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + one["sql"].replace("%", "%%"), [])
                plan = [row[0] for row in cursor.fetchall()]
            plans.append({"sql": one["sql"][:300], "ms": round(float(one["time"]) * 1000), "plan": plan})
        return plans


def main() -> None:
    django.setup()
    if sys.argv[1:2] == ["fill"]:
        fill(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
        return
    with time_machine.travel(dt.datetime.fromisoformat(os.environ["SCALE_AT"]), tick=True):
        from luckygas.wsgi import collect_rarely

        pages = Pages()
        collect_rarely()  # as the web server does
        for line in sys.stdin:
            what, *words = json.loads(line)
            sys.stdout.write(json.dumps(getattr(pages, what)(*words), default=str) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luckygas.settings")
    main()
