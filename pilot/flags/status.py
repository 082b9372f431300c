"""Where the pilot stands, in a handful of queries: for the page and for the command."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.models import Customer, Message
from customers.models.customer import Stage
from luckygas import health
from luckygas.flags import CHANNELS, SWITCHES
from pilot.flags.alarms import pulls
from pilot.flags.audience import Audience, audiences
from pilot.flags.switches import said
from pilot.models import Alarm, Approval, Flag, FlagChange

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
class Stop:
    """A kill switch that is pulled: what it stops, and by whom, when and why it was."""

    switch: str
    channels: frozenset[str]
    change: FlagChange | None  # none when somebody wrote it past the verbs

    @property
    def words(self) -> str:
        return said(self.channels)


@dataclass(frozen=True)
class Switch:
    """Which channels take new orders, and which switches say no."""

    stops: list[Stop]

    @property
    def is_pulled(self) -> bool:
        return bool(self.stops)

    @property
    def stopped(self) -> list[str]:
        """The channels that are stopped, in the order of the page."""
        every = frozenset().union(*(stop.channels for stop in self.stops))
        return [channel for channel in CHANNELS if channel in every]

    @property
    def words(self) -> str:
        return said(self.stopped)

    @property
    def version(self) -> str:
        """Another word whenever a switch was pulled or let go."""
        return "-".join(f"{stop.switch}.{stop.change.pk if stop.change else 0}" for stop in self.stops)

    @property
    def takes_any(self) -> bool:
        return len(self.stopped) < len(CHANNELS)

    @classmethod
    def now(cls) -> Switch:
        pulled = Flag.pulled_switches()
        changes = pulls(pulled) if pulled else {}
        return cls([Stop(switch, SWITCHES[switch], changes.get(switch)) for switch in SWITCHES if switch in pulled])


@dataclass(frozen=True)
class Status:
    """Customers by stage, flags, the switches, what waits for a second person, what is wrong, and the jobs."""

    stages: list[tuple[Stage, int]]
    rolled_back: int
    flags: list[Audience]
    changes: int
    switch: Switch
    waiting: list[Approval]
    alarms: list[Alarm]
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
        return cls(
            stages=[(stage, found.get(stage, 0)) for stage in ALONG],
            rolled_back=found.get(Stage.ROLLED_BACK, 0),
            flags=audiences(),
            changes=FlagChange.objects.count(),
            switch=Switch.now(),
            waiting=Approval.waiting(),
            alarms=list(Alarm.open()),
            jobs=Jobs.now(),
        )
