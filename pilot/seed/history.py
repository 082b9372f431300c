"""The days before today: orders at cooking times, routes that drove them, and what both ledgers kept."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate

from customers.models import Area
from deliveries.models import CashCount, Route, Stop
from pilot.seed import words
from pilot.seed.book import Book, Line, Slip
from pilot.seed.crew import Crew
from pilot.seed.people import Door, Town
from pilot.seed.products import Ware
from pilot.seed.rows import Table, dice, moment
from pilot.seed.town import GROUNDS

# Calls come before cooking: a peak before noon, a higher one before the evening, some at half past six.
CALLS = {6: 3, 7: 7, 8: 11, 9: 14, 10: 18, 11: 16, 12: 8, 13: 7, 14: 10, 15: 14, 16: 20, 17: 18, 18: 8, 19: 3}
SUNDAY = 7
PUBLISHED, DEPARTED = 7 * 60 + 10, 7 * 60 + 40
BACK_BY = 20 * 60 + 45
FLUSH_ROWS = 20_000
SHARE_OF_BUSINESSES = 0.5


@dataclass(slots=True)
class Trip:
    """One crew's day while it is told."""

    crew: Crew
    slips: list[tuple[float, Slip]] = field(default_factory=list)
    gross_kg: float = 0.0

    def takes(self, slip: Slip) -> bool:
        """Whether this vehicle reaches the door and still carries the weight; a motorcycle comes back between two."""
        if slip.door.vehicle == 1 and not self.crew.is_truck or slip.door.vehicle == 2 and self.crew.is_truck:
            return False
        if not self.crew.is_truck:
            return slip.gross_kg <= self.crew.limit_kg and len(self.slips) < 12
        return self.gross_kg + slip.gross_kg <= self.crew.limit_kg

    def add(self, minute: float, slip: Slip) -> None:
        self.slips.append((minute, slip))
        self.gross_kg += slip.gross_kg


class Yard:
    """Who drives where on a weekday: crews whose own areas rest that day help in the city."""

    def __init__(self, crews: list[Crew]) -> None:
        self.crews = crews
        self.areas = {ground.code: ground for ground in GROUNDS}
        self.helpers = {
            day: {code: [crew.index for crew in self._for(code, day)] for code in self.areas} for day in range(1, 8)
        }

    def _for(self, code: str, weekday: int) -> list[Crew]:
        own = [crew for crew in self.crews if code in crew.beat]
        idle = [
            crew for crew in self.crews if not any(weekday in self.areas[area].weekdays for area in crew.beat[:1])
        ]  # fmt: skip
        return own + [crew for crew in idle if self.areas[code].kind == Area.Kind.ZONE and crew not in own]

    def trips(self) -> list[Trip]:
        return [Trip(crew) for crew in self.crews]

    def trip_for(self, slip: Slip, trips: list[Trip], weekday: int, *, strict: bool) -> Trip | None:
        """The least loaded vehicle that knows the area; when `strict` is false somebody always goes."""
        near = [trips[index] for index in self.helpers[weekday][slip.door.area]]
        fits = [trip for trip in near if trip.takes(slip)] or [trip for trip in trips if trip.takes(slip)]
        if fits:
            return min(fits, key=lambda trip: len(trip.slips))
        return None if strict else min((t for t in trips if t.crew.is_truck), key=lambda trip: trip.gross_kg)


