"""How far the driver is from one order: stops before it, and when that will be. Nothing that names anybody."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from deliveries.models import Stop
from orders.models import Order

STRIP = 8  # stations on the sign
SPREAD_MINUTES = 30
STEP_MINUTES = 5


@dataclass(frozen=True)
class Approach:
    """A departed route as one order sees it."""

    stop: Stop
    before: int
    done: int
    area: str
    starts_at: dt.datetime
    ends_at: dt.datetime

    @classmethod
    def of(cls, order: Order, *, at: dt.datetime | None = None) -> Approach | None:
        """The driver's way to this order; None while it is not on a truck that has left."""
        if order.state != Order.State.OUT:
            return None
        at = at or timezone.now()
        stop = Stop.objects.todo().filter(order=order, kind=Stop.Kind.DELIVER, route__state="departed").first()
        if stop is None:
            return None
        others = list(
            Stop.objects.filter(route=stop.route_id, position__lt=stop.position)
            .order_by("position")
            .values_list("state", "site__area__name")
        )
        before = [area for state, area in others if state in {Stop.State.PENDING, Stop.State.ARRIVED}]
        done = [area for state, area in others if state in {Stop.State.DONE, Stop.State.FAILED}]
        starts = _rounded(at + dt.timedelta(minutes=order.site.area.minutes_per_stop * len(before)))
        return cls(
            stop=stop,
            before=len(before),
            done=len(done),
            area=done[-1] if done else "",
            starts_at=starts,
            ends_at=starts + dt.timedelta(minutes=SPREAD_MINUTES),
        )

    @property
    def is_here(self) -> bool:
        return self.stop.state == Stop.State.ARRIVED

    @property
    def strip(self) -> list[str]:
        """The line lying down: where the driver was, is, has to go first, and you."""
        ahead = min(self.before, STRIP - 3)
        been = max(STRIP - 2 - ahead, 1)
        return ["done"] * min(been, self.done) + ["now"] + [""] * ahead + ["you"]


def _rounded(at: dt.datetime) -> dt.datetime:
    """Up to the next five minutes: an estimate to the minute would be a lie."""
    over = dt.timedelta(minutes=at.minute % STEP_MINUTES, seconds=at.second, microseconds=at.microsecond)
    return at - over + dt.timedelta(minutes=STEP_MINUTES if over else 0)
