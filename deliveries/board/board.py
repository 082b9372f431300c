"""The dispatcher's day: what waits and why, one lane a route, and the numbers above them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.db import connection
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from customers.models import Site
from deliveries.board.sketch import Sketch
from deliveries.board.visits import Row, Visit, around, visits_of
from deliveries.board.waiting import Reasons, Waiting, waiting_orders
from deliveries.models import Route, Vehicle
from orders.models import Order

NEAR = Decimal("80")  # percent of the limit from which a vehicle counts as nearly full
MOST_WAITING = 200  # rows of the waiting lane; a longer one is a bigger problem than a longer page


@dataclass
class Lane:
    """A route on the board."""

    route: Route
    kg: Decimal = Decimal(0)
    visits: list[Visit] = field(default_factory=list)

    @classmethod
    def of(cls, route: Route, visits: list[Visit]) -> Lane:
        lane = cls(route, visits=visits)
        lane.kg = sum((visit.gross_kg for visit in visits if not visit.is_finished), Decimal(0))
        if route.is_departed and lane.next and not any(visit.look == "now" for visit in lane.visits):
            lane.next.look = "now"
        return lane

    @cached_property
    def done(self) -> list[Row]:
        return [row for row in self.rows if row.look == "done"]

    @cached_property
    def shown(self) -> list[Row]:
        return [row for row in self.rows if row.look != "done"]

    @cached_property
    def rows(self) -> list[Row]:
        before, after = around("deliveries:move_stop")
        return [visit.row(f"{before}{visit.facts.pk}{after}") for visit in self.visits]

    @cached_property
    def put_url(self) -> str:
        """Where ticked orders are sent to come onto this route."""
        return reverse("deliveries:add_stop", args=[self.route.pk])

    @cached_property
    def areas(self) -> Counter[int]:
        return Counter(visit.area.pk for visit in self.visits)

    @property
    def spare_kg(self) -> Decimal:
        return self.route.vehicle.limit_kg - self.kg

    @property
    def over_kg(self) -> Decimal:
        return max(-self.spare_kg, Decimal(0))

    @property
    def share(self) -> Decimal:
        """Percent of the vehicle's limit."""
        return self.kg * 100 / self.route.vehicle.limit_kg

    @property
    def mark(self) -> Decimal | None:
        """Where the limit stands on the bar of an overloaded vehicle, in percent."""
        return self.route.vehicle.limit_kg * 100 / self.kg if self.over_kg else None

    @property
    def next(self) -> Visit | None:
        return next((visit for visit in self.visits if not visit.is_finished), None)

    @property
    def look(self) -> str:
        return "over" if self.over_kg else "near" if self.share >= NEAR else ""

    @property
    def is_motorcycle(self) -> bool:
        return self.route.vehicle.kind == Vehicle.Kind.MOTORCYCLE

    def reaches(self, site: Site) -> bool:
        """Whether this kind of vehicle gets to the door."""
        return site.vehicle == Site.Vehicle.ANY or (site.vehicle == Site.Vehicle.MOTORCYCLE) == self.is_motorcycle


@dataclass
class Board:
    """Everything the page of a day shows."""

    day: dt.date
    lanes: list[Lane]
    waiting: list[Waiting]
    totals: dict[str, int]
    sketch: Sketch

    @classmethod
    def of(cls, day: dt.date) -> Board:
        """The board of a day, in ten queries however much is on it."""
        lanes = lanes_of(Route.objects.on(day).for_board())
        orders = list(waiting_orders(day)[:MOST_WAITING])
        reasons = Reasons(day, lanes)
        waiting = [reasons.explain(order) for order in orders]
        return cls(day, lanes, waiting, totals(day, waiting=len(waiting)), Sketch.of(lanes))

    @property
    def open_lanes(self) -> list[Lane]:
        return [lane for lane in self.lanes if lane.route.state != Route.State.CLOSED]

    @property
    def is_cut(self) -> bool:
        return len(self.waiting) == MOST_WAITING


def lanes_of(routes: Iterable[Route]) -> list[Lane]:
    """These routes with their stops, in five queries."""
    found = list(routes)
    visits = visits_of([route.pk for route in found], now=timezone.now())
    return [Lane.of(route, visits[route.pk]) for route in found]


def totals(day: dt.date, *, waiting: int) -> dict[str, int]:
    """The numbers of the bar, in one query."""
    late = Q(promised_to__lt=timezone.now(), state__in=["placed", "held", "confirmed", "planned", "out"])
    counted = Order.objects.due(day).aggregate(
        orders=Count("pk", filter=~Q(state="cancelled")),
        delivered=Count("pk", filter=Q(state="delivered")),
        out=Count("pk", filter=Q(state="out")),
        late=Count("pk", filter=late),
    )
    return counted | {"waiting": waiting}


def version(day: dt.date) -> str:
    """A word that changes when anything on the board of that day does; one query over the day's rows.

    Lateness comes with the clock, so it also changes every five minutes.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT md5(concat_ws('|',
                (SELECT max(id) FROM orders_orderevent),
                (SELECT string_agg(concat_ws(',', id, state, needs_day, slot_id), ' ' ORDER BY id) FROM orders_order
                  WHERE promised_on <= %(day)s
                    AND state IN ('placed', 'held', 'confirmed', 'planned', 'out', 'review')),
                (SELECT string_agg(concat_ws(',', r.id, r.state, r.code, r.driver_id, r.vehicle_id, s.id, s.position,
                                             s.state), ' ' ORDER BY r.id, s.id)
                   FROM deliveries_route r LEFT JOIN deliveries_stop s ON s.route_id = r.id WHERE r.day = %(day)s)
            ))""",
            {"day": day},
        )
        digest = cursor.fetchone()[0]
    return f"{digest}-{int(timezone.now().timestamp() // 300)}"
