"""Who orders what, when, and by which channel."""

from __future__ import annotations

import datetime as dt
from itertools import accumulate

from pilot.seed import words
from pilot.seed.book import Book
from pilot.seed.people import Door, Town
from pilot.seed.products import Ware
from pilot.seed.rows import dice, moment
from pilot.seed.slip import Line, Slip
from pilot.seed.town import GROUNDS

# Calls come before cooking: a peak before noon, a higher one before the evening, some at half past six.
CALLS = {6: 3, 7: 7, 8: 11, 9: 14, 10: 18, 11: 16, 12: 8, 13: 7, 14: 10, 15: 14, 16: 20, 17: 18, 18: 8, 19: 3}
SHARE_OF_BUSINESSES = 0.5
GROUND_DAYS = {ground.code: frozenset(ground.weekdays) for ground in GROUNDS}


class Teller:
    """What history and today share: who orders what, when, and by which channel."""

    def __init__(
        self, *, seed: int, topic: str, book: Book, town: Town, wares: dict[str, Ware], dispatcher: int
    ) -> None:
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
        """ "Now" is between forty minutes of the next hour; otherwise the next window of two hours."""
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
