"""What waits for a route, and why: the lane on the left of the board."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import CalendarDay, Site
from deliveries.models import Route, Stop
from luckygas.templatetags.luckygas_format import load_class, load_name, short_date
from orders.models import Order, Product
from orders.windows import Calendar

if TYPE_CHECKING:
    from deliveries.board.board import Lane

LOOK_AHEAD = 14  # days in which the next possible delivery day is looked for


class Chip(NamedTuple):
    """Cylinders of one product in a breath: 20×2."""

    look: str
    name: str
    times: str


def chips_of(loads: Iterable[tuple[Product, int]]) -> list[Chip]:
    return [Chip(load_class(product), load_name(product), str(count)) for product, count in loads]


@dataclass(frozen=True)
class Waiting:
    """An order without a route, why it has none, and where it would fit; its parts are text for the template."""

    order: Order
    icon: str
    why: str
    suggestion: Lane | None = None
    can_go: bool = True  # may be ticked: confirmed

    @property
    def key(self) -> str:
        return str(self.order.pk)

    @property
    def name(self) -> str:
        return str(self.order.customer)

    @property
    def plate(self) -> tuple[str, str]:
        """Its window; for what cannot go yet its state."""
        if self.can_go:
            return "", window(self.order)
        return self.order.state, str(self.order.get_state_display())

    @property
    def chips(self) -> list[Chip]:
        return chips_of((line.product, line.ordered) for line in self.order.lines.all())

    @property
    def put(self) -> tuple[str, str] | None:
        """The key of the lane where it would fit: where it is sent, and its words."""
        lane = self.suggestion
        return (lane.put_url, _("Put on %(code)s") % {"code": lane.route.code}) if lane else None


def waiting_orders(day: dt.date):  # noqa: ANN201  (OrderQuerySet)
    """Orders promised for that day or before that stand on no route; those without gas first."""
    on_a_route = Stop.objects.todo().filter(order=OuterRef("pk"), kind=Stop.Kind.DELIVER)
    return (
        Order.objects.unplanned(until=day)
        .filter(~Exists(on_a_route))
        .for_board()
        .order_by("-is_gas_out", "promised_to", "pk")
    )


class Promised(Protocol):
    """Whatever has a promise: an order, or the facts of one."""

    @property
    def promised_from(self) -> dt.datetime | None: ...
    @property
    def promised_to(self) -> dt.datetime | None: ...


def window(promise: Promised) -> str:
    """`14–16`, or `14:40–15:20` when it does not fall on full hours."""
    start, end = timezone.localtime(promise.promised_from), timezone.localtime(promise.promised_to)
    form = "%H" if start.minute == end.minute == 0 else "%H:%M"
    return f"{start:{form}}–{end:{form}}"


def late_by(minutes: int) -> str:
    """`12 min late`, in hours from two on, in days from two on."""
    if minutes < 120:
        return _("%s min late") % minutes
    if minutes < 48 * 60:
        return _("%s h late") % (minutes // 60)
    return _("%s days late") % (minutes // 1440)


class Reasons:
    """Why an order is not planned, for one day and its lanes; the calendar is read once."""

    def __init__(self, day: dt.date, lanes: Sequence[Lane]) -> None:
        self.day = day
        self.lanes = [lane for lane in lanes if lane.route.state != Route.State.CLOSED]
        until = day + dt.timedelta(days=LOOK_AHEAD)
        self.special = list(CalendarDay.objects.filter(day__range=(day, until)))

    def explain(self, order: Order) -> Waiting:
        state = order.state
        if state == Order.State.HELD:
            return Waiting(order, "pause", _("A manager must decide: %s.") % order.held_because, can_go=False)
        if state == Order.State.PLACED:
            return Waiting(order, "clock", _("Not confirmed yet."), can_go=False)
        if order.needs_day:
            return Waiting(order, "phone", _("The customer has not agreed to a day. Call."), self._best(order))
        calendar = self._calendar(order.site)
        if refusal := calendar.refusal(order.site, self.day):
            return Waiting(order, "calendar", f"{refusal} {self._next_day(calendar, order.site)}".strip())
        return self._by_vehicle(order)

    def _by_vehicle(self, order: Order) -> Waiting:
        if not self.lanes:
            return Waiting(order, "truck", _("No route is drawn up for this day yet."))
        reaching = [lane for lane in self.lanes if lane.reaches(order.site)]
        if not reaching:
            if order.site.vehicle == Site.Vehicle.MOTORCYCLE:
                return Waiting(order, "scooter", _("Only a motorcycle gets there, and none drives that day."))
            return Waiting(order, "truck", _("Only a truck gets there, and none drives that day."))
        best = self._best(order)
        if not best:
            nearest = min(reaching, key=lambda lane: order.gross_kg - lane.spare_kg)
            over = f"{order.gross_kg - nearest.spare_kg:g}"
            words = _("%(code)s would be %(kg)s kg over its limit.") % {"code": nearest.route.code, "kg": over}
            return Waiting(order, "truck", words)
        if order.site.latitude is None:
            return Waiting(order, "pin", _("The address has no pin."), best)
        return Waiting(order, "truck", _("There is room on %s.") % best.route.code, best)

    def _best(self, order: Order) -> Lane | None:
        """The lane with room that goes there most; then the one with the most room."""
        fits = [lane for lane in self.lanes if lane.reaches(order.site) and lane.spare_kg >= order.gross_kg]
        return max(fits, key=lambda lane: (lane.areas[order.site.area_id], lane.spare_kg), default=None)

    def _calendar(self, site: Site) -> Calendar:
        return Calendar.of_rows(row for row in self.special if row.area_id in {None, site.area_id})

    def _next_day(self, calendar: Calendar, site: Site) -> str:
        days = (self.day + dt.timedelta(days=n) for n in range(1, LOOK_AHEAD + 1))
        following = next((day for day in days if not calendar.refusal(site, day)), None)
        return _("Next: %s.") % short_date(following) if following else ""
