"""Standing orders of the sample town: some hundred that come again, templates with their use, and what waits."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from luckygas.clock import business_day
from luckygas.models import User
from luckygas.said import Said as _
from orders.models import Order, StandingDay, StandingOrder
from orders.standing.rhythm import Rhythm
from pilot.seed.people import Door, Town
from pilot.seed.rows import dice, moment

STANDING, PAUSED, ENDED, MISSED = 280, 9, 6, 3
WEEKDAYS = ((2, 5), (3,), (1, 4), (6,), (1, 3, 5), (2, 4, 6))
NOTES = ("放後門", "鑰匙在櫃台", "先打電話", "十點以後", "")
USES = 4  # past orders that a template made


def write_standing_orders(town: Town, *, seed: int, at: dt.datetime, by: User) -> int:
    """Businesses that want the same again, from tomorrow on: the generator makes the first ones this evening."""
    throw, today = dice(seed, "standing orders"), business_day(at)
    doors = [door for door in town.live if door.is_business and not door.takes.is_metered and not door.is_blocked]
    chosen = throw.sample(doors, min(STANDING, len(doors) * 2 // 3))
    if shop := town.demo.get("shop"):
        chosen = [shop, *(door for door in chosen if door is not shop)]
    rows = [_agreed(door, number, throw, today) for number, door in enumerate(chosen)]
    if shop:
        rows.insert(1, _agreed(shop, 9, throw, today))  # a template beside it: picked at the desk and by the customer
    for row in rows:
        row.created_by, row.created_at = by, moment(today - dt.timedelta(days=throw.randrange(20, 200)), 10 * 60)
    for row in rows[6::24][:PAUSED]:
        row.paused_at, row.paused_reason = at - dt.timedelta(days=2), throw.choice(("店休", "裝修", "出國"))
        row.paused_until = today + dt.timedelta(days=throw.randrange(5, 30)) if throw.random() < 0.7 else None
    for row in rows[18::24][:ENDED]:
        row.is_active, row.ended_at, row.ended_reason = False, at - dt.timedelta(days=3), "店收了"
    missed = [row for row in rows if row.rhythm == Rhythm.WEEKLY and row.is_active and not row.paused_at][-MISSED:]
    yesterday = today - dt.timedelta(days=1)
    for row in missed:
        row.starts_on, row.weekdays, row.if_closed = yesterday, [yesterday.isoweekday()], StandingOrder.IfClosed.SKIP
    StandingOrder.objects.bulk_create(rows)
    StandingDay.objects.bulk_create([_missed(row, yesterday, at) for row in missed])
    StandingDay.objects.bulk_create(_uses([row for row in rows if row.rhythm == Rhythm.NONE], today, by))
    return len(rows)


def _agreed(door: Door, number: int, throw: random.Random, today: dt.date) -> StandingOrder:
    """What one door wants: of twelve seven are weekly, and each other rhythm is among them."""
    weekdays = [day for day in throw.choice(WEEKDAYS) if day not in door.closed] or [5]
    facts: dict[str, Any] = {"rhythm": Rhythm.WEEKLY, "weekdays": weekdays}
    match number % 12:
        case 5:
            facts = {"rhythm": Rhythm.EVERY, "every_days": throw.choice((3, 5, 7, 10, 14))}
        case 8:
            facts = {"rhythm": Rhythm.MONTHLY, "month_day": throw.choice((5, 15, 31))}
        case 9 | 10:
            facts = {"rhythm": Rhythm.NONE, "name": throw.choice(("平常叫的", "週末加開", "宴席用"))}
        case 11:
            days = [today + dt.timedelta(days=n) for n in (3, 9, 17, 30)]
            facts = {"rhythm": Rhythm.CUSTOM, "dates": days, "name": "廟會"}
    return StandingOrder(
        site_id=door.site,
        items=[{"product": door.takes.code, "quantity": door.quantity}],
        note=throw.choice(NOTES),
        if_closed=throw.choice((StandingOrder.IfClosed.NEXT, StandingOrder.IfClosed.NEXT, StandingOrder.IfClosed.SKIP)),
        starts_on=today + dt.timedelta(days=1),
        **facts,
    )


def _missed(row: StandingOrder, day: dt.date, at: dt.datetime) -> StandingDay:
    """As the generator writes it when it was not running in time and the day may not move."""
    return StandingDay(
        standing=row, on=day, state=StandingDay.State.REFUSED, was_missed=True, settled_at=at,
        reason=_("Nobody made it in time."),
    )  # fmt: skip


def _uses(templates: list[StandingOrder], today: dt.date, by: User) -> list[StandingDay]:
    """The last orders of those addresses, as made from their template by hand."""
    by_site = {row.site_id: row for row in templates}
    past = Order.objects.filter(site__in=by_site, promised_on__gte=today - dt.timedelta(days=70), promised_on__lt=today)
    rows: dict[int, list[StandingDay]] = {site: [] for site in by_site}
    for order in past.order_by("-pk").values("pk", "site", "promised_on", "placed_at"):
        if len(rows[order["site"]]) < USES:
            rows[order["site"]].append(
                StandingDay(
                    standing=by_site[order["site"]],
                    on=order["promised_on"],
                    by_hand=True,
                    by=by,
                    state=StandingDay.State.MADE,
                    made_for=order["promised_on"],
                    order_id=order["pk"],
                    written_at=order["placed_at"],
                    settled_at=order["placed_at"],
                )
            )
    return [row for made in rows.values() for row in made]
