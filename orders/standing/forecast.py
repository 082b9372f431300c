"""What becomes of a day of a standing order: asked before (preview, next dates) and by the generator itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from luckygas.clock import business_day
from luckygas.errors import Refused
from luckygas.said import Said as _
from luckygas.said import Words
from orders import rules
from orders.models.slot import DAYS_AHEAD
from orders.windows import Calendar

if TYPE_CHECKING:
    from customers.models import Site
    from orders.models.standing import StandingOrder

LEAD_HOURS = 3  # an order for today must find its way onto a truck
MADE, SKIPPED, REFUSED = "made", "skipped", "refused"


@dataclass(frozen=True)
class Plan:
    """One day of a rhythm: the day its order would be for, or none; and the reason when that is not its own day."""

    on: dt.date
    day: dt.date | None
    reason: Words = ""
    state: str = MADE
    was_missed: bool = False

    @property
    def is_moved(self) -> bool:
        return self.day is not None and self.day != self.on


def plan(
    standing: StandingOrder,
    on: dt.date,
    *,
    at: dt.datetime,
    taken: Mapping[dt.date, str],
    calendar: Calendar | None = None,
) -> Plan:
    """Where this day of the rhythm leads: itself, the next possible day, left out, or refused; each with its reason.

    `taken` are the days for which it has an order already, with the numbers.
    """
    today = business_day(at)
    if not standing.is_active:
        return Plan(on, None, _("It was stopped."), SKIPPED)
    if on >= standing.starts_on and not standing.falls_on(on):
        return Plan(on, None, _("It is not one of its days any more."), SKIPPED)
    if standing.is_paused_on(on):
        return Plan(on, None, _pause_words(standing), SKIPPED)
    if on in taken:
        return Plan(on, None, _("Made already: order %(number)s.") % {"number": taken[on]}, SKIPPED)
    if refusal := _not_served(standing.site):
        return Plan(on, None, refusal, REFUSED)
    calendar = calendar or Calendar.of(standing.site, since=min(on, today), until=max(on, today) + _reach())
    was_missed = _is_over(standing.site, on, at)
    against = _("Nobody made it in time.") if was_missed else calendar.refusal(standing.site, on)
    if not against:
        return Plan(on, on)
    if standing.if_closed == standing.IfClosed.SKIP:
        return Plan(on, None, against, REFUSED if was_missed else SKIPPED, was_missed)
    return _moved(standing, on, against, calendar, at=at, taken=taken, was_missed=was_missed)


def _moved(
    standing: StandingOrder,
    on: dt.date,
    against: Words,
    calendar: Calendar,
    *,
    at: dt.datetime,
    taken: Mapping[dt.date, str],
    was_missed: bool,
) -> Plan:
    """The next possible day; unless something of it comes on that day anyway."""
    first = max(on + dt.timedelta(days=1), business_day(at))
    days = (first + dt.timedelta(days=n) for n in range(DAYS_AHEAD))
    site = standing.site
    day = next((each for each in days if not _is_over(site, each, at) and not calendar.refusal(site, each)), None)
    if day is None:
        never = _("%(why)s No day in the next two weeks is possible.") % {"why": against}
        return Plan(on, None, never, REFUSED, was_missed)
    if day in taken or standing.falls_on(day):
        anyway = _("%(why)s It comes on %(day)s anyway.") % {"why": against, "day": day}
        return Plan(on, None, anyway, SKIPPED, was_missed)
    if standing.is_paused_on(day) or (standing.ends_on and day > standing.ends_on):
        return Plan(on, None, against, SKIPPED, was_missed)
    return Plan(on, day, against, MADE, was_missed)


def _not_served(site: Site) -> Words:
    """The sentence of who gets no orders here: in the legacy system, or not served any more; empty for the others."""
    try:
        rules.check_customer(site.customer)
    except Refused as refused:
        return refused.sentence
    return "" if site.is_active else _("This address is no longer served. Choose another.")


def _reach() -> dt.timedelta:
    return dt.timedelta(days=DAYS_AHEAD + 1)


def _is_over(site: Site, day: dt.date, at: dt.datetime) -> bool:
    """Whether nothing can be brought that day any more: it has passed, or the site's last hour is too near."""
    if day != business_day(at):
        return day < business_day(at)
    soonest = timezone.localtime(at).hour + LEAD_HOURS
    return not any(site.is_open_at(hour) for hour in range(soonest, 24))


def _pause_words(standing: StandingOrder) -> Words:
    if standing.paused_until is None:
        return _("Paused.")
    return _("Paused until %(day)s.") % {"day": standing.paused_until}
