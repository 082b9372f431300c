"""The day at a glance: how it stands, the same moment a week ago, and what somebody must look at."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import ExtractHour, TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from deliveries.models import Route, Stop
from deliveries.watch.attention import Row, rows
from deliveries.watch.gauges import Gauge, gauges, waiting
from luckygas.charts import Bars, Curves, Place, Series, Shares
from orders.models import Order
from orders.search.channels import look_of, series

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
FIRST_HOUR, LAST_HOUR = 6, 20  # of the drawing of orders that come in; earlier and later ones make it wider
FURTHEST_FIRST = ("delivered", "out", "planned", "confirmed", "placed", "held", "review")

# One row a day: each order's state is the last of its events until that moment, so that last week is asked the same
# question as today. Only orders promised for those two days are read.
FIGURES = """
    SELECT moment.day, count(state.order_id) AS orders,
           count(*) FILTER (WHERE state.stands = 'delivered') AS delivered,
           count(*) FILTER (WHERE state.stands = 'out') AS out,
           count(*) FILTER (WHERE state.stands IN ('placed', 'held', 'confirmed', 'planned', 'out')
                              AND state.promised_to < moment.at) AS late,
           count(*) FILTER (WHERE state.stands = 'delivered' AND state.delivered_at <= state.promised_to) AS on_time,
           (SELECT sum(received_twd) FROM customers_payment WHERE method = 'cash'
               AND received_at >= moment.starts AND received_at <= moment.at) AS cash,
           (SELECT count(*) FROM deliveries_review WHERE opened_at <= moment.at
               AND (closed_at IS NULL OR closed_at > moment.at)) AS reviews,
           (SELECT min(opened_at) FROM deliveries_review) <= moment.at AS reviews_known
      FROM (VALUES (%(day)s::date, %(starts)s::timestamptz, %(at)s::timestamptz),
                   (%(day)s::date - 7, %(starts)s::timestamptz - interval '7 days',
                    %(at)s::timestamptz - interval '7 days')) AS moment (day, starts, at)
      LEFT JOIN LATERAL (
           SELECT o.id AS order_id, o.promised_to, o.delivered_at, last.to_state AS stands
             FROM orders_order o
             JOIN LATERAL (SELECT e.to_state FROM orders_orderevent e WHERE e.order_id = o.id AND e.at <= moment.at
                            ORDER BY e.id DESC LIMIT 1) AS last ON true
            WHERE o.promised_on = moment.day AND last.to_state <> 'cancelled') AS state ON true
     GROUP BY moment.day, moment.starts, moment.at
     ORDER BY moment.day DESC"""

VERSION = """
    SELECT md5(concat_ws('|', (SELECT max(id) FROM orders_orderevent), (SELECT max(id) FROM customers_payment),
        (SELECT string_agg(concat_ws(',', s.id, s.state), ' ' ORDER BY s.id) FROM deliveries_stop s
           JOIN deliveries_route r ON r.id = s.route_id WHERE r.day = %(day)s),
        (SELECT string_agg(concat_ws(',', id, state), ' ' ORDER BY id) FROM deliveries_route WHERE day = %(day)s),
        (SELECT concat(max(id), count(*) FILTER (WHERE closed_at IS NULL)) FROM deliveries_review),
        (SELECT string_agg(concat_ws(',', id, owner_id), ' ' ORDER BY id) FROM customers_incident
          WHERE closed_at IS NULL),
        (SELECT string_agg(concat_ws(',', id, unsent), ' ' ORDER BY id) FROM deliveries_device WHERE unsent > 0),
        (SELECT count(*) FROM customers_message WHERE state IN ('waiting', 'sending')),
        (SELECT count(*) FROM customers_message WHERE state = 'parked'),
        (SELECT count(*) FROM customers_message WHERE state = 'call')))"""


class Figure(NamedTuple):
    """One number of today over the same of last week; None was not measured."""

    word: str
    now: str | None
    then: str | None
    is_red: bool = False
    url: str = ""


@dataclass(frozen=True)
class Line:
    """A driver's way as a strip."""

    route: Route
    states: list[str]
    done: int
    failed: int
    late: int

    @property
    def all(self) -> int:
        return len(self.states)


@dataclass(frozen=True)
class Today:
    """Everything the page shows, read in ten queries at any number of orders."""

    at: dt.datetime
    figures: list[Figure]
    states: list[tuple[str, str, int]]
    shares: Shares
    lines: list[Line]
    rows: list[Row]
    gauges: list[Gauge]
    delivered: Curves
    placed: Bars

    @classmethod
    def at_a_glance(cls, at: dt.datetime) -> Today:
        day = timezone.localdate(at)
        counts = Counts(day)
        waits = waiting(day)
        return cls(
            at=at,
            figures=_figures(day, at, waits),
            states=counts.states(),
            shares=counts.shares(),
            lines=_lines(day, at),
            rows=rows(day, at),
            gauges=gauges(waits, at),
            delivered=counts.delivered(at),
            placed=_placed(day),
        )


