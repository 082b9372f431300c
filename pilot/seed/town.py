"""Sixteen areas of Taitung, the depot, and the calendar. Coordinates are of the county, roads are invented."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

import holidays

from customers.models import Area, CalendarDay
from deliveries.models import Depot
from orders.models import Slot
from orders.models.slot import DAYS_AHEAD

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
ZONE, LINE = Area.Kind.ZONE, Area.Kind.LINE
COAST = 121.168  # east of it the city is sea


@dataclass(frozen=True, slots=True)
class Ground:
    """One area with what sample customers need of it: its share of them, its township, and where they stand."""

    code: str
    name: str
    kind: str
    weekdays: tuple[int, ...]
    colour: int
    share: int
    township: str
    path: tuple[tuple[float, float], ...]  # a zone has one point, a line the way it takes, north or south
    spread: float = 0.006

    def somewhere(self, rng: random.Random) -> tuple[str, str]:
        """A point in the area, as the database keeps it."""
        if len(self.path) == 1:
            latitude, longitude = self.path[0]
        else:
            leg = rng.randrange(len(self.path) - 1)
            (south, west), (north, east), along = self.path[leg], self.path[leg + 1], rng.random()
            latitude, longitude = south + (north - south) * along, west + (east - west) * along
        latitude += rng.uniform(-self.spread, self.spread)
        longitude += rng.uniform(-self.spread, self.spread)
        if self.kind == ZONE and self.code != "富":
            longitude = min(longitude, COAST)
        return f"{latitude:.5f}", f"{longitude:.5f}"


GROUNDS = (
    Ground("瑞", "瑞光", ZONE, EVERY_DAY, 1, 11, "臺東市", ((22.7500, 121.1500),)),
    Ground("四", "四維", ZONE, EVERY_DAY, 2, 11, "臺東市", ((22.7545, 121.1445),)),
    Ground("復", "復國", ZONE, EVERY_DAY, 3, 8, "臺東市", ((22.7600, 121.1400),)),
    Ground("泰", "泰東", ZONE, EVERY_DAY, 4, 9, "臺東市", ((22.7480, 121.1380),)),
    Ground("寶", "寶桑", ZONE, EVERY_DAY, 5, 8, "臺東市", ((22.7520, 121.1590),)),
    Ground("馬", "馬蘭", ZONE, EVERY_DAY, 6, 8, "臺東市", ((22.7640, 121.1310),)),
    Ground("榮", "豐榮", ZONE, EVERY_DAY, 7, 6, "臺東市", ((22.7420, 121.1310),)),
    Ground("康", "康樂", ZONE, EVERY_DAY, 1, 5, "臺東市", ((22.7660, 121.1120),)),
    Ground("王", "南王", ZONE, EVERY_DAY, 2, 4, "臺東市", ((22.7840, 121.1130),)),
    Ground("里", "豐里", ZONE, EVERY_DAY, 3, 5, "臺東市", ((22.7330, 121.1280),)),
    Ground("富", "富岡", ZONE, EVERY_DAY, 4, 4, "臺東市", ((22.7910, 121.1880),), 0.003),
    Ground("卑", "卑南", ZONE, (1, 2, 3, 4, 5, 6), 5, 5, "卑南鄉", ((22.7860, 121.0900),), 0.009),
    Ground("知", "知本", ZONE, (1, 2, 3, 4, 5, 6), 6, 5, "臺東市", ((22.7080, 121.0560),), 0.008),
    Ground(
        "成", "成功線", LINE, (1, 2, 3, 4, 5, 6), 7, 5, "成功鎮",
        ((22.8250, 121.1960), (22.8760, 121.2270), (22.9720, 121.3000), (23.0990, 121.3730)), 0.002,
    ),
    Ground(
        "迴", "南迴線", LINE, (1, 4, 6), 2, 3, "太麻里鄉",
        ((22.6160, 121.0070), (22.5320, 120.9640), (22.4270, 120.9240)), 0.002,
    ),
    Ground(
        "縱", "縱谷線", LINE, (2, 3, 5, 7), 3, 3, "鹿野鄉",
        ((22.8550, 121.0950), (22.9130, 121.1360), (23.0460, 121.1640)), 0.003,
    ),
)  # fmt: skip


def make_areas() -> dict[str, Area]:
    """The areas by code."""
    Area.objects.bulk_create(
        Area(
            code=ground.code,
            name=ground.name,
            kind=ground.kind,
            weekdays=list(ground.weekdays),
            latitude=f"{sum(point[0] for point in ground.path) / len(ground.path):.5f}",
            longitude=f"{sum(point[1] for point in ground.path) / len(ground.path):.5f}",
            colour=ground.colour,
            slot_capacity=6 if ground.kind == LINE else 8,
            cutoff_minutes=120 if ground.kind == LINE else 30,
            minutes_per_stop=16 if ground.kind == LINE else 9,
            minimum_twd=1500 if ground.kind == LINE else 0,
            crews=1,
        )
        for ground in GROUNDS
    )
    return {area.code: area for area in Area.objects.all()}


def make_depot() -> Depot:
    return Depot.objects.create(name="總倉", latitude="22.75800", longitude="121.12200")


def make_calendar(since: dt.date, until: dt.date) -> int:
    """Taiwan's public holidays and make-up working days, as the `holidays` package knows them."""
    years = range(since.year, until.year + 2)
    known = holidays.country_holidays("TW", years=years, language="zh_TW")
    source = f"holidays {holidays.__version__}, 示範資料"
    rows = [
        CalendarDay(day=day, kind=CalendarDay.Kind.HOLIDAY, name=name[:60], source=source)
        for day, name in sorted(known.items())
    ]
    rows += [
        CalendarDay(day=day, kind=CalendarDay.Kind.WORKDAY, name="補行上班", source=source)
        for day in sorted(getattr(known, "weekend_workdays", ()))
    ]
    return len(CalendarDay.objects.bulk_create(rows))


def open_slots(today: dt.date) -> int:
    return Slot.open_days(since=today, until=today + dt.timedelta(days=DAYS_AHEAD))
