"""What comes of standing orders in the next days: told before it happens, by the rule that the generator follows."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.utils import timezone

from luckygas.clock import business_day
from luckygas.said import Words
from orders.models import Order, Product, StandingDay, StandingOrder
from orders.models.slot import DAYS_AHEAD
from orders.standing.forecast import MADE, plan
from orders.windows import Calendar

FAR = 400  # days; the longest rhythm is a year
PLANNED = "planned"


@dataclass(frozen=True)
class Coming:
    """One day of a standing order: what became of it, or what will."""

    standing: StandingOrder
    on: dt.date
    state: str
    day: dt.date | None
    reason: Words = ""
    order: Order | None = None

    @property
    def comes(self) -> bool:
        return self.day is not None

    @property
    def is_moved(self) -> bool:
        return self.day is not None and self.day != self.on


@dataclass
class Outlook:
    """The next days of some standing orders; calendar and written days are read once for all of them."""

    standing: list[StandingOrder]
    at: dt.datetime = field(default_factory=timezone.now)

    def __post_init__(self) -> None:
        self.today = business_day(self.at)
        since, until = self.today - dt.timedelta(days=DAYS_AHEAD), self.today + dt.timedelta(days=FAR + DAYS_AHEAD + 1)
        self.calendar_of = Calendar.of_areas(since=since, until=until)
        self.written: dict[int, dict[dt.date, StandingDay]] = defaultdict(dict)
        self.taken: dict[int, dict[dt.date, str]] = defaultdict(dict)
        mine = StandingDay.objects.filter(standing__in=[each.pk for each in self.standing])
        for row in mine.filter(on__gte=since).select_related("order"):
            if not row.by_hand:
                self.written[row.standing_id][row.on] = row
            if row.order and row.made_for and not (row.by_hand and row.order.state == Order.State.CANCELLED):
                self.taken[row.standing_id][row.made_for] = row.order.number

    def days(self, standing: StandingOrder, *, until: dt.date | None = None) -> Iterator[Coming]:
        """From today on, one after the other; those that lead nowhere too, with the reason."""
        taken = dict(self.taken[standing.pk])
        last = until or self.today + dt.timedelta(days=FAR)
        for day in (self.today + dt.timedelta(days=n) for n in range((last - self.today).days + 1)):
            row = self.written[standing.pk].get(day)
            if row and row.state != StandingDay.State.DUE:
                yield Coming(standing, day, row.state, row.made_for, row.reason, row.order)
            elif standing.is_active and standing.falls_on(day):
                found = plan(standing, day, at=self.at, taken=taken, calendar=self.calendar_of(standing.site))
                if found.day:
                    taken.setdefault(found.day, "")
                yield Coming(standing, day, PLANNED if found.state == MADE else found.state, found.day, found.reason)

    def next(self, standing: StandingOrder, count: int) -> list[Coming]:
        return list(islice(self.days(standing), count))

    def next_delivery(self, standing: StandingOrder) -> Coming | None:
        """The first that will come."""
        return next((each for each in self.days(standing) if each.comes), None)


@dataclass(frozen=True)
class DayAhead:
    """One day, usually tomorrow: what comes of standing orders, what is left out and why."""

    day: dt.date
    coming: list[Coming]
    left_out: list[Coming]

    @classmethod
    def of(cls, day: dt.date, *, at: dt.datetime | None = None) -> DayAhead:
        """Everything that falls on this day, and what is moved here from the days before."""
        at = at or timezone.now()
        standing = list(StandingOrder.objects.in_force(on=business_day(at)).for_preview())
        outlook = Outlook(standing, at=at)
        found = [each for one in standing for each in outlook.days(one, until=day) if day in {each.on, each.day}]
        know_products(each.standing for each in found)
        coming = [each for each in found if each.day == day]
        return cls(day, coming, [each for each in found if each.day != day])

    @property
    def cylinders(self) -> list[tuple[Product, int]]:
        """What is to be loaded for them, by product."""
        sums: Counter[Product] = Counter()
        for each in self.coming:
            for product, count in each.standing.loads():
                sums[product] += count
        return sorted(sums.items(), key=lambda pair: pair[0].sort)


def know_products(standing: Iterable[StandingOrder]) -> None:
    """Read the products of all of these in one query."""
    found = list(standing)
    codes = {line["product"] for each in found for line in each.items}
    products = {product.code: product for product in Product.objects.filter(code__in=codes)}
    for each in found:
        each.known_products = products
