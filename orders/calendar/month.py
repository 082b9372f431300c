"""One month of the calendar as the office reads it: weeks of days, each with what is special about it."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from customers.models import Area, CalendarDay, Suspension
from luckygas.clock import business_day

Kind = CalendarDay.Kind


@dataclass(frozen=True)
class Mark:
    """What is special about a day: a holiday, a working Saturday, or hours without deliveries."""

    kind: str
    name: str
    hours: str = ""
    areas: tuple[str, ...] = ()
    suspension: int | None = None


@dataclass(frozen=True)
class Day:
    on: dt.date
    is_inside: bool
    is_today: bool
    lines: tuple[Area, ...]
    marks: tuple[Mark, ...]

    @property
    def is_weekend(self) -> bool:
        return self.on.isoweekday() > 5

    @property
    def kinds(self) -> str:
        """For the drawing: which kinds of marks it has."""
        return " ".join(sorted({mark.kind for mark in self.marks}))


@dataclass(frozen=True)
class Month:
    """A month with whole weeks around it, in two queries."""

    first: dt.date
    weeks: list[list[Day]]
    areas: list[Area]

    @classmethod
    def of(cls, first: dt.date) -> Month:
        weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
        rows = CalendarDay.objects.filter(day__range=(weeks[0][0], weeks[-1][-1])).select_related("area")
        found: dict[dt.date, list[CalendarDay]] = defaultdict(list)
        for row in rows:
            found[row.day].append(row)
        areas, today = list(Area.objects.order_by("kind", "code")), business_day()
        lines = [area for area in areas if area.kind == Area.Kind.LINE]
        return cls(
            first,
            [
                [
                    Day(
                        day, day.month == first.month, day == today,
                        tuple(line for line in lines if line.drives_on(day)), _marks(found[day]),
                    )
                    for day in week
                ]
                for week in weeks
            ],
            areas,
        )  # fmt: skip

    @property
    def special(self) -> list[Day]:
        """The days of the month with something to say, for those who read a list."""
        return [day for week in self.weeks for day in week if day.is_inside and day.marks]

    @property
    def last(self) -> dt.date:
        return (self.first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)

    @property
    def before(self) -> dt.date:
        return (self.first - dt.timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> dt.date:
        return self.last + dt.timedelta(days=1)


def _marks(rows: list[CalendarDay]) -> tuple[Mark, ...]:
    """Rows of one suspension are one mark with its areas."""
    marks, spans = [], defaultdict(list)
    for row in rows:
        if row.kind == Kind.SUSPENSION:
            spans[row.suspension_id, row.name, row.from_hour, row.until_hour].append(row.area)
        else:
            marks.append(Mark(row.kind, row.name))
    for (suspension, name, first, last), areas in spans.items():
        hours = "" if (first, last) == (0, 24) else f"{first:02d}:00–{last:02d}:00"
        named = tuple(str(area) for area in areas if area)
        marks.append(Mark(Kind.SUSPENSION, name, hours, named, suspension))
    return tuple(marks)


def suspensions_around(month: Month) -> list[Suspension]:
    """Those of this month that hold, held or were taken back, and drafts that nobody decided about."""
    found = Suspension.objects.exclude(state=Suspension.State.DISCARDED).select_related("by")
    return list(found.filter(starts_at__date__lte=month.last, ends_at__date__gte=month.first).prefetch_related("areas"))
