"""The sample town's flags: who answers for each, and until when."""

from __future__ import annotations

import datetime as dt
from typing import Any

from luckygas.clock import business_day
from luckygas.flags import DRIVER_POSITION, ORDERS_PAUSED, SWITCHES, WEB_ORDERING
from luckygas.models import User
from pilot.models import Flag

REASON = "示範資料"


def write_flags(*, at: dt.datetime, office: dict[str, User]) -> None:
    """Customers order in the browser, phones tell where they are, and every switch has somebody who answers for it."""
    ops, today = office["ops"], business_day(at)
    Flag.change(WEB_ORDERING, by=ops, reason=REASON, everyone=True, owner=ops, due_on=today + dt.timedelta(days=38))
    Flag.change(
        DRIVER_POSITION, by=ops, reason=REASON, everyone=True, purpose=Flag.Purpose.OPERATIONS,
        owner=office["manager"], due_on=today + dt.timedelta(days=98),
    )  # fmt: skip
    for switch in SWITCHES:
        was_pulled: dict[str, Any] = {"everyone": False} if switch == ORDERS_PAUSED else {}
        terms: dict[str, Any] = {"owner": ops, "due_on": today + dt.timedelta(days=128)}
        Flag.change(switch, by=ops, reason=REASON, agreed=True, **terms, **was_pulled)