class Teller:
    """What history and today share: who orders what, when, and by which channel."""

    def __init__(self, *, seed: int, topic: str, book: Book, town: Town, wares: dict[str, Ware], dispatcher: int) -> None:
        self.throw = dice(seed, topic)
        self.book, self.town, self.wares, self.dispatcher = book, town, wares, dispatcher
        self.by_pk = {ware.pk: ware for ware in wares.values()}
        demo = {id(door) for door in town.demo.values()}
        everybody = [door for door in town.live if not door.is_blocked and id(door) not in demo]
        self.groups = [
            (doors, list(accumulate(door.weight for door in doors)))
            for doors in (
                [door for door in everybody if door.is_business],
                [door for door in everybody if not door.is_business],
            )
        ]
        self.hours, self.hour_weights = list(CALLS), list(accumulate(CALLS.values()))

    def door(self, day: dt.date, taken: set[int]) -> Door:
        """Somebody who may be delivered that day and did not order yet, businesses half of the time."""
        doors, weights = self.groups[self.throw.random() >= SHARE_OF_BUSINESSES]
        if not doors:
            doors, weights = next(group for group in self.groups if group[0])
        weekday = day.isoweekday()
        door = doors[0]
        for _ in range(30):
            door = self.throw.choices(doors, cum_weights=weights)[0]
            if door.site not in taken and weekday in GROUND_DAYS[door.area] and weekday not in door.closed:
                break
        taken.add(door.site)
        return door

    def minute(self) -> float:
        """When somebody calls, in minutes after midnight."""
        hour = self.throw.choices(self.hours, cum_weights=self.hour_weights)[0]
        return hour * 60 + self.throw.randrange(60)

    def lines(self, door: Door, day: dt.date) -> list[Line]:
        """The usual, sometimes more or without an empty, sometimes a second kind."""
        throw, ware = self.throw, door.takes
        quantity = door.quantity + (1 if throw.random() < 0.08 and not ware.is_metered else 0)
        empties = quantity
        if not ware.is_metered and throw.random() < 0.03:
            empties -= 1
        if door.stock is not None:
            empties = max(min(empties, door.stock[ware.pk]), 0)
        lines = [Line(ware, quantity, empties, ware.price(day))]
        if door.is_business and throw.random() < 0.06 and not ware.is_metered:
            other = self.wares["16" if ware.code != "16" else "20"]
            held = door.stock[other.pk] if door.stock is not None else 1
            lines.append(Line(other, 1, min(held, 1), other.price(day)))
        return lines

    def promise(self, day: dt.date, minute: float, *, is_now: bool) -> tuple[dt.datetime, dt.datetime]:
        """"Now" is between forty minutes of the next hour; otherwise the next window of two hours."""
        if is_now:
            opens = max((minute + 30) // 5 * 5, 8 * 60)
            return moment(day, opens), moment(day, opens + 40)
        hour = min(max(int(minute // 120) * 2 + 2, 8), 18)
        return moment(day, hour * 60), moment(day, hour * 60 + 120)

    def order(self, door: Door, day: dt.date, minute: float, *, is_gas_out: bool | None = None, by: int = 0) -> Slip:
        """One order that was placed and confirmed itself."""
        throw = self.throw
        is_now = throw.random() < 0.6
        if is_gas_out is None:
            is_gas_out = throw.random() < (0.12 if door.is_business else 0.35)
        is_web = door.user is not None and not by
        is_counter = not is_web and not is_gas_out and door not in self.town.demo.values() and throw.random() < 0.02
        slip = self.book.place(
            door,
            at=moment(day, minute),
            by=by or door.user or self.dispatcher,
            channel="web" if is_web else "counter" if is_counter else "phone",
            promise=self.promise(day, minute, is_now=is_now),
            lines=self.lines(door, day),
            is_gas_out=is_gas_out,
            is_now=is_now,
            note=throw.choice(words.WISHES) if throw.random() < 0.12 else "",
        )
        self.book.move(slip, "confirmed", at=slip.placed_at, by=slip.placed_by)
        return slip


GROUND_DAYS = {ground.code: frozenset(ground.weekdays) for ground in GROUNDS}


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

    def tell(self, *, days: list[dt.date], orders: int, progress: Callable[[int], None]) -> list[Slip]:
        """`orders` in all, spread over the days by weekday. Returns what failed on the last day and waits."""
        shares = list(
            accumulate((0.92 if day.isoweekday() == SUNDAY else 1.0) * self.throw.uniform(0.93, 1.07) for day in days)
        )
        told = 0
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
        for table in (self.routes, self.stops, self.counts):
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
        return [demo[what] for what, (every, first) in rhythm.items() if what in demo and days_left % every == first % every]

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
            fails = self.throw.random() < 0.02 and slip.placed_at.date() == day and slip.door not in self.town.demo.values()
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
        self.counts.add(self.count_ids.next(), route, max(cash, 0), cash, back, self.dispatcher)

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
