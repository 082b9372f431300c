"""When we can deliver: which days and windows a site, its area and the calendar allow, and how soon "now" is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from customers.models import CalendarDay, Site
from luckygas.clock import business_day, roc_digits
from luckygas.errors import Refused
from luckygas.said import Said as _
from luckygas.said import Words
from orders.models.slot import DAYS_AHEAD, Slot

LOAD_MINUTES = 20  # to the truck and out of the yard, before the first stop
SPREAD_MINUTES = 40  # an honest "between"
AT_MOST_MINUTES = 240
DAYS_TOLD = 5
SOON_DAYS = 5  # most sites have days enough among these


class Break(NamedTuple):
    """Full hours of a day in which nobody drives, and why."""

    from_hour: int
    until_hour: int
    reason: str

    @property
    def is_all_day(self) -> bool:
        return self.from_hour <= settings.OPENS_AT and self.until_hour >= settings.CLOSES_AT

    def meets(self, first: int, last: int) -> bool:
        return self.from_hour < last and first < self.until_hour


@dataclass(frozen=True)
class Calendar:
    """What is special about the next days for one area, read in one query."""

    holidays: frozenset[dt.date]
    breaks: Mapping[dt.date, tuple[Break, ...]]

    @classmethod
    def of(cls, site: Site, *, since: dt.date, until: dt.date) -> Calendar:
        return cls.of_rows(
            CalendarDay.objects.filter(day__range=(since, until)).filter(Q(area=None) | Q(area=site.area_id))
        )

    @classmethod
    def of_areas(cls, *, since: dt.date, until: dt.date) -> Callable[[Site], Calendar]:
        """The calendar of whichever site is asked for, all areas read in one query."""
        rows = list(CalendarDay.objects.filter(day__range=(since, until)))

        @cache
        def of_area(area: int) -> Calendar:
            return cls.of_rows(row for row in rows if row.area_id in {None, area})

        return lambda site: of_area(site.area_id)

    @classmethod
    def of_rows(cls, rows: Iterable[CalendarDay]) -> Calendar:
        """What these rows of one area say."""
        holidays: set[dt.date] = set()
        breaks: dict[dt.date, tuple[Break, ...]] = {}
        for row in rows:
            if row.kind == CalendarDay.Kind.HOLIDAY:
                holidays.add(row.day)
            elif row.kind == CalendarDay.Kind.SUSPENSION:
                breaks[row.day] = (*breaks.get(row.day, ()), Break(row.from_hour, row.until_hour, row.name))
        return cls(frozenset(holidays), breaks)

    def suspended(self, days: Iterable[tuple[dt.date, int, int]], reason: str) -> Calendar:
        """The same with more hours in which nobody drives: what would be."""
        breaks = dict(self.breaks)
        for day, first, last in days:
            breaks[day] = (*breaks.get(day, ()), Break(first, last, reason))
        return Calendar(self.holidays, breaks)

    def break_at(self, day: dt.date, first: int, last: int) -> Break | None:
        """The first break that meets these hours."""
        return next((each for each in self.breaks.get(day, ()) if each.meets(first, last)), None)

    def is_open(self, site: Site, day: dt.date, hour: int) -> bool:
        """Whether this site takes deliveries in that hour and we drive in it."""
        return site.is_open_at(hour) and not self.break_at(day, hour, hour + 1)

    def hours(self, site: Site, day: dt.date) -> list[int]:
        return [hour for hour in range(24) if self.is_open(site, day, hour)]

    def refusal(self, site: Site, day: dt.date) -> Words:
        """Why nothing can be delivered to this site that day; empty when it can."""
        if day in self.breaks and site.hours and not self.hours(site, day):
            return _("%(day)s: no deliveries, %(reason)s.") % {
                "day": day,
                "reason": self.breaks[day][0].reason,
            }
        if not site.area.drives_on(day):
            return _("We do not drive %(area)s on %(day)s.") % {"area": site.area, "day": day}
        if site.is_closed_on(day, holidays=self.holidays):
            return _("%(day)s: this address takes no deliveries on its closed days.") % {"day": day}
        if not site.hours:
            return _("This address has no delivery hours. Call the office.")
        return ""

    def told(self, today: dt.date) -> list[Words]:
        """A sentence for each break of the next days, for the person who looks for a window and finds none."""
        days = (today + dt.timedelta(days=n) for n in range(DAYS_TOLD))
        return [say_break(day, each) for day in days for each in self.breaks.get(day, ())]


def say_break(day: dt.date, found: Break) -> Words:
    """`11/25（三）: no deliveries, typhoon.`, with its hours when it is not the whole day."""
    if found.is_all_day:
        return _("%(day)s: no deliveries, %(reason)s.") % {"day": day, "reason": found.reason}
    hours = {"from": f"{found.from_hour:02d}:00", "until": f"{found.until_hour:02d}:00"}
    return _("%(day)s %(from)s–%(until)s: no deliveries, %(reason)s.") % ({"day": day, "reason": found.reason} | hours)


def check_day(site: Site, day: dt.date, *, today: dt.date) -> Calendar:
    """Refuse a day on which this site cannot be delivered, naming the days that can; answers with the calendar."""
    if day < today:
        raise Refused(_("%(day)s has passed.") % {"day": day}, field="when", code="past_day")
    if day > today + dt.timedelta(days=90):
        raise Refused(_("Choose a day within the next 90 days."), field="when", code="far_day")
    calendar = Calendar.of(site, since=today, until=day + dt.timedelta(days=DAYS_AHEAD))
    if refusal := calendar.refusal(site, day):
        if instead := _other_days(calendar, site, day, today):
            refusal = _("%(why)s %(instead)s") % {"why": refusal, "instead": instead}
        raise Refused(refusal, field="when", code="closed_day")
    return calendar


def _other_days(calendar: Calendar, site: Site, day: dt.date, today: dt.date) -> Words:
    """`Choose 11/28 or 11/30.`: the nearest days before and after that work."""
    before = (day - dt.timedelta(days=n) for n in range(1, (day - today).days + 1))
    after = (day + dt.timedelta(days=n) for n in range(1, DAYS_AHEAD))
    found = (next((d for d in days if not calendar.refusal(site, d)), None) for days in (before, after))
    good = [each for each in found if each]
    if not good:
        return ""
    days = good[0] if len(good) == 1 else _("%(earlier)s or %(later)s") % {"earlier": good[0], "later": good[1]}
    return _("Choose %(days)s.") % {"days": days}


@dataclass(frozen=True)
class Window:
    """A promise a site could get: a slot with the places left in it."""

    slot: Slot
    left: int

    @property
    def is_full(self) -> bool:
        return self.left <= 0

    @property
    def value(self) -> str:
        """How a form names this window."""
        return f"slot-{self.slot.pk}"


def windows_for(
    site: Site, *, at: dt.datetime | None = None, days: int = 4, calendar: Calendar | None = None
) -> list[Window]:
    """The slots of the next days on which this site can be delivered, full ones included, in two or three queries."""
    at = at or timezone.now()
    today = business_day(at)
    calendar = calendar or Calendar.of(site, since=today, until=today + dt.timedelta(days=DAYS_AHEAD))
    found: list[Window] = []
    for first, last in ((0, SOON_DAYS), (SOON_DAYS + 1, DAYS_AHEAD)):
        found += _windows_between(today + dt.timedelta(first), today + dt.timedelta(last), site, calendar, at=at)
        nearest = sorted({window.slot.day for window in found})[:days]
        if len(nearest) == days:
            break
    return [window for window in found if window.slot.day in nearest]


def _windows_between(first: dt.date, last: dt.date, site: Site, calendar: Calendar, *, at: dt.datetime) -> list[Window]:
    slots = (
        Slot.objects.filter(area=site.area_id, day__range=(first, last))
        .select_related("area")
        .annotate(held=Count("orders", filter=~Q(orders__state="cancelled")))
        .order_by("day", "starts")
    )
    return [
        Window(slot, slot.capacity - slot.held)
        for slot in slots
        if slot.closes_at > at
        and not calendar.refusal(site, slot.day)
        and all(calendar.is_open(site, slot.day, hour) for hour in range(slot.starts, slot.ends))
    ]


def check_slot(site: Site, slot: Slot, *, at: dt.datetime, mine: bool = False) -> None:
    """Refuse a slot that is not this site's, closed, outside its hours or full. The slot is locked by the caller."""
    if slot.area_id != site.area_id:
        raise Refused(_("This window belongs to another area. Choose again."), field="when", code="other_area")
    calendar = check_day(site, slot.day, today=business_day(at))
    if found := calendar.break_at(slot.day, slot.starts, slot.ends):
        words = {"why": say_break(slot.day, found), "instead": _("Choose another window.")}
        raise Refused(_("%(why)s %(instead)s") % words, field="when", code="suspended")
    if slot.closes_at <= at and not mine:
        raise Refused(_("This window is closed for today. Choose a later one."), field="when", code="cut_off")
    if not all(site.is_open_at(hour) for hour in range(slot.starts, slot.ends)):
        raise Refused(_("This address takes no deliveries at that hour."), field="when", code="closed_hour")
    if not mine and slot.taken >= slot.capacity:
        raise Refused(_("This window is full. Choose another one."), field="when", code="full")