def version(at: dt.datetime) -> str:
    """A word that changes when anything on the page does, and every minute, since last week's numbers move along."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION, {"day": timezone.localdate(at)})
        return f"{cursor.fetchone()[0]}-{int(at.timestamp() // 60)}"


def _rows(sql: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _figures(day: dt.date, at: dt.datetime, waits: dict[str, Any]) -> list[Figure]:
    now, then = _rows(FIGURES, {"day": day, "starts": midnight(day), "at": at})
    known = then["orders"] > 0  # a day without a single order was not measured

    def both(key: str) -> tuple[str, str | None]:
        return f"{now[key] or 0:,}", f"{then[key] or 0:,}" if known else None

    board, reviews = reverse("deliveries:dispatch"), reverse("deliveries:reviews")
    return [
        Figure(_("Orders"), *both("orders")),
        Figure(_("Delivered"), *both("delivered")),
        Figure(_("On trucks"), *both("out")),
        Figure(_("Not planned"), f"{waits['unplanned']:,}", None, waits["unplanned"] > 0, board),
        Figure(_("Waits for a manager"), f"{waits['held']:,}", None, waits["held"] > 0, reverse("orders:credit")),
        Figure(_("Late"), *both("late"), now["late"] > 0, "#todo"),
        Figure(_("On time"), _share(now), _share(then)),
        Figure(_("Cash received"), *both("cash")),
        Figure(
            _("In review"),
            f"{now['reviews']:,}",
            f"{then['reviews']:,}" if then["reviews_known"] else None,
            now["reviews"] > 0,
            reviews,
        ),
    ]


def _share(figures: dict[str, Any]) -> str | None:
    """Deliveries inside their promised window, of all deliveries; None without any."""
    return f"{figures['on_time'] * 100 / figures['delivered']:.1f}%" if figures["delivered"] else None


def _lines(day: dt.date, at: dt.datetime) -> list[Line]:
    stops: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    found = Stop.objects.filter(route__day=day).order_by("route", "position")
    for route, state, promised in found.values_list("route", "state", "order__promised_to"):
        stops[route].append((state, state in {"pending", "arrived"} and promised is not None and promised < at))
    routes = Route.objects.on(day).exclude(state=Route.State.DRAFT).select_related("driver__user").with_last_seen()
    return [_line(route, stops[route.pk]) for route in routes.order_by("code")]


def _line(route: Route, stops: list[tuple[str, bool]]) -> Line:
    states, is_next = [], route.is_departed
    for state, is_late in stops:
        if state in {"done", "failed"}:
            states.append(state)
        elif is_next:
            states.append("now")
            is_next = False
        else:
            states.append("late" if is_late else "")
    return Line(route, states, states.count("done"), states.count("failed"), sum(late for _state, late in stops))


class Counts:
    """Orders promised for today and for the same weekday last week, by state and hour of delivery; one query."""

    def __init__(self, day: dt.date) -> None:
        self.day = day
        self.rows = list(
            Order.objects.filter(promised_on__in=[day, day - WEEK])
            .order_by()
            .values_list("promised_on", "state", TruncDate("delivered_at"), ExtractHour("delivered_at"))
            .annotate(count=Count("pk"))
        )

    def states(self) -> list[tuple[str, str, int]]:
        """Each state with its word and today's number."""
        found: Counter[str] = Counter()
        for day, state, _on, _hour, count in self.rows:
            found[state] += count if day == self.day else 0
        return [(state, str(label), found[state]) for state, label in Order.State.choices]

    def shares(self) -> Shares:
        """Today's orders on one bar, the furthest first; a cancelled one is none of the day's work."""
        found = {state: (state, word, count) for state, word, count in self.states()}
        return Shares.of([found[state] for state in FURTHEST_FIRST])

    def delivered(self, at: dt.datetime) -> Curves:
        today, last_week = (self._by_hour(day) for day in (self.day, self.day - WEEK))
        return Curves.of(today, last_week, until=timezone.localtime(at))

    def _by_hour(self, day: dt.date) -> Counter[int]:
        """What was delivered that day until its end; what came before that day stands at its beginning."""
        found: Counter[int] = Counter()
        for promised, state, on, hour, count in self.rows:
            if promised == day and state == Order.State.DELIVERED and on <= day:
                found[hour if on == day else 0] += count
        return found


def _placed(day: dt.date) -> Bars:
    """Orders that came in today, by hour and channel, and how many it were a week ago; one query."""
    today, last_week = (Q(placed_at__gte=midnight(on), placed_at__lt=midnight(on + DAY)) for on in (day, day - WEEK))
    found = (
        Order.objects.filter(today | last_week)
        .order_by()
        .values_list("channel", TruncDate("placed_at"), ExtractHour("placed_at"))
        .annotate(count=Count("pk"))
    )
    counts: Counter[tuple[str, int]] = Counter()
    before: Counter[int] = Counter()
    for channel, on, hour, count in found:
        if on == day:
            counts[look_of(channel), hour] += count
        else:
            before[hour] += count
    seen = [*before, *(hour for _look, hour in counts)]
    hours = range(min([FIRST_HOUR, *seen]), max([LAST_HOUR, *seen]) + 1)
    places = [Place(f"{hour}:00", "" if hour % 2 else f"{hour}") for hour in hours]
    week_ago = Series("was", _("Week ago"), [before[hour] for hour in hours])
    return Bars.of(places, series(counts, hours), before=week_ago)
