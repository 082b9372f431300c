"""What a lane draws of each stop. A board has hundreds: they are read as facts and not as models."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.models import Area
from deliveries.board.waiting import Chip, Promised, chips_of, late_by, window
from deliveries.models import Request, Stop
from orders.models import OrderLine, Product
from orders.querysets import OPEN

FINISHED = ("done", "failed")


class Facts(NamedTuple):
    """One stop with its order's and its door's columns, in the order of COLUMNS."""

    pk: int
    route: int
    position: int
    kind: str
    state: str
    finished_at: dt.datetime | None
    fail_reason: str
    order: int | None
    order_state: str | None
    is_gas_out: bool | None
    promised_from: dt.datetime | None
    promised_to: dt.datetime | None
    area: int
    latitude: Decimal | None
    longitude: Decimal | None
    name: str
    is_asked: bool  # the office asked for something that the driver has not seen


COLUMNS = (
    *("pk", "route", "position", "kind", "state", "finished_at", "fail_reason", "order", "order__state"),
    *("order__is_gas_out", "order__promised_from", "order__promised_to"),
    *("site__area", "site__latitude", "site__longitude", "site__customer__name"),
)


class Row(NamedTuple):
    """A visit as text that the template only puts in its place."""

    look: str
    key: str
    url: str
    place: str
    name: str
    when: str
    chips: list[Chip]
    marks: list[tuple[str, str]]


@dataclass
class Visit:
    """One stop, with what the clock says about it."""

    facts: Facts
    area: Area
    loads: list[tuple[Product, int]]
    look: str  # "", now, late, failed, done
    when: str
    late_minutes: int  # past the promise, 0 when there is time or it is done

    @classmethod
    def of(cls, facts: Facts, area: Area, loads: list[tuple[Product, int]], *, now: dt.datetime) -> Visit:
        when = when_of(facts.finished_at, facts if facts.order else None, facts.kind)
        if facts.finished_at:
            return cls(facts, area, loads, facts.state, when, 0)
        end = facts.promised_to if facts.order_state in OPEN else None
        late = max(int((now - end).total_seconds() // 60), 0) if end else 0
        look = "now" if facts.state == Stop.State.ARRIVED else "late" if late else ""
        return cls(facts, area, loads, look, when, late)

    @property
    def is_finished(self) -> bool:
        return self.facts.state in FINISHED

    @property
    def gross_kg(self) -> Decimal:
        """What its full cylinders weigh on the vehicle."""
        return sum((count * product.gross_kg for product, count in self.loads), Decimal(0))

    @property
    def marks(self) -> list[tuple[str, str]]:
        """Plates of this stop: the plate's state and its words."""
        marks = []
        if self.facts.state == Stop.State.FAILED:
            marks.append(("failed", str(Stop.Reason(self.facts.fail_reason).label)))
        if self.late_minutes:
            marks.append(("failed", late_by(self.late_minutes)))
        if self.facts.is_asked:
            marks.append(("urgent", _("call the driver")))
        if self.facts.is_gas_out and not self.is_finished:
            marks.append(("urgent", _("gas out")))
        return marks

    def row(self, url: str) -> Row:
        facts = self.facts
        key, place, url = (SafeString(text) for text in (facts.pk, facts.position, url))  # digits, and our own address
        return Row(self.look, key, url, place, facts.name, self.when, chips_of(self.loads), self.marks)


def when_of(finished_at: dt.datetime | None, promise: Promised | None, kind: str) -> str:
    """When it was done; before, when it was promised; for a visit without an order what it is for."""
    if finished_at:
        return f"{timezone.localtime(finished_at):%H:%M}"
    return window(promise) if promise else str(Stop.Kind(kind).label)


def visits_of(routes: Iterable[int], *, now: dt.datetime) -> Mapping[int, list[Visit]]:
    """Every stop of these routes in its order, in four queries however many there are."""
    stops = Stop.objects.filter(route__in=routes).order_by("route", "position")
    asked = Exists(Request.objects.unseen().filter(stop=OuterRef("pk")))
    rows = [Facts(*row) for row in stops.annotate(is_asked=asked).values_list(*COLUMNS, "is_asked")]
    areas = Area.objects.in_bulk({row.area for row in rows})
    loads = _loads([row.order for row in rows if row.order])
    visits: dict[int, list[Visit]] = defaultdict(list)
    for row in rows:
        visits[row.route].append(Visit.of(row, areas[row.area], loads[row.order or 0], now=now))
    return visits


def _loads(orders: list[int]) -> dict[int, list[tuple[Product, int]]]:
    """Product and count of each line, by order."""
    lines = OrderLine.objects.filter(order__in=orders).order_by("order", "product__sort", "pk")
    found = list(lines.values_list("order", "product", "ordered"))
    products = Product.objects.in_bulk({product for _order, product, _count in found})
    loads: dict[int, list[tuple[Product, int]]] = defaultdict(list)
    for order, product, count in found:
        loads[order].append((products[product], count))
    return loads


def around(name: str) -> tuple[str, str]:
    """What stands before and after the row's number in an address: reversed once for hundreds of rows."""
    before, _number, after = reverse(name, args=[0]).rpartition("0")
    return before, after
