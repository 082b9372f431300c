"""The pilot beside the old system: the same measures for both, in the same weeks, from what the rows can know.

The pilot is whom this system serves: an order keeps its stage, and one is placed here for a live customer alone. The
others are known by their visits on our routes (kind `legacy`) and by what they complained about. What a side does not
write down is shown as unknown, never as nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from luckygas.charts import Bars, Place, Series
from luckygas.clock import business_day
from luckygas.templatetags.luckygas_format import short_date

WEEKS = 8  # this one, which is not over, is the last of them
FEWEST = 5  # below so many a share says nothing

# Each answers (is it the pilot's?, week, numbers …). Days are Taipei's; a counter sale is no delivery.
# No day was agreed: after a visit in vain, a suspension or for what is owed, unless another day was agreed since.
DELIVERED = """
    SELECT true, date_trunc('week', delivered_at AT TIME ZONE 'Asia/Taipei')::date, count(*),
           count(*) FILTER (WHERE is_agreed AND delivered_at <= promised_to), count(*) FILTER (WHERE NOT is_agreed)
    FROM (
        SELECT o.delivered_at, o.promised_to, coalesce(max(e.id) FILTER (WHERE e.data ? 'promised_on'), 0) >= coalesce(
            max(e.id) FILTER (WHERE e.announces = 'failed' OR (e.from_state = '' AND o.channel = 'owed')
                OR (e.from_state = e.to_state AND e.data = '{}' AND e.reason <> 'leak')), 0) AS is_agreed
        FROM orders_order o JOIN orders_orderevent e ON e.order_id = o.id
        WHERE o.state = 'delivered' AND o.channel <> 'counter' AND o.promised_on >= %(day)s::date - 60
          AND o.delivered_at >= %(since)s
        GROUP BY o.id
    ) arrived GROUP BY 2
    UNION ALL
    SELECT false, date_trunc('week', s.finished_at AT TIME ZONE 'Asia/Taipei')::date, count(*), 0, count(*)
    FROM deliveries_stop s JOIN deliveries_route r ON r.id = s.route_id AND r.day >= %(day)s::date - 7
    WHERE s.kind = 'legacy' AND s.state = 'done' AND s.finished_at >= %(since)s
    GROUP BY 2
"""
VISITED = """
    SELECT true, date_trunc('week', finished_at AT TIME ZONE 'Asia/Taipei')::date, count(*),
           count(*) FILTER (WHERE state = 'done')
    FROM (
        SELECT DISTINCT ON (s.order_id) s.state, s.finished_at
        FROM deliveries_stop s JOIN deliveries_route r ON r.id = s.route_id AND r.day >= %(day)s::date - 14
        WHERE s.kind = 'deliver' AND s.state IN ('done', 'failed') ORDER BY s.order_id, s.finished_at, s.id
    ) first_visit WHERE finished_at >= %(since)s GROUP BY 2
    UNION ALL
    SELECT false, date_trunc('week', s.finished_at AT TIME ZONE 'Asia/Taipei')::date, count(*),
           count(*) FILTER (WHERE s.state = 'done')
    FROM deliveries_stop s JOIN deliveries_route r ON r.id = s.route_id AND r.day >= %(day)s::date - 7
    WHERE s.kind = 'legacy' AND s.state IN ('done', 'failed') AND s.finished_at >= %(since)s
    GROUP BY 2
"""
CONFIRMED = """
    SELECT true, date_trunc('week', placed_at AT TIME ZONE 'Asia/Taipei')::date, count(*),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds), percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds)
    FROM (
        SELECT o.placed_at, extract(epoch FROM min(e.at) - o.placed_at) AS seconds
        FROM orders_order o JOIN orders_orderevent e ON e.order_id = o.id AND e.to_state = 'confirmed'
        WHERE o.placed_at >= %(since)s AND o.channel IN ('web', 'phone', 'api') GROUP BY o.id
    ) taken GROUP BY 2
"""
COMPLAINED = """
    SELECT stage IN ('live', 'settled'), date_trunc('week', opened_at AT TIME ZONE 'Asia/Taipei')::date, count(*)
    FROM (
        SELECT i.opened_at, coalesce((
            SELECT m.from_stage FROM customers_stagemove m WHERE m.customer_id = c.id AND m.at > i.opened_at
            ORDER BY m.at, m.id LIMIT 1
        ), c.stage) AS stage
        FROM customers_incident i JOIN customers_customer c ON c.id = i.customer_id
        WHERE i.kind = 'complaint' AND i.opened_at >= %(since)s
    ) told GROUP BY 1, 2
