"""Who drives where, and what a vehicle takes."""

from __future__ import annotations

from dataclasses import dataclass, field

from customers.models import Area
from pilot.seed.crew import Crew
from pilot.seed.slip import Slip
from pilot.seed.town import GROUNDS


@dataclass(slots=True)
class Trip:
    """One crew's day while it is told."""

    crew: Crew
    slips: list[tuple[float, Slip]] = field(default_factory=list)
    gross_kg: float = 0.0

    def takes(self, slip: Slip) -> bool:
        """Whether this vehicle reaches the door and still carries the weight; a motorcycle comes back between two."""
        if (slip.door.vehicle == 1 and not self.crew.is_truck) or (slip.door.vehicle == 2 and self.crew.is_truck):
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
