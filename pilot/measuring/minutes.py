"""The rows of the minutes: what the database itself knows of each running cohort, and what they come to together."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from pilot.models import Minute
from pilot.models.minute import BOUNDS_MS, BUCKETS, no_answers

FRESH = dt.timedelta(minutes=3)  # what was open longer ago is not known to be so now
AGAIN = dt.timedelta(minutes=2)  # orders of the last minutes are counted again: some were not committed yet
FURTHEST = dt.timedelta(days=3)  # so far back is caught up when no worker ran
KEPT = dt.timedelta(days=180)

INSIDE = """
    inside AS (
        SELECT m.customer_id, m.cohort_id, k.started_at FROM pilot_cohortmember m
        JOIN pilot_cohort k ON k.id = m.cohort_id AND k.state = 'running' WHERE m.left_at IS NULL
    )
"""
# Money: cash counted in that differs and is not settled, of routes that visited a member. The old system's own money
# is not known here before its files are read.
OPEN = f"""
    WITH {INSIDE},
    money AS (
        SELECT cohort_id, sum(abs(difference)) AS twd FROM (
            SELECT DISTINCT i.cohort_id, v.id, v.difference
            FROM deliveries_variance v
            JOIN deliveries_stop s ON s.route_id = v.route_id
            JOIN customers_site p ON p.id = s.site_id
            JOIN inside i ON i.customer_id = p.customer_id AND v.opened_at >= i.started_at
            WHERE v.settled_at IS NULL AND v.product_id IS NULL
        ) cash GROUP BY cohort_id
    ),
    reviews AS (
        SELECT i.cohort_id, count(*) AS many
        FROM deliveries_review r
        LEFT JOIN orders_order o ON o.id = r.order_id
        LEFT JOIN deliveries_stop s ON s.id = r.stop_id
        LEFT JOIN customers_site p ON p.id = s.site_id
        JOIN inside i ON i.customer_id = coalesce(o.customer_id, p.customer_id)
        WHERE r.closed_at IS NULL GROUP BY i.cohort_id
    ),
    complaints AS (
        SELECT i.cohort_id, count(*) AS many FROM customers_incident x
        JOIN inside i ON i.customer_id = x.customer_id AND x.opened_at >= i.started_at
        WHERE x.kind = 'complaint' GROUP BY i.cohort_id
    )
    INSERT INTO pilot_minute (cohort_id, minute, requests, errors, latency, orders, delivered, late,
                              unreconciled_twd, open_reviews, complaints)
    SELECT k.id, %(minute)s, 0, 0, %(none)s, 0, 0, 0,
           coalesce(money.twd, 0), coalesce(reviews.many, 0), coalesce(complaints.many, 0)
    FROM pilot_cohort k
    LEFT JOIN money ON money.cohort_id = k.id
    LEFT JOIN reviews ON reviews.cohort_id = k.id
    LEFT JOIN complaints ON complaints.cohort_id = k.id
    WHERE k.state = 'running' ORDER BY k.id
    ON CONFLICT (cohort_id, minute) DO UPDATE SET
        orders = coalesce(pilot_minute.orders, 0), delivered = coalesce(pilot_minute.delivered, 0),
        late = coalesce(pilot_minute.late, 0), unreconciled_twd = EXCLUDED.unreconciled_twd,
        open_reviews = EXCLUDED.open_reviews, complaints = EXCLUDED.complaints
"""  # noqa: S608  (put together from our own pieces)
HAPPENED = f"""
    WITH {INSIDE},
    told AS (
        SELECT i.cohort_id, date_trunc('minute', o.placed_at) AS minute, count(*) AS orders, 0 AS delivered, 0 AS late
        FROM orders_order o JOIN inside i USING (customer_id)
        WHERE o.placed_at >= %(since)s AND o.placed_at >= i.started_at GROUP BY 1, 2
        UNION ALL
        SELECT i.cohort_id, date_trunc('minute', o.delivered_at), 0, count(*),
               count(*) FILTER (WHERE o.delivered_at > o.promised_to)
        FROM orders_order o JOIN inside i USING (customer_id)
        WHERE o.state = 'delivered' AND o.channel <> 'counter' AND o.promised_on >= %(since)s::date - 60
          AND o.delivered_at >= %(since)s AND o.delivered_at >= i.started_at GROUP BY 1, 2
    )
    INSERT INTO pilot_minute (cohort_id, minute, requests, errors, latency, orders, delivered, late)
    SELECT cohort_id, minute, 0, 0, %(none)s, sum(orders), sum(delivered), sum(late)
    FROM told GROUP BY cohort_id, minute ORDER BY cohort_id, minute
    ON CONFLICT (cohort_id, minute) DO UPDATE SET
        orders = EXCLUDED.orders, delivered = EXCLUDED.delivered, late = EXCLUDED.late