"""
MISSING = """
    SELECT NOT EXISTS (SELECT 1 FROM deliveries_stop s WHERE s.route_id = v.route_id AND s.kind = 'legacy'),
           date_trunc('week', v.opened_at AT TIME ZONE 'Asia/Taipei')::date, sum(abs(v.difference))
    FROM deliveries_variance v
    WHERE v.product_id IS NULL AND v.settled_at IS NULL AND v.opened_at >= %(since)s GROUP BY 1, 2
"""


@dataclass
class Side:
    """One side's week: how many, and of how many. A number that nobody writes down there is None."""

    delivered: int = 0
    on_time: int = 0
    no_promise: int = 0
    visited: int = 0
    at_first: int = 0
    taken: int = 0
    median_s: float | None = None
    p95_s: float | None = None
    complaints: int = 0
    unreconciled_twd: int = 0

    @property
    def promised(self) -> int:
        return self.delivered - self.no_promise

    @property
    def on_time_share(self) -> str:
        """Of those that had a promise; what had none stands beside it."""
        return share(self.on_time, self.promised)

    @property
    def first_share(self) -> str:
        return share(self.at_first, self.visited)

    @property
    def first_per_cent(self) -> int:
        return round(100 * self.at_first / self.visited) if self.visited >= FEWEST else 0

    @property
    def seconds(self) -> str:
        return "" if self.median_s is None else f"{self.median_s:,.0f} / {self.p95_s or 0:,.0f}"


def share(part: int, whole: int) -> str:
    """`96.4%`; nothing of too few."""
    return f"{100 * part / whole:.1f}%" if whole >= FEWEST else ""


@dataclass
class Week:
    """One week of both."""

    first_day: dt.date
    is_over: bool
    pilot: Side = field(default_factory=Side)
    others: Side = field(default_factory=Side)

    @property
    def name(self) -> str:
        return f"{short_date(self.first_day)} –"


@dataclass(frozen=True)
class Comparison:
    """The last weeks, the newest first, with two drawings of them."""

    weeks: list[Week]
    deliveries: Bars
    first_visits: Bars

    @classmethod
    def until(cls, at: dt.datetime | None = None) -> Comparison:
        """In five queries."""
        today = business_day(at or timezone.now())
        monday = today - dt.timedelta(days=today.weekday())
        days = [monday - dt.timedelta(weeks=n) for n in range(WEEKS)]
        weeks = {day: Week(day, is_over=day != monday) for day in days}
        _fill(weeks, since=days[-1])
        told = [weeks[day] for day in reversed(days)]
        return cls(
            weeks=[weeks[day] for day in days],
            deliveries=_bars(told, lambda side: side.delivered),
            first_visits=_bars([week for week in told if week.is_over], lambda side: side.first_per_cent),
        )

    def rows(self) -> Iterator[list[object]]:
        """The same as a table for a file: a head, then two lines a week."""
        names = [each.name for each in fields(Side)]
        yield ["week", "side", *names]
        for week in reversed(self.weeks):
            for side, numbers in (("pilot", week.pilot), ("others", week.others)):
                yield [week.first_day.isoformat(), side, *(_cell(getattr(numbers, name)) for name in names)]


def _cell(value: float | None) -> object:
    return "" if value is None else round(value, 1)


def _fill(weeks: dict[dt.date, Week], *, since: dt.date) -> None:
    names = {
        DELIVERED: ("delivered", "on_time", "no_promise"),
        VISITED: ("visited", "at_first"),
        CONFIRMED: ("taken", "median_s", "p95_s"),
        COMPLAINED: ("complaints",),
        MISSING: ("unreconciled_twd",),
    }
    values = {"since": timezone.make_aware(dt.datetime.combine(since, dt.time())), "day": since}
    with connection.cursor() as cursor:
        for sql, into in names.items():
            cursor.execute(sql, values)
            for is_pilot, monday, *numbers in cursor.fetchall():
                if monday in weeks:
                    side = weeks[monday].pilot if is_pilot else weeks[monday].others
                    for name, number in zip(into, numbers, strict=True):
                        setattr(side, name, number)


def _bars(weeks: list[Week], of: Callable[[Side], int]) -> Bars:
    places = [Place(week.name, f"{week.first_day.month}/{week.first_day.day}") for week in weeks]
    pilot = Series("web", _("pilot"), [of(week.pilot) for week in weeks])
    others = Series("was", _("old system"), [of(week.others) for week in weeks])
    is_known = all(week.others.visited >= FEWEST for week in weeks if week.is_over)  # a line has no gap for what is not
    return Bars.of(places, [pilot], before=others if is_known else None)
