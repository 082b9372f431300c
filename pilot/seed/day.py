"""The day that it is: the shift so far, and an order of today."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from luckygas.clock import business_day
from luckygas.models import User
from orders.models import Slot
from pilot.seed.history import DEPARTED, History
from pilot.seed.people import Door
from pilot.seed.rows import moment
from pilot.seed.slip import Slip
from pilot.seed.teller import Teller


@dataclass(frozen=True, slots=True)
class Shift:
    """The working day so far, in minutes after midnight; outside working hours one that fits before `now`."""

    day: dt.date
    start: float
    now: float

    @classmethod
    def at(cls, at: dt.datetime) -> Shift:
        day = business_day(at)
        now = (at - moment(day, 0)).total_seconds() / 60
        if 10.5 * 60 <= now <= 17 * 60:
            return cls(day, DEPARTED, now)
        return cls(day, max(now - (300 if now > 17 * 60 else 180), 0), now)

    def done(self, share: float) -> float:
        """When that share of the shift so far had passed."""
        return self.start + (self.now - self.start) * share

    def time(self, minute: float) -> dt.datetime:
        return moment(self.day, minute)

    def window(self, opens: float, closes: float) -> tuple[dt.datetime, dt.datetime]:
        """A promise of today, in steps of five minutes."""
        opens = min(max(opens, 0), 24 * 60 - 40) // 5 * 5
        return self.time(opens), self.time(max(closes // 5 * 5, opens + 40))


class Day(Teller):
    """What routes and waiting orders of today share: who ordered already, and the places left in windows."""

    def __init__(self, history: History, *, seed: int, at: dt.datetime, orders: int, office: dict[str, User]) -> None:
        super().__init__(
            seed=seed, topic="today", book=history.book, town=history.town, wares=history.wares,
            dispatcher=office["dispatcher"].pk,
        )  # fmt: skip
        self.history, self.orders, self.office = history, orders, office
        self.shift = Shift.at(at)
        self.taken = {door.site for door in self.town.demo.values()}
        self.slots: dict[tuple[str, dt.date], list[list[int]]] = {}
        for pk, code, day, starts, left in Slot.objects.values_list("pk", "area__code", "day", "starts", "capacity"):
            self.slots.setdefault((code, day), []).append([starts, pk, left])

    def slip(
        self,
        door: Door,
        *,
        placed: float,
        promise: tuple[dt.datetime, dt.datetime],
        is_gas_out: bool = False,
        channel: str = "",
        slot: int | None = None,
        announces: str = "confirmed",
        confirms: bool = True,
    ) -> Slip:
        """An order of today, placed so many minutes after midnight: negative was yesterday."""
        day = promise[0].astimezone(moment(self.shift.day, 0).tzinfo).date()
        slip = self.book.place(
            door,
            at=self.shift.time(placed),
            by=door.user or self.dispatcher,
            channel=channel or ("web" if door.user else "phone"),
            promise=promise,
            lines=self.lines(door, day),
            is_gas_out=is_gas_out,
            is_now=slot is None and (promise[1] - promise[0]).seconds <= 45 * 60,
            slot=slot,
        )
        if confirms:
            self.book.move(slip, "confirmed", at=slip.placed_at, by=slip.placed_by, announces=announces)
        return slip

    def slot(self, door: Door, day: dt.date, *, after: float = 0) -> tuple[int, int] | None:
        """A window of that day with a place left that the door allows: its key and the hour it starts."""
        for slot in self.slots.get((door.area, day), ()):
            starts, pk, left = slot
            is_open = all(door.hours >> (hour - 8) & 1 for hour in (starts, starts + 1))
            if left and is_open and starts * 60 >= after:
                slot[2] -= 1
                return pk, starts
        return None