"""  # noqa: S608


@transaction.atomic
def write_facts(at: dt.datetime | None = None) -> None:
    """What happened to each running cohort since the last time, and what is open for it now. Twice is once."""
    at = at or timezone.now()
    newest = Minute.objects.filter(complaints__isnull=False).order_by("-minute").values_list("minute", flat=True)
    last = newest.first() or at
    since = max(min(last, at) - AGAIN, at - FURTHEST)
    values: dict[str, Any] = {"minute": at.replace(second=0, microsecond=0), "none": no_answers()}
    with connection.cursor() as cursor:
        cursor.execute(OPEN, values)
        cursor.execute(HAPPENED, values | {"since": since.replace(second=0, microsecond=0)})


def forget(at: dt.datetime | None = None) -> None:
    """Minutes of more than half a year ago are of no use any more."""
    Minute.objects.filter(minute__lt=(at or timezone.now()) - KEPT).delete()


@dataclass(frozen=True)
class Sums:
    """What some minutes come to together."""

    requests: int = 0
    errors: int = 0
    delivered: int = 0
    late: int = 0
    latency: list[int] = field(default_factory=no_answers)

    @property
    def error_share(self) -> float | None:
        """Per cent."""
        return 100 * self.errors / self.requests if self.requests else None

    @property
    def late_share(self) -> float | None:
        """Per cent."""
        return 100 * self.late / self.delivered if self.delivered else None

    @property
    def p95_ms(self) -> float | None:
        """So long 95 of 100 answers took at most, in ms: exact at the bounds of the buckets, straight between them."""
        wanted, before = 0.95 * sum(self.latency), 0
        if not wanted:
            return None
        for number, count in enumerate(self.latency[:-1]):
            if count and before + count >= wanted:
                low = BOUNDS_MS[number - 1] if number else 0
                return low + (BOUNDS_MS[number] - low) * (wanted - before) / count
            before += count
        return BOUNDS_MS[-1] + 1  # more than the last bound; how much is not kept

    def __add__(self, other: Sums) -> Sums:
        latency = [a + b for a, b in zip(self.latency, other.latency, strict=True)]
        return Sums(
            self.requests + other.requests, self.errors + other.errors, self.delivered + other.delivered,
            self.late + other.late, latency,
        )  # fmt: skip


SUMS = f"""
    SELECT cohort_id, sum(requests), sum(errors), coalesce(sum(delivered), 0), coalesce(sum(late), 0),
           ARRAY[{", ".join(f"sum(latency[{n}])::int" for n in range(1, BUCKETS + 1))}]
    FROM pilot_minute WHERE minute >= %(since)s AND minute <= %(until)s
"""  # noqa: S608


def sums(
    since: dt.datetime, until: dt.datetime, *, cohort: int | None = None, delivered: bool = False
) -> dict[int, Sums]:
    """The minutes between two moments by cohort, 0 for those of nobody; of one cohort alone when it is named.

    `delivered`: only those in which something arrived, which of a whole week are few.
    """
    of = " AND cohort_id = %(cohort)s" * bool(cohort) + " AND delivered > 0" * delivered
    with connection.cursor() as cursor:
        since = since.replace(second=0, microsecond=0)
        cursor.execute(f"{SUMS}{of} GROUP BY cohort_id", {"since": since, "until": until, "cohort": cohort})
        rows = cursor.fetchall()
    return {row[0] or 0: Sums(row[1], row[2], row[3], row[4], row[5]) for row in rows}


@dataclass(frozen=True)
class Levels:
    """What was open for a cohort at its newest minute."""

    unreconciled_twd: int
    open_reviews: int
    complaints: int


def levels(at: dt.datetime) -> dict[int, Levels]:
    """What is open for each cohort now; nothing of one that was not looked at for minutes."""
    fresh = Minute.objects.filter(minute__lte=at, minute__gte=at - FRESH, complaints__isnull=False)
    newest = fresh.order_by("cohort_id", "-minute").distinct("cohort_id")
    return {
        row.cohort_id or 0: Levels(row.unreconciled_twd or 0, row.open_reviews or 0, row.complaints or 0)
        for row in newest
    }
