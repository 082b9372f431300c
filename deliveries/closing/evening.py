"""A day before it is closed: what is still open of it, and everything the page shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliveries.closing import left_over, parts
from deliveries.closing.crews import Crew, crews
from deliveries.models import ClosedDay, LeftOver, Route, Variance, Weighing


class End(NamedTuple):
    """Something that keeps the day open: what, and where it is finished."""

    fact: str
    url: str


@dataclass(frozen=True)
class Evening:
    """One day of the office; each part is read when it is asked for, and once."""

    day: dt.date

    @cached_property
    def closed(self) -> ClosedDay | None:
        return ClosedDay.of(self.day)

    @cached_property
    def variances(self) -> list[Variance]:
        return list(Variance.objects.of_day(self.day).for_list())

    @cached_property
    def crews(self) -> list[Crew]:
        return crews(self.day, self.variances)

    @cached_property
    def decisions(self) -> list[LeftOver]:
        return list(LeftOver.objects.filter(day=self.day).select_related("order__customer", "by"))

    @cached_property
    def orders(self) -> list[left_over.Row]:
        """What the day did not deliver and is still open, undecided first."""
        return left_over.rows(self.day, self.decisions)

    @property
    def settled(self) -> list[LeftOver]:
        """What was moved to another day or cancelled: it is none of this day's any more."""
        return [row for row in self.decisions if row.outcome != LeftOver.Outcome.KEPT]

    @cached_property
    def parts(self) -> list[parts.Part]:
        return parts.waiting(self.day)

    @cached_property
    def weighings(self) -> list[Weighing]:
        return list(Weighing.objects.filter(day=self.day).for_list())

    @property
    def ends(self) -> list[End]:
        """What keeps the day from being closed; nothing more is read for it than what the page shows."""
        return [
            *(end for crew in self.crews if (end := _end_of(crew))),
            *(
                End(_("A variance of route %(code)s has no owner.") % {"code": row.route.code}, row.get_absolute_url())
                for row in self.variances
                if row.owner is None
            ),
            *self._undecided(),
        ]

    def _undecided(self) -> list[End]:
        count = sum(1 for row in self.orders if row.decision is None)
        words = ngettext(
            "%(count)s order has neither a day nor a reason.",
            "%(count)s orders have neither a day nor a reason.",
            count,
        )
        return [End(words % {"count": count}, "#left-over")] if count else []


def _end_of(crew: Crew) -> End | None:
    """Why this route is not finished; None when it is closed and counted."""
    said = {"code": crew.route.code, "state": crew.route.get_state_display()}
    count = reverse("deliveries:count_route", args=[crew.route.pk])
    if crew.left or not crew.route.has_left:
        route = reverse("deliveries:route", args=[crew.route.pk])
        return End(_("Route %(code)s is %(state)s and has open stops.") % said, route) if crew.left else None
    if crew.count is None:
        return End(_("Route %(code)s is not counted.") % said, count)
    if crew.late_twd:
        return End(_("Cash of route %(code)s was reported after it was counted.") % said, count)
    return End(_("Route %(code)s is %(state)s.") % said, count) if crew.route.state != Route.State.CLOSED else None
