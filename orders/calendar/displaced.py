"""What a suspension displaces: the open orders and standing dates in its hours, and when each could come instead.

Whoever needs gas first chooses first. A new window is never earlier than what was promised, and it respects what
every window respects: the area's days, the site's hours and closed days, other suspensions, and the places left.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils import timezone

from customers.models import Site, Suspension
from luckygas.clock import business_day
from orders.models import Order, Slot, StandingDay, StandingOrder, SuspensionRow
from orders.models.slot import DAYS_AHEAD
from orders.querysets import UNPLANNED, OrderQuerySet
from orders.run_out import RunOut, run_outs
from orders.standing.upcoming import Coming, Outlook
from orders.windows import Calendar

TO_COME = ("placed", "held", "confirmed", "planned", "out")


def displaced_orders(suspension: Suspension) -> OrderQuerySet:
    """Open orders with a promise inside its hours. Who waits for a day anyway has no promise to lose."""
    starts, ends = business_day(suspension.starts_at), business_day(suspension.ends_at)
    orders = Order.objects.filter(
        state__in=TO_COME,
        needs_day=False,
        promised_on__range=(starts, ends),
        promised_from__lt=suspension.ends_at,
        promised_to__gt=suspension.starts_at,
    )
    areas = [area.pk for area in suspension.areas.all()]
    return orders.filter(site__area__in=areas) if areas else orders


@dataclass
class Places:
    """The windows of the next days with the places left in them, handed out one by one."""

    until: dt.date
    calendar_of: Callable[[Site], Calendar]
    at: dt.datetime = field(default_factory=timezone.now)

    def __post_init__(self) -> None:
        slots = Slot.objects.filter(day__range=(business_day(self.at), self.until)).select_related("area")
        held = slots.annotate(held=Count("orders", filter=~Q(orders__state="cancelled")))
        self.left: dict[Slot, int] = {slot: slot.capacity - slot.held for slot in held.order_by("day", "starts")}
        self.by_area: dict[int, list[Slot]] = defaultdict(list)
        for slot in self.left:
            if slot.closes_at > self.at:
                self.by_area[slot.area_id].append(slot)

    def take_for(self, order: Order, *, run_out: RunOut | None) -> Slot | None:
        """A place on the first day that has one: the first window for who has no gas by then, else the one nearest
        to the hour that was promised."""
        hour, day = timezone.localtime(order.promised_from).hour, None
        best: Slot | None = None
        for slot in self._open_to(order):
            if day and slot.day > day:
                break
            if order.is_gas_out or (run_out and run_out.first <= slot.day):
                best = slot
                break
            if best is None or abs(slot.starts - hour) < abs(best.starts - hour):
                best, day = slot, slot.day
        if best:
            self.left[best] -= 1
        return best

    def _open_to(self, order: Order) -> Iterator[Slot]:
        site, calendar = order.site, self.calendar_of(order.site)
        for slot in self.by_area[site.area_id]:
            if slot.starts_at < order.promised_from or self.left[slot] <= 0:
                continue
            hours = range(slot.starts, slot.ends)
            if not calendar.refusal(site, slot.day) and all(calendar.is_open(site, slot.day, hour) for hour in hours):
                yield slot


def rows_of_orders(suspension: Suspension, orders: Iterable[Order], *, at: dt.datetime) -> list[SuspensionRow]:
    """A row for each of these orders with the window it could have; who needs gas first chooses first."""
    orders = list(orders)
    needs = _needs({order.site for order in orders}, at)
    until = business_day(max(at, suspension.ends_at)) + dt.timedelta(days=DAYS_AHEAD)
    Slot.open_days(since=business_day(at), until=until)
    places = Places(until, _calendars(suspension, at=at, until=until), at)
    orders.sort(key=lambda order: (*_need(order, needs.get(order.site_id)), order.promised_from, order.pk))
    return [_row(suspension, order, places, needs.get(order.site_id)) for order in orders]


def _needs(sites: set[Site], at: dt.datetime) -> dict[int, RunOut]:
    """When each site's gas is used up, by id. Who would have been without gas by now, and never called, is unknown."""
    return {site: run_out for site, run_out in run_outs(sites).items() if run_out.last >= business_day(at)}


def _need(order: Order, run_out: RunOut | None) -> tuple[bool, dt.date]:
    return not order.is_gas_out, run_out.first if run_out else dt.date.max


def _row(suspension: Suspension, order: Order, places: Places, run_out: RunOut | None) -> SuspensionRow:
    can_move = order.state in UNPLANNED
    slot = places.take_for(order, run_out=run_out) if can_move else None
    is_dry = order.is_gas_out or bool(run_out and (slot is None or run_out.first < slot.day))
    return SuspensionRow(
        suspension=suspension,
        customer_id=order.customer_id,
        order=order,
        was_on=order.promised_on,
        was_from=order.promised_from,
        was_to=order.promised_to,
        slot=slot,
        day=slot.day if slot else None,
        runs_out_on=run_out.first if run_out else None,
        is_urgent=is_dry,
    )


def _calendars(suspension: Suspension, *, at: dt.datetime, until: dt.date) -> Callable[[Site], Calendar]:
    """What every area's calendar would say with this suspension."""
    known = Calendar.of_areas(since=business_day(at), until=until)
    areas = {area.pk for area in suspension.areas.all()}
    days = list(suspension.days())

    def would_be(site: Site) -> Calendar:
        calendar = known(site)
        return calendar.suspended(days, suspension.reason) if not areas or site.area_id in areas else calendar

    return would_be


def rows_of_dates(suspension: Suspension, *, at: dt.datetime) -> list[SuspensionRow]:
    """A row for each date of a standing order that would come on one of its days, and would not with it."""
    standing = StandingOrder.objects.in_force(on=business_day(at)).for_preview()
    areas = [area.pk for area in suspension.areas.all()]
    found = list(standing.filter(site__area__in=areas) if areas else standing)
    days = {day for day, _first, _last in suspension.days()}
    until = max(days)
    as_it_is, as_it_would_be = Outlook(found, at=at), Outlook(found, at=at)
    reach = until + dt.timedelta(days=DAYS_AHEAD + 1)
    as_it_would_be.calendar_of = _calendars(suspension, at=at, until=reach)
    needs = _needs({each.site for each in found}, at)
    rows = []
    for each in found:
        would = {coming.on: coming for coming in as_it_would_be.days(each, until=until)}
        for coming in as_it_is.days(each, until=until):
            if coming.day in days and coming.order is None and would[coming.on].day != coming.day:
                after = would[coming.on].day or _next_after(as_it_would_be, each, coming.on)
                rows.append(_row_of_date(suspension, would[coming.on], needs.get(each.site_id), after))
    return rows


def _next_after(outlook: Outlook, standing: StandingOrder, day: dt.date) -> dt.date | None:
    return next((coming.day for coming in outlook.days(standing) if coming.day and coming.day > day), None)


def _row_of_date(
    suspension: Suspension, instead: Coming, run_out: RunOut | None, after: dt.date | None
) -> SuspensionRow:
    """`after`: when something of it comes again, itself or the next of its dates."""
    is_dry = bool(run_out and after and run_out.first < after)
    return SuspensionRow(
        suspension=suspension,
        customer_id=instead.standing.site.customer_id,
        standing=instead.standing,
        was_on=instead.on,
        day=instead.day,
        sentence="" if instead.day else instead.reason,
        runs_out_on=run_out.first if run_out else None,
        is_urgent=is_dry or instead.state == StandingDay.State.REFUSED,
    )
