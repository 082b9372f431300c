"""Where the pilot stands, in a handful of queries: for the page and for the command."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.models import Customer, Message
from customers.models.customer import Stage
from luckygas import health
from luckygas.flags import ORDERS_PAUSED
from pilot.audience import Audience, audiences
from pilot.models import FlagChange, Release

ALONG: dict[Stage, str] = {  # the line of the pilot, and what each stage means for a customer
    Stage.LEGACY: gettext_noop("cards are read only"),
    Stage.IMPORTED: gettext_noop("copied; the old system decides"),
    Stage.SHADOW: gettext_noop("both count; the old one decides"),
    Stage.LIVE: gettext_noop("this system decides"),
    Stage.SETTLED: gettext_noop("the old system may close"),
}


@dataclass(frozen=True)
class Jobs:
    """What workers still have to do, and whether there are any workers."""

    are_delayed: bool
    waiting: int
    parked: int
    to_call: int
    oldest_minutes: int

    @classmethod
    def now(cls) -> Jobs:
        counts = dict(Message.objects.unfinished_by_state())
        return cls(
            are_delayed=health.are_jobs_delayed(),
            waiting=int(counts["waiting"] + counts["sending"]),
            parked=int(counts["parked"]),
            to_call=int(counts["call"]),
            oldest_minutes=int(Message.objects.oldest_due_seconds() // 60),
        )


@dataclass(frozen=True)
class Switch:
    """The kill switch: pulled or not, by whom, and who waits for a second person."""

    is_pulled: bool
    change: FlagChange | None
    waiting: Release | None

    @classmethod
    def now(cls, flags: list[Audience] | None = None) -> Switch:
        pulled = next(each for each in flags or audiences() if each.name == ORDERS_PAUSED).flag
        if not (pulled and pulled.everyone):
            return cls(is_pulled=False, change=None, waiting=None)
        change = FlagChange.objects.filter(flag=ORDERS_PAUSED).select_related("by").order_by("-pk").first()
        return cls(is_pulled=True, change=change, waiting=Release.waiting())


@dataclass(frozen=True)
class Status:
    """Customers by stage, flags, the switch and the jobs."""

    stages: list[tuple[Stage, int]]
    rolled_back: int
    flags: list[Audience]
    changes: int
    switch: Switch
    jobs: Jobs

    @property
    def total(self) -> int:
        return sum(count for _stage, count in self.stages) + self.rolled_back

    @property
    def along(self) -> list[tuple[str, int, str]]:
        """Each stage's word, its customers, and what it means."""
        return [(str(stage.label), count, _(ALONG[stage])) for stage, count in self.stages]

    @property
    def furthest(self) -> int:
        """How far along the line the pilot is: the place of the last stage with customers; -1 without any."""
        return max((place for place, (_stage, count) in enumerate(self.stages) if count), default=-1)

    @classmethod
    def now(cls) -> Status:
        found = dict(Customer.objects.order_by().values_list("stage").annotate(Count("pk")))
        flags = audiences()
        return cls(
            stages=[(stage, found.get(stage, 0)) for stage in ALONG],
            rolled_back=found.get(Stage.ROLLED_BACK, 0),
            flags=flags,
            changes=FlagChange.objects.count(),
            switch=Switch.now(flags),
            jobs=Jobs.now(),
        )
