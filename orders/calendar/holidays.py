"""The year's official list of days off, read as people have it: the government's file, or lines that were pasted.

One day a line: `20260216,一,2,農曆除夕`, `115/02/16 農曆除夕`, `1150216\t農曆除夕`. Ordinary weekends are passed over.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from customers.files.sheets import Line, lines_of
from customers.models import CalendarDay
from luckygas.clock import business_day
from luckygas.models import User
from luckygas.phones import narrow
from orders.forms.order import read_day

Kind = CalendarDay.Kind
MOST_LINES = 800  # two years, day by day
WORKS = re.compile("補.*上班|補班|make-?up", re.IGNORECASE)
WEEKDAY = re.compile("(星期|週|周)?[一二三四五六日天]|mon|tue|wed|thu|fri|sat|sun", re.IGNORECASE)
FAR_YEARS = 3


@dataclass(frozen=True)
class DayOff:
    """One line as it was understood."""

    day: dt.date
    kind: str
    name: str
    known: str | None = None  # what the calendar says about it now

    @property
    def state(self) -> str:
        return "new" if self.known is None else "same" if self.known == self.name else "renamed"

    @property
    def is_workday(self) -> bool:
        return self.kind == Kind.WORKDAY


@dataclass
class DayList:
    """What a pasted list or a file says, and what it would change."""

    days: list[DayOff] = field(default_factory=list)
    wrong: list[tuple[int, str]] = field(default_factory=list)
    missing: list[CalendarDay] = field(default_factory=list)

    @property
    def changes(self) -> list[DayOff]:
        return [day for day in self.days if day.state != "same"]

    @classmethod
    def read(cls, lines: Iterable[Line]) -> DayList:
        """Every line, in one query; a line that cannot be read is named and left out."""
        found, said = {}, cls()
        for number, cells in lines:
            texts = [narrow(cell) for cell in cells if narrow(cell)]
            if not texts or number > MOST_LINES:
                continue
            read = _understood(texts)
            if read is None and number > 1:  # the first line may hold the headers
                said.wrong.append((number, " ".join(texts)[:80]))
            elif read and read[2]:
                found[read[0], read[1]] = read[2]
        said._compare(found)
        return said

    def _compare(self, found: dict[tuple[dt.date, str], str]) -> None:
        years = {day.year for day, _kind in found}
        rows = CalendarDay.objects.filter(day__year__in=years, kind__in=[Kind.HOLIDAY, Kind.WORKDAY], area=None)
        known = {(row.day, row.kind): row for row in rows}
        self.days = [
            DayOff(day, kind, name, known[day, kind].name if (day, kind) in known else None)
            for (day, kind), name in sorted(found.items())
        ]
        self.missing = [row for key, row in sorted(known.items()) if key not in found]

    @transaction.atomic
    def enter(self, *, by: User, source: str) -> int:
        """Put the new days on the calendar and correct the names; what the list does not name stays. How many."""
        for each in self.changes:
            CalendarDay.objects.update_or_create(
                day=each.day, kind=each.kind, area=None, suspension=None,
                defaults={"name": each.name, "source": source[:60]},
            )  # fmt: skip
        return len(self.changes)


def split(text: str) -> list[Line]:
    """Pasted lines as cells: parted by commas, tabs, or the space behind the day."""
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = re.split(r"[,，\t;]", line)
        lines.append((number, cells if len(cells) > 1 else line.split(maxsplit=1)))
    return lines


def lines_in(text: str, file: tuple[str, bytes] | None) -> list[Line]:
    """The lines of a file when there is one, else of what was pasted. Refused when it is no such file."""
    return list(lines_of(file[1], file[0])) if file else split(text)


def _understood(texts: list[str]) -> tuple[dt.date, str, str] | None:
    """The day, the kind and the name; no name: an ordinary day. None when no day stands there, or a far one."""
    day = _day(texts[0])
    if day is None or abs(day.year - business_day().year) > FAR_YEARS:
        return None
    rest = [text for text in texts[1:] if not WEEKDAY.fullmatch(text)]
    flag = next((text for text in rest if text in {"0", "2"}), "")
    name = " ".join(text for text in rest if text != flag)[:60]
    if not name:
        return (day, Kind.HOLIDAY, "") if flag else None
    works = bool(WORKS.search(name)) or (flag == "0")
    return day, Kind.WORKDAY if works else Kind.HOLIDAY, name


def _day(text: str) -> dt.date | None:
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return read_day(text)


def source_of(by: User) -> str:
    """Where a day comes from that a person entered."""
    return _("entered by %(who)s") % {"who": by}
