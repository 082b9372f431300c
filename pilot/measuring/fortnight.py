"""Orders of the last two weeks: how they came each day, and how each path of the pilot did."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from luckygas.charts import Bars, Place, Spark
from luckygas.templatetags.luckygas_format import short_date
from orders.models import Order
from orders.search.channels import look_of, series

DAYS = 14  # today is the last of them
ENOUGH = 30  # deliveries from which a share says something
PATHS = {"standard": gettext_noop("as before"), "web_ordering": gettext_noop("web ordering is open")}


@dataclass(frozen=True)
class Path:
    """The orders of one path, which each order keeps for its whole life."""

    word: str
    counts: list[int]  # by day
    delivered: int
    on_time: int

    @property
    def orders(self) -> int:
        return sum(self.counts)

    @property
    def spark(self) -> Spark | None:
        """Without today, which is not over and would always fall."""
        return Spark.of(self.counts[:-1])

    @property
    def share(self) -> str | None:
        """Deliveries inside their promised window, of all deliveries; None when they are too few."""
        return f"{self.on_time * 100 / self.delivered:.1f}%" if self.delivered >= ENOUGH else None


@dataclass(frozen=True)
class Fortnight:
    """Two weeks of orders, by day."""

    by_channel: Bars
    paths: list[Path]
    table: list[tuple[str, list[int]]]  # of the paths: day, and the number on each

    @classmethod
    def until(cls, day: dt.date) -> Fortnight:
        """The days until and with this one, in one query."""
        days = [day - dt.timedelta(days=n) for n in reversed(range(DAYS))]
        came: Counter[tuple[str, dt.date]] = Counter()
        went: Counter[tuple[str, dt.date]] = Counter()
        delivered, on_time = Counter(dict.fromkeys(PATHS, 0)), Counter[str]()
        for channel, path, on, orders, done, in_time in _counted(days[0]):
            came[look_of(channel), on] += orders
            went[path, on] += orders
            delivered[path] += done
            on_time[path] += in_time
        paths = [
            Path(_(PATHS[path]) if path in PATHS else path, [went[path, on] for on in days], done, on_time[path])
            for path, done in delivered.items()
        ]
        names = [short_date(on) for on in days]
        places = [
            Place(name, f"{on.day}" if n % 2 else "") for n, (on, name) in enumerate(zip(days, names, strict=True))
        ]
        table = [(name, [path.counts[n] for path in paths]) for n, name in enumerate(names)]
        return cls(Bars.of(places, series(came, days)), paths, table)


def _counted(since: dt.date):  # noqa: ANN202  (rows of a queryset)
    is_done = Q(state=Order.State.DELIVERED)
    return (
        Order.objects.filter(placed_at__gte=timezone.make_aware(dt.datetime.combine(since, dt.time())))
        .order_by()
        .values_list("channel", "variant", TruncDate("placed_at"))
        .annotate(
            orders=Count("pk"),
            done=Count("pk", filter=is_done),
            in_time=Count("pk", filter=is_done & Q(delivered_at__lte=F("promised_to"))),
        )
    )
