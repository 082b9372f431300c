"""An order while its story is told."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from luckygas.templatetags.luckygas_format import short_date
from pilot.seed.products import Ware
from pilot.seed.rows import TAIPEI

if TYPE_CHECKING:
    from pilot.seed.people import Door


@dataclass(slots=True)
class Line:
    ware: Ware
    ordered: int
    empties: int
    price_twd: int
    delivered: int | None = None
    taken: int | None = None
    rest: str = ""


@dataclass(slots=True)
class Slip:
    """One order while its story is told; it is written when the story has reached where it stands today."""

    pk: int
    number: str
    operation: uuid.UUID
    door: Door
    channel: str
    placed_at: dt.datetime
    placed_by: int
    day: dt.date
    priced_on: dt.date  # the day it was first promised for; a later day changes no price
    opens: dt.datetime
    closes: dt.datetime
    lines: list[Line]
    is_gas_out: bool
    is_now: bool
    needs_leak_check: bool
    pays_by: str
    token: str
    note: str = ""
    slot: int | None = None
    state: str = ""
    needs_day: bool = False
    leak_check: str = ""
    hold_reason: str = ""
    delivered_at: dt.datetime | None = None
    announced: list[tuple[int, str, dt.datetime]] = field(default_factory=list)

    @property
    def due_twd(self) -> int:
        """Gas and deposits, on what was handed over, or on what was ordered before."""
        total = 0
        for line in self.lines:
            quantity = line.ordered if line.delivered is None else line.delivered
            empties = line.empties if line.taken is None else line.taken
            total += quantity * line.price_twd + max(quantity - empties, 0) * line.ware.deposit_twd
        return total

    @property
    def gross_kg(self) -> float:
        return sum(line.ordered * line.ware.gross_kg for line in self.lines)

    @property
    def promise(self) -> str:
        start, end = self.opens.astimezone(TAIPEI), self.closes.astimezone(TAIPEI)
        return f"{short_date(self.day)} {start:%H:%M}–{end:%H:%M}"