@dataclass(frozen=True)
class Estimate:
    """When "now" would be: between two moments of one business day."""

    starts_at: dt.datetime
    ends_at: dt.datetime

    @property
    def day(self) -> dt.date:
        return business_day(self.starts_at)


def estimate_now(site: Site, *, ahead: int, at: dt.datetime, calendar: Calendar | None = None) -> Estimate:
    """How soon a truck can be there: the stops ahead in the area, shared by its crews, at the area's pace.

    Outside opening or the site's hours it is the next hour that works; refused when no day in two weeks does.
    """
    area = site.area
    wait = LOAD_MINUTES + area.minutes_per_stop * (ahead // max(area.crews, 1) + 1)
    start = at + dt.timedelta(minutes=min(wait, AT_MOST_MINUTES))
    start = _next_open(site, start, calendar)
    start -= dt.timedelta(minutes=start.minute % 5, seconds=start.second, microseconds=start.microsecond)
    return Estimate(start, start + dt.timedelta(minutes=SPREAD_MINUTES))


def _next_open(site: Site, at: dt.datetime, calendar: Calendar | None) -> dt.datetime:
    today = business_day(at)
    calendar = calendar or Calendar.of(site, since=today, until=today + dt.timedelta(days=DAYS_AHEAD))
    local = timezone.localtime(at)
    for days in range(DAYS_AHEAD + 1):
        day = today + dt.timedelta(days=days)
        if calendar.refusal(site, day):
            continue
        first = local.hour if days == 0 else settings.OPENS_AT
        for hour in range(max(first, settings.OPENS_AT), settings.CLOSES_AT):
            opens = max(timezone.make_aware(dt.datetime.combine(day, dt.time(hour))), at)
            if calendar.is_open(site, day, hour) and not _runs_into(calendar, opens):
                return opens
    raise Refused(_("No delivery day in the next two weeks. Call the office."), field="when", code="no_day")


def _runs_into(calendar: Calendar, at: dt.datetime) -> bool:
    """Whether what would come from `at` on would still be on its way when a break begins."""
    ends = timezone.localtime(at) + dt.timedelta(minutes=SPREAD_MINUTES - 1)
    return calendar.break_at(ends.date(), ends.hour, ends.hour + 1) is not None


def order_number(day: dt.date, sequence: int) -> str:
    """`1151124-1042`: the ROC day on which it was placed, and a number that never repeats."""
    return f"{roc_digits(day)}-{sequence:04d}"
