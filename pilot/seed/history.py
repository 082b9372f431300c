"""The days before today: orders at cooking times, routes that drove them, and what both ledgers kept."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from itertools import accumulate

from deliveries.models import CashCount, CashLeg, Route, Stop
from luckygas.db import derived_id
from pilot.seed.book import Book
from pilot.seed.crew import Crew
from pilot.seed.people import Door, Town
from pilot.seed.products import Ware
from pilot.seed.rows import Table, moment
from pilot.seed.slip import Slip
from pilot.seed.teller import Teller
from pilot.seed.yard import Trip, Yard

SUNDAY = 7
PUBLISHED, DEPARTED = 7 * 60 + 10, 7 * 60 + 40
BACK_BY = 20 * 60 + 45
FLUSH_ROWS = 20_000
SHORT_TWD = 100  # what a driver lacked yesterday


class History(Teller):
    """Tells day after day."""

    def __init__(
        self,
        *,
        seed: int,
        book: Book,
        town: Town,
        wares: dict[str, Ware],
        crews: list[Crew],
        depot: int,
        dispatcher: int,
        manager: int,
    ) -> None:
        super().__init__(seed=seed, topic="history", book=book, town=town, wares=wares, dispatcher=dispatcher)
        self.yard, self.depot, self.manager = Yard(crews), depot, manager
        self.given: Counter[int] = Counter()
        self.taken: Counter[int] = Counter()
        self.by_hand = 2
        self.again: list[Slip] = []  # failed yesterday, promised for today
        self.route_ids, self.stop_ids, self.count_ids = map(Table.numbers, (Route, Stop, CashCount))
        at = book.at
        self.routes = Table(
            Route, "id", "code", "day", "driver_id", "vehicle_id", "colour", "state", "created_at", "published_at",
            "departed_at", "closed_at", at=at, depot_id=depot,
        )  # fmt: skip
        self.stops = Table(
            Stop, "id", "route_id", "position", "order_id", "site_id", "state", "arrived_at", "finished_at",
            "finished_by_id", "fail_reason", "next_step", at=at,
        )  # fmt: skip
        self.counts = Table(CashCount, "id", "route_id", "counted_twd", "due_twd", "at", "by_id", at=at)
        self.leg_ids = Table.numbers(CashLeg)
        self.legs = Table(
            CashLeg, "id", "transfer", "account", "amount_twd", "route_id", "cause_id", "at", "by_id", at=at,
            cause_kind="count",
        )  # fmt: skip

    def tell(self, *, days: list[dt.date], orders: int, progress: Callable[[int], None]) -> list[Slip]:
        """`orders` in all, spread over the days by weekday. Returns what failed on the last day and waits."""
        shares = list(
            accumulate((0.92 if day.isoweekday() == SUNDAY else 1.0) * self.throw.uniform(0.93, 1.07) for day in days)
        )
        told, self.last = 0, days[-1] if days else None  # two of its routes are counted by hand: evening.py
        for day, share in zip(days, shares, strict=True):
            goal = round(orders * share / shares[-1])
            self._day(day, goal - told, days_left=(days[-1] - day).days)
            told = goal
            if len(self.book.events.rows) > FLUSH_ROWS:
                self.flush()
            progress(told)
        self.flush()
        return self.again

    def flush(self) -> None:
        self.book.flush()
        for table in (self.routes, self.stops, self.counts, self.legs):
            table.flush()

    def _day(self, day: dt.date, orders: int, *, days_left: int) -> None:
        trips, taken = self.yard.trips(), set()
        weekday = day.isoweekday()
        for slip in self.again:
            taken.add(slip.door.site)
            slip.day, (slip.opens, slip.closes) = day, self.promise(day, 9 * 60, is_now=False)
            slip.needs_day = False
            trip = self.yard.trip_for(slip, trips, weekday, strict=False)
            trip.add(10 * 60 + self.throw.randrange(100), slip)  # type: ignore[union-attr]
        self.again = []
        regulars = self._regulars(days_left)
        for number in range(orders):
            door = regulars[number] if number < len(regulars) else self.door(day, taken)
            self._one(self.order(door, day, self.minute()), day, trips)
        for trip in trips:
            if trip.slips:
                self._drive(trip, day)
        self._refill(day)
        if day.day == 5:
            self._monthly_payments(day)

    def _regulars(self, days_left: int) -> list[Door]:
        """The demo's customers: the shop every eight days, each home about once a month."""
        demo = self.town.demo
        rhythm = {"shop": (8, 5), "home": (31, 20), "other home": (38, 12)}
        return [
            demo[what] for what, (every, first) in rhythm.items() if what in demo and days_left % every == first % every
        ]

    def _one(self, slip: Slip, day: dt.date, trips: list[Trip]) -> None:
        """Cancelled, taken at the counter, or put on a truck."""
        throw = self.throw
        minute = (slip.placed_at - moment(day, 0)).seconds / 60
        if slip.channel == "phone" and throw.random() < 0.02:
            self.book.move(
                slip, "cancelled", at=slip.placed_at + dt.timedelta(minutes=9), by=slip.placed_by, reason="客人改天再叫"
            )  # fmt: skip
            self.book.close(slip)
        elif slip.channel == "counter":
            self.book.deliver(
                slip, at=slip.placed_at + dt.timedelta(minutes=6), by=self.dispatcher, place=self.book.places.depot
            )  # fmt: skip
            self._note(slip)
            self.book.close(slip)
        else:
            wait = throw.uniform(0, 45) if throw.random() < 0.94 else throw.uniform(50, 95)
            opens = (slip.opens - moment(day, 0)).seconds / 60
            done = min(max(opens, minute + 25, DEPARTED + 15) + wait, BACK_BY + 12 * throw.random())
            trip = self.yard.trip_for(slip, trips, day.isoweekday(), strict=False)
            trip.add(done, slip)  # type: ignore[union-attr]

    def _drive(self, trip: Trip, day: dt.date) -> None:
        """A closed route: loaded, driven, unloaded, its cash counted."""
        book, crew = self.book, trip.crew
        route, departed = self.route_ids.next(), moment(day, DEPARTED)
        trip.slips.sort(key=lambda pair: pair[0])
        full: Counter[int] = Counter()
        empty: Counter[int] = Counter()
        cash = 0
        for slip in (slip for _, slip in trip.slips):
            for line in slip.lines:
                full[line.ware.pk] += line.ordered
        book.carry(
            full, (book.places.depot, "full"), (crew.truck, "full"), cause=("route", route), purpose="load",
            at=departed, by=crew.user,
        )  # fmt: skip
        left = Counter(full)
        for position, (minute, slip) in enumerate(trip.slips, start=1):
            stop, at = self.stop_ids.next(), moment(day, minute)
            is_planned_early = slip.placed_at < moment(day, PUBLISHED)
            book.move(
                slip, "planned", by=self.dispatcher,
                at=moment(day, PUBLISHED) if is_planned_early else slip.placed_at + dt.timedelta(minutes=4),
            )  # fmt: skip
            book.move(slip, "out", by=crew.user, at=max(departed, slip.placed_at + dt.timedelta(minutes=5)))
            fails = (
                self.throw.random() < 0.02 and slip.placed_at.date() == day and slip.door not in self.town.demo.values()
            )
            if fails:
                book.move(slip, "confirmed", at=at, by=crew.user, reason="沒人在")
                slip.needs_day, slip.slot = True, None
                self.again.append(slip)
                reason, step = "not_home", "tomorrow"
            else:
                book.deliver(slip, at=at, by=crew.user, place=crew.truck, cash_cause=("stop", stop))
                for line in slip.lines:
                    left[line.ware.pk] -= line.delivered or 0
                    empty[line.ware.pk] += line.taken or 0
                self._note(slip)
                cash += slip.due_twd if slip.pays_by == "cash" else 0
                book.close(slip)
                reason, step = "", ""
            self.stops.add(
                stop, route, position, slip.pk, slip.door.site, "failed" if fails else "done",
                at - dt.timedelta(minutes=5), at, crew.user, reason, step,
            )  # fmt: skip
        back = moment(day, max(minute for minute, _ in trip.slips) + 30)
        for goods, state in ((left, "full"), (empty, "empty")):
            book.carry(
                goods, (crew.truck, state), (book.places.depot, state), cause=("route", route),
                purpose=f"unload_{state}", at=back, by=crew.user,
            )  # fmt: skip
        self.routes.add(
            route, crew.code, day, crew.driver, crew.vehicle, crew.colour, "closed", moment(day, 7 * 60),
            moment(day, PUBLISHED), departed, back,
        )  # fmt: skip
        if day == self.last and cash > SHORT_TWD and self.by_hand:
            self.by_hand -= 1
        else:
            self._count(route, cash, back)

    def _count(self, route: int, cash: int, at: dt.datetime) -> None:
        """The driver's cash goes to the office, and it is right."""
        count = self.count_ids.next()
        self.counts.add(count, route, cash, cash, at, self.dispatcher)
        for account, twd in (("driver", -cash), ("office", cash)):
            if twd:
                transfer = derived_id("cash", "count", count)
                self.legs.add(self.leg_ids.next(), transfer, account, twd, route, str(count), at, self.dispatcher)

    def _note(self, slip: Slip) -> None:
        for line in slip.lines:
            self.given[line.ware.pk] += line.delivered or 0
            self.taken[line.ware.pk] += line.taken or 0

    def _refill(self, day: dt.date) -> None:
        """Every night the plant fills the day's empties; what did not come back is bought."""
        book, at = self.book, moment(day, 21 * 60 + 30)
        depot, plant = book.places.depot, book.places.plant
        for goods, start, end, purpose in (
            (self.taken, (depot, "empty"), (plant, "empty"), "to_plant"),
            (self.taken, (plant, "empty"), (plant, "full"), "filled"),
            (self.taken, (plant, "full"), (depot, "full"), "from_plant"),
            (self.given - self.taken, (book.places.purchase, "full"), (depot, "full"), "bought"),
        ):
            book.carry(goods, start, end, cause=("depot", day), purpose=purpose, at=at, by=self.manager)
        self.given, self.taken = Counter(), Counter()

    def _monthly_payments(self, day: dt.date) -> None:
        """On the fifth most monthly customers transfer what they owe."""
        for door in self.town.doors:
            if door.owes_twd > 0 and self.throw.random() < 0.92:
                self.book.pay(door, door.owes_twd, method="transfer", at=moment(day, 15 * 60), by=self.manager)
                door.owes_twd = 0
