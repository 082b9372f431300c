"""The day at a glance: how it stands, the same moment a week ago, and what somebody must look at."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count
from django.db.models.functions import ExtractHour
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from deliveries.attention import Row, rows
from deliveries.charts import Bars, Curves
from deliveries.models import Route, Stop
from orders.models import Order

UNSENT_SECONDS = 60  # a message may wait so long before it is late
WEEK = dt.timedelta(days=7)

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

# What waits, each from its own small or partial index.
WAITING = """
    SELECT (SELECT count(*) FROM customers_message WHERE state IN ('waiting', 'sending')) AS unsent,
           (SELECT min(due_at) FROM customers_message WHERE state IN ('waiting', 'sending')) AS unsent_since,
           (SELECT count(*) FROM customers_message WHERE state = 'parked') AS parked,
           (SELECT count(*) FROM customers_message WHERE state = 'call') AS calls,
           (SELECT sum(unsent) FROM deliveries_device) AS phones,
           (SELECT min(oldest_unsent_at) FROM deliveries_device WHERE unsent > 0) AS phones_since,
           (SELECT count(*) FROM deliveries_device) AS devices,
           (SELECT count(*) FROM orders_order o WHERE o.state IN ('placed', 'held', 'confirmed')
               AND o.promised_on <= %(day)s AND NOT EXISTS (SELECT 1 FROM deliveries_stop s WHERE s.order_id = o.id
               AND s.kind = 'deliver' AND s.state IN ('pending', 'arrived'))) AS unplanned"""

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


class Gauge(NamedTuple):
    """Something the system itself is measured by; state pass, fail, stale, or none when nothing was measured."""

    word: str
    now: str
    limit: str
    state: str
    verdict: str
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
    lines: list[Line]
    rows: list[Row]
    gauges: list[Gauge]
    delivered: Curves
    placed: Bars

    @classmethod
    def at_a_glance(cls, at: dt.datetime) -> Today:
        day = timezone.localdate(at)
        counts = Counts(day)
        waits = _one_row(WAITING, {"day": day})
        return cls(
            at=at,
            figures=_figures(day, at, waits),
            states=counts.states(),
            lines=_lines(day, at),
            rows=rows(day, at),
            gauges=_gauges(waits, at),
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


def _one_row(sql: str, given: dict[str, Any]) -> dict[str, Any]:
    return _rows(sql, given)[0]


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
    routes = Route.objects.on(day).exclude(state=Route.State.DRAFT).select_related("driver__user").order_by("code")
    return [_line(route, stops[route.pk]) for route in routes]


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


def _gauges(waits: dict[str, Any], at: dt.datetime) -> list[Gauge]:
    ok, bad, soon = ("pass", _("good")), ("fail", _("not good")), ("stale", _("soon"))
    old = bool(waits["unsent_since"] and (at - waits["unsent_since"]).total_seconds() > UNSENT_SECONDS)
    calls = reverse("customers:calls")
    phones = waits["phones"] or 0
    minutes = int((at - waits["phones_since"]).total_seconds() // 60) if waits["phones_since"] else 0
    phone = ok if not phones else bad if minutes >= 15 else soon
    return [
        Gauge(_("Messages not sent"), f"{waits['unsent']:,}", _("1 min"), *(bad if old else ok)),
        Gauge(_("Messages parked"), f"{waits['parked']:,}", "0", *(bad if waits["parked"] else ok), calls),
        Gauge(_("To be called"), f"{waits['calls']:,}", "–", *(soon if waits["calls"] else ok), calls),
        Gauge(
            _("Not sent by phones"),
            _("%(count)s, %(minutes)s min") % {"count": phones, "minutes": minutes} if phones else "0",
            _("15 min"),
            *(phone if waits["devices"] else ("none", _("not enough data"))),
        ),
    ]


class Counts:
    """Orders promised for today and for the same weekday last week, by state and hour of delivery; one query."""

    def __init__(self, day: dt.date) -> None:
        self.day = day
        self.rows = list(
            Order.objects.filter(promised_on__in=[day, day - WEEK])
            .order_by()
            .values_list("promised_on", "state", ExtractHour("delivered_at"))
            .annotate(count=Count("pk"))
        )

    def states(self) -> list[tuple[str, str, int]]:
        """Each state with its word and today's number."""
        found: dict[str, int] = defaultdict(int)
        for day, state, _hour, count in self.rows:
            found[state] += count if day == self.day else 0
        return [(state, str(label), found[state]) for state, label in Order.State.choices]

    def delivered(self, at: dt.datetime) -> Curves:
        today, last_week = (self._by_hour(day) for day in (self.day, self.day - WEEK))
        return Curves.of(today, last_week, until=timezone.localtime(at))

    def _by_hour(self, on: dt.date) -> dict[int, int]:
        return {hour: count for day, state, hour, count in self.rows if day == on and state == Order.State.DELIVERED}


def _placed(day: dt.date) -> Bars:
    """Orders that came in today, by hour and channel."""
    start = midnight(day)
    found = (
        Order.objects.filter(placed_at__gte=start, placed_at__lt=start + dt.timedelta(days=1))
        .order_by()
        .values_list("channel", ExtractHour("placed_at"))
        .annotate(count=Count("pk"))
    )
    return Bars.of({(hour, channel): count for channel, hour, count in found})
