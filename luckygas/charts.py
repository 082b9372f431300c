"""Small charts, worked out here as SVG attributes; `components/chart_*.html` draw one kind each, its table behind it.

What is drawn and what stands in the table come from the same rows. Nothing counted is no drawing: `is_empty`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

LEFT, RIGHT, TOP, BOTTOM = 34.0, 452.0, 14.0, 176.0  # the field inside a drawing of 460 by 200
EDGE = 460.0
ROOM_FOR_NAME = 120.0  # a curve that ends further left has its name on the right
UNDER_LAST_WEEK = 300.0  # and one that ends further right has it below: last week's name is there
OPENS, CLOSES = 8, 20
STEPS = 3


class Series(NamedTuple):
    """One thing counted at each place: its look (a class of chart.css), its word, its numbers."""

    look: str
    word: str
    counts: Sequence[int]


class Place(NamedTuple):
    """Where a bar stands: its name in the table, and what is written under it; "" for nothing."""

    name: str
    tick: str = ""


def top_of(most: int) -> int:
    """A round number above `most` that three lines of the grid divide: 3, 6, 9, 15, 30, 60, 90, 150 …"""
    size = 1
    while True:
        for step in (1, 2, 3, 5):
            if STEPS * step * size >= most:
                return STEPS * step * size
        size *= 10


def height(count: float, top: int) -> float:
    return (BOTTOM - TOP) * count / top


def level(count: float, top: int) -> float:
    """How far down a number stands."""
    return BOTTOM - height(count, top)


def grid(top: int) -> list[tuple[str, str]]:
    """Height and number of each line of the grid."""
    return [(f"{level(top * n / STEPS, top):.1f}", f"{top * n // STEPS:,}") for n in range(STEPS + 1)]


def path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)


@dataclass(frozen=True)
class Bars:
    """Series standing on each other at each place, and a line for what was there before."""

    grid: list[tuple[str, str]]
    ticks: list[tuple[str, str]]
    rects: list[tuple[str, str, str, str]]  # look, x, y, height
    width: str
    line: str
    series: Sequence[Series]
    before: Series | None
    table: list[tuple[str, list[int], int | None]]
    total: int
    most: str  # the name of the place with the most

    @classmethod
    def of(cls, places: Sequence[Place], series: Sequence[Series], *, before: Series | None = None) -> Bars:
        """From the same number of counts as there are places; `before` without anything counted is left out."""
        before = before if before and sum(before.counts) else None
        sums = [sum(each.counts[n] for each in series) for n in range(len(places))]
        top = top_of(max([STEPS, *sums, *(before.counts if before else ())]))
        room = (EDGE - LEFT) / max(len(places), 1)
        middles = [LEFT + (n + 0.5) * room for n in range(len(places))]
        was = [(x, level(count, top)) for x, count in zip(middles, before.counts, strict=True)] if before else []
        return cls(
            grid=grid(top),
            ticks=[(f"{x:.1f}", place.tick) for x, place in zip(middles, places, strict=True) if place.tick],
            rects=[rect for n, x in enumerate(middles) for rect in _stacked(series, n, x - room * 0.4, top)],
            width=f"{room * 0.8:.1f}",
            line=path(was) if was else "",
            series=series,
            before=before,
            table=[
                (place.name, [each.counts[n] for each in series], before.counts[n] if before else None)
                for n, place in enumerate(places)
            ],
            total=sum(sums),
            most=places[sums.index(max(sums))].name if sum(sums) else "",
        )

    @property
    def is_empty(self) -> bool:
        return not self.total and self.before is None


def _stacked(series: Sequence[Series], place: int, x: float, top: int) -> list[tuple[str, str, str, str]]:
    rects, y = [], BOTTOM
    for each in series:
        if count := each.counts[place]:
            tall = height(count, top)
            y -= tall
            rects.append((each.look, f"{x:.1f}", f"{y:.1f}", f"{tall:.1f}"))
    return rects


@dataclass(frozen=True)
class Curves:
    """Running totals of a day until now, over those of the same weekday last week until its end."""

    grid: list[tuple[str, str]]
    hours: list[tuple[str, int]]
    today: str
    last_week: str
    now_x: str
    end: tuple[str, str]
    name: tuple[str, str, str]  # where the name of the end stands, and from where it is written
    done: int
    done_then: int | None
    last_total: int | None
    last_name_y: str
    table: list[tuple[str, int | None, int | None]]

    @classmethod
    def of(cls, today: dict[int, int], last_week: dict[int, int], *, until: dt.datetime) -> Curves:
        """From counts by hour of the day. What came before opening or after closing stands at the edge."""
        now = min(max(until.hour + until.minute / 60, OPENS), CLOSES)
        edges = range(OPENS, CLOSES + 1)
        sums = {hour: _before(today, hour) for hour in edges}
        was = {hour: _before(last_week, hour) for hour in edges}
        done, total = sum(today.values()), sum(last_week.values())
        was[CLOSES] = total
        top = top_of(max(done, total, STEPS))
        points = [(x_of(hour), level(sums[hour], top)) for hour in edges if hour < now]
        x, y = x_of(now), level(done, top)
        return cls(
            grid=grid(top),
            hours=[(f"{x_of(hour):.1f}", hour) for hour in range(OPENS, CLOSES + 1, 2)],
            today=path([*points, (x, y)]),
            last_week=path([(x_of(hour), level(count, top)) for hour, count in was.items()]) if total else "",
            now_x=f"{x:.1f}",
            end=(f"{x:.1f}", f"{y:.1f}"),
            name=_name_at(x, y),
            done=done,
            done_then=_at(last_week, now) if total else None,
            last_total=total or None,
            last_name_y=f"{max(level(total, top) - 8, TOP - 2):.1f}",
            table=[
                (f"{hour}:00", sums[hour] if hour <= now else None, was[hour] if total else None)
                for hour in range(OPENS + 2, CLOSES + 1, 2)
            ],
        )

    @property
    def is_empty(self) -> bool:
        return not self.done and self.last_total is None


def _before(counts: dict[int, int], hour: int) -> int:
    return sum(count for at, count in counts.items() if at < hour)


def _at(counts: dict[int, int], now: float) -> int:
    """The running total at a moment, straight between full hours."""
    hour = int(now)
    return round(_before(counts, hour) + counts.get(hour, 0) * (now - hour))


def _name_at(x: float, y: float) -> tuple[str, str, str]:
    """Where the name of today's end stands, so that it is inside and not upon last week's."""
    down = min(y + 22, BOTTOM - 4) if x > UNDER_LAST_WEEK else max(y - 10, TOP)
    return (f"{x - 8:.1f}", f"{down:.1f}", "end") if x > ROOM_FOR_NAME else (f"{x + 10:.1f}", f"{down:.1f}", "start")


def x_of(hour: float) -> float:
    return LEFT + (RIGHT - LEFT) * (hour - OPENS) / (CLOSES - OPENS)


SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 120.0, 24.0, 4.0


@dataclass(frozen=True)
class Spark:
    """A line as small as a word, for a row of a table that has the numbers: how it went, and where it ends."""

    line: str
    end: tuple[str, str]

    @classmethod
    def of(cls, counts: Sequence[int]) -> Spark | None:
        """Nothing for nothing: a flat line at the bottom would say that there was something to count."""
        if len(counts) < 2 or not any(counts):
            return None
        across, down = SPARK_WIDTH - 2 * SPARK_EDGE, SPARK_HEIGHT - 2 * SPARK_EDGE
        points = [
            (SPARK_EDGE + across * n / (len(counts) - 1), SPARK_HEIGHT - SPARK_EDGE - down * count / max(counts))
            for n, count in enumerate(counts)
        ]
        return cls(path(points), (f"{points[-1][0]:.1f}", f"{points[-1][1]:.1f}"))


class Part(NamedTuple):
    """One part of a whole: its look, its word, how many, and where it lies on the bar in percent."""

    look: str
    word: str
    many: int
    at: str
    wide: str


@dataclass(frozen=True)
class Shares:
    """Parts of a whole on one bar; parts without anything are left out."""

    parts: list[Part]
    total: int

    @classmethod
    def of(cls, counted: Sequence[tuple[str, str, int]]) -> Shares:
        """From look, word and count of each part, in the order they lie."""
        total = sum(count for _look, _word, count in counted)
        parts, at = [], 0
        for look, word, count in counted:
            if count:
                parts.append(Part(look, word, count, f"{100 * at / total:.2f}%", f"{100 * count / total:.2f}%"))
            at += count
        return cls(parts, total)

    @property
    def is_empty(self) -> bool:
        return not self.total

    @property
    def sentence(self) -> str:
        """`delivered 121 · on the truck 58`."""
        return " · ".join(f"{part.word} {part.many:,}" for part in self.parts)
