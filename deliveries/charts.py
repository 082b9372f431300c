"""Two drawings of the day as SVG attributes, each with the table of its numbers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from orders.models import Order

LEFT, RIGHT, TOP, BOTTOM = 34.0, 390.0, 14.0, 176.0  # the field inside a drawing of 460 by 200
OPENS, CLOSES = 8, 20
FIRST_HOUR = 6
STEPS = 3
KINDS: dict[str, str] = {Order.Channel.PHONE: "phone", Order.Channel.WEB: "web", Order.Channel.STANDING: "standing"}


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


def grid(top: int) -> list[tuple[str, str]]:
    """Height and number of each line of the grid."""
    return [(f"{BOTTOM - height(top * n / STEPS, top):.1f}", f"{top * n // STEPS:,}") for n in range(STEPS + 1)]


@dataclass(frozen=True)
class Curves:
    """Delivered so far, today over last week."""

    grid: list[tuple[str, str]]
    hours: list[tuple[str, int]]
    today: str
    last_week: str
    now_x: str
    end: tuple[str, str]
    done: int
    done_then: int
    last_total: int
    last_end_y: str
    table: list[tuple[str, int | None, int | None]]
    has_last_week: bool

    @classmethod
    def of(cls, today: dict[int, int], last_week: dict[int, int], *, until: dt.datetime) -> Curves:
        """Counts by hour of the day, as running totals until now; last week goes on to its end."""
        now = min(max(until.hour + until.minute / 60, OPENS), CLOSES)
        edges = range(OPENS, CLOSES + 1)
        sums = {hour: _before(today, hour) for hour in edges}
        was = {hour: _before(last_week, hour) for hour in edges}
        done, total = sum(today.values()), sum(last_week.values())
        was[CLOSES] = total  # what came after closing stands at the end of the day
        top = top_of(max(done, total, STEPS))
        points = [(float(hour), sums[hour]) for hour in edges if hour < now] + [(now, done)]
        return cls(
            grid=grid(top),
            hours=[(f"{x_of(hour):.1f}", hour) for hour in range(OPENS, CLOSES + 1, 2)],
            today=path(points, top),
            last_week=path([(float(hour), count) for hour, count in was.items()], top) if total else "",
            now_x=f"{x_of(now):.1f}",
            end=(f"{x_of(now):.1f}", f"{BOTTOM - height(done, top):.1f}"),
            done=done,
            done_then=_at(last_week, now),
            last_total=total,
            last_end_y=f"{BOTTOM - height(total, top) + 4:.1f}",
            table=[
                (f"{hour}", sums[hour] if hour <= now else None, was[hour] if total else None)
                for hour in range(OPENS + 2, CLOSES + 1, 2)
            ],
            has_last_week=bool(total),
        )


def _before(counts: dict[int, int], hour: int) -> int:
    return sum(count for at, count in counts.items() if at < hour)


def _at(counts: dict[int, int], now: float) -> int:
    """The running total at a moment, straight between full hours."""
    hour = int(now)
    return round(_before(counts, hour) + counts.get(hour, 0) * (now - hour))


def x_of(hour: float) -> float:
    return LEFT + (RIGHT - LEFT) * (hour - OPENS) / (CLOSES - OPENS)


def path(points: list[tuple[float, int]], top: int) -> str:
    return "M" + " L".join(f"{x_of(hour):.1f} {BOTTOM - height(count, top):.1f}" for hour, count in points)


@dataclass(frozen=True)
class Bars:
    """Orders that came in each hour, by channel."""

    grid: list[tuple[str, str]]
    hours: list[tuple[str, int]]
    bars: list[tuple[str, str, str, str]]  # kind, x, y, height
    width: str
    table: list[tuple[int, dict[str, int]]]
    total: int
    busiest: int | None

    @classmethod
    def of(cls, counts: dict[tuple[int, str], int]) -> Bars:
        """From counts by hour and channel."""
        hours = range(min([FIRST_HOUR, *(hour for hour, _channel in counts)]), 21)
        hours = range(hours[0], max([20, *(hour for hour, _channel in counts)]) + 1)
        split = {hour: _kinds(counts, hour) for hour in hours}
        top = top_of(max([STEPS, *(sum(kinds.values()) for kinds in split.values())]))
        room = (460.0 - 30.0) / len(hours)
        bars, ticks = [], []
        for place, (hour, kinds) in enumerate(split.items()):
            y, x = BOTTOM, 30.0 + place * room + room * 0.1
            for kind, count in kinds.items():
                tall = height(count, top)
                y -= tall
                if count:
                    bars.append((kind, f"{x:.1f}", f"{y:.1f}", f"{tall:.1f}"))
            if hour % 2 == 0:
                ticks.append((f"{x + room * 0.4:.1f}", hour))
        total = sum(counts.values())
        return cls(
            grid=grid(top),
            hours=ticks,
            bars=bars,
            width=f"{room * 0.8:.1f}",
            table=[(hour, kinds) for hour, kinds in split.items() if any(kinds.values())],
            total=total,
            busiest=max(split, key=lambda hour: sum(split[hour].values())) if total else None,
        )


def _kinds(counts: dict[tuple[int, str], int], hour: int) -> dict[str, int]:
    kinds = {"phone": 0, "web": 0, "standing": 0, "other": 0}
    for (at, channel), count in counts.items():
        if at == hour:
            kinds[KINDS.get(channel, "other")] += count
    return kinds
