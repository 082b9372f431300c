"""What waits today, or ended without a truck: unplanned, held, cancelled, across the counter, for another day."""

from __future__ import annotations

import datetime as dt

from orders.credit.exposure import BLOCKED, OVER_THE_LIMIT
from pilot.seed.day import Day
from pilot.seed.rows import moment

CANCELLED, COUNTER, HELD, UNPLANNED, LATE, GAS_OUT, AHEAD = 4, 4, 6, 12, 2, 3, 40


class Waiting(Day):
    """The part of today that stands on no route."""

    def tell_what_waits(self) -> None:
        self._unplanned()
        self._held()
        self._cancelled()
        self._across_the_counter()
        self._ahead()

    def _unplanned(self) -> None:
        """Confirmed and on no route: some without gas, some late."""
        shift = self.shift
        for number in range(min(UNPLANNED, self.orders)):
            door = self.door(shift.day, self.taken)
            placed = shift.now - 12 - number * 4
            promise = shift.window(placed + 40, placed + 80 + 20 * number)
            if number < LATE:
                placed, promise = shift.now - 130, shift.window(shift.now - 95, shift.now - 15 - number * 10)
            is_out = LATE <= number < LATE + GAS_OUT
            self.book.close(self.slip(door, placed=placed, promise=promise, is_gas_out=is_out))

    def _held(self) -> None:
        """A manager must look: blocked for credit, or over the limit."""
        weekday, shift = self.shift.day.isoweekday(), self.shift
        blocked = [door for door in self.town.live if door.is_blocked and weekday not in door.closed]
        over = [
            door for door in self.town.live if door.limit_twd and door.owes_twd > door.limit_twd and not door.is_blocked
        ]
        chosen = [(door, BLOCKED) for door in blocked[: HELD // 2]]
        chosen += [(door, OVER_THE_LIMIT) for door in over if door.site not in self.taken][: HELD // 2]
        for number, (door, reason) in enumerate(chosen):
            self.taken.add(door.site)
            placed = shift.now - 25 - 14 * number
            slip = self.slip(door, placed=placed, promise=shift.window(shift.now + 60, shift.now + 180), confirms=False)
            self.book.move(slip, "held", at=slip.placed_at, by=slip.placed_by, reason=reason)
            slip.hold_reason, slip.pays_by = reason, "account"
            self.book.close(slip)

    def _cancelled(self) -> None:
        for number in range(min(CANCELLED, self.orders)):
            door = self.door(self.shift.day, self.taken)
            placed = self.shift.now - 60 - 25 * number
            slip = self.slip(door, placed=placed, promise=self.shift.window(placed + 40, placed + 90))
            at = self.shift.time(placed + 11)
            self.book.move(slip, "cancelled", at=at, by=slip.placed_by, reason="客人改天再叫", announces="cancelled")
            self.book.close(slip)

    def _across_the_counter(self) -> None:
        for number in range(min(COUNTER, self.orders)):
            door = self.door(self.shift.day, self.taken)
            placed = self.shift.done(0.2 + 0.2 * number)
            at = self.shift.time(placed)
            slip = self.slip(
                door, placed=placed, promise=(at, at + dt.timedelta(minutes=10)), channel="counter", announces=""
            )  # fmt: skip
            self.book.deliver(slip, at=at, by=self.dispatcher, place=self.book.places.depot)
            self.book.close(slip)

    def _ahead(self) -> None:
        """Ordered for the next days, each in a window that still had room."""
        for number in range(min(AHEAD, self.orders)):
            day = self.shift.day + dt.timedelta(days=1 + number % 6)
            door = self.door(day, self.taken)
            if found := self.slot(door, day, after=8 * 60):
                slot, starts = found
                promise = (moment(day, starts * 60), moment(day, starts * 60 + 120))
                placed = self.shift.now - 20 - 17 * number
                self.book.close(self.slip(door, placed=placed, promise=promise, slot=slot))
