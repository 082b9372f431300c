"""What was reported beside what is on record: for whoever decides, both values, side by side."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import CharField, OuterRef, Subquery
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from customers.models import Payment
from deliveries.models import DriverEvent, Review, Stop
from deliveries.reporting.day import moment_of
from deliveries.reporting.readable import Fact, in_words
from orders.models import OrderLine
from orders.overdue import overdue_among

OFF_SECONDS = 60  # from here on two clocks or moments are told apart
HANDED = frozenset({DriverEvent.Kind.DELIVER, DriverEvent.Kind.AMEND})


@dataclass(frozen=True)
class Side:
    """One thing: what the report says of it, and what is written; empty where nothing is."""

    label: str
    said: str
    known: str = ""

    @property
    def differs(self) -> bool:
        """Whether something stands on record that was not said; a report may say more than is kept."""
        comma = _(", ")
        return bool(self.known) and not set(self.known.split(comma)) <= set(self.said.split(comma))


@dataclass(frozen=True)
class Beside:
    """A review with both sides, and when it happened by either clock."""

    review: Review
    sides: list[Side]
    has_overdue: bool  # a cylinder that was overdue still stands there

    @property
    def event(self) -> DriverEvent | None:
        return self.review.event

    @property
    def happened_at(self) -> dt.datetime | None:
        """By our clock."""
        return moment_of(self.event) if self.event else None

    @property
    def is_clock_off(self) -> bool:
        return self.event is not None and abs(self.event.device.clock_offset_seconds) >= OFF_SECONDS

    @property
    def was_late(self) -> bool:
        """Whether it came in more than a minute after it happened."""
        return bool(self.event and (self.event.received_at - moment_of(self.event)).total_seconds() >= OFF_SECONDS)


def beside(reviews: Iterable[Review]) -> list[Beside]:
    """Each review with its two sides; as many queries for all of them as for one."""
    reviews = list(reviews)
    said = in_words([review.event for review in reviews if review.event])
    orders = {review.order_id for review in reviews if review.order_id and _is_handed(review)}
    lines, money = _lines(orders), _money(orders)
    overdue = overdue_among({review.order_id for review in reviews if review.order_id})
    found = []
    for review in reviews:
        facts = said.get(review.event.pk, []) if review.event else []
        order = review.order_id if _is_handed(review) else None
        known = _known(review, lines[order], money.get(order)) if order else {}
        found.append(Beside(review, _sides(facts, known), review.order_id in overdue))
    return found


def _is_handed(review: Review) -> bool:
    return bool(review.event and review.event.kind in HANDED)


def _sides(facts: list[Fact], known: dict[str, str]) -> list[Side]:
    """What was said, each beside what is known of it; then what is known and was not said."""
    told = {label for label, _text in facts}
    return [Side(label, text, known.get(label, "")) for label, text in facts] + [
        Side(label, "–", text) for label, text in known.items() if label not in told
    ]


def _known(review: Review, lines: list[OrderLine], paid: list[Payment] | None) -> dict[str, str]:
    """What the records say, by the words the report has for it."""
    known = {}
    for line in lines:
        counts = [
            _("%s handed over") % (line.delivered or 0),
            _("%s empties back") % (line.empties_taken or 0),
            *([str(line.get_rest_display())] if line.rest else []),
        ]
        known[str(line.product)] = _(", ").join(counts) if line.delivered is not None else _("not handed over")
    if paid:
        known[_("Paid")] = _(", ").join(f"{each.get_method_display()} NT${each.received_twd}" for each in paid)
    elif lines:
        known[_("Paid")] = _("nothing")
    if review.order and review.order.needs_leak_check:
        known[_("Leak check")] = str(review.order.get_leak_check_display())
    return known


def _lines(orders: set[int]) -> dict[int | None, list[OrderLine]]:
    found: dict[int | None, list[OrderLine]] = defaultdict(list)
    if orders:
        for line in OrderLine.objects.filter(order__in=orders).select_related("product"):
            found[line.order_id].append(line)
    return found


def _money(orders: set[int]) -> dict[int, list[Payment]]:
    """What was taken at the visits of these orders and kept."""
    if not orders:
        return {}
    visits = Stop.objects.order_by().annotate(key=Cast("pk", CharField()))
    kept = Payment.objects.kept().filter(cause_kind="stop", cause_id__in=visits.filter(order__in=orders).values("key"))
    of_order = Subquery(visits.filter(key=OuterRef("cause_id")).values("order")[:1])
    found: dict[int, list[Payment]] = defaultdict(list)
    for payment in kept.annotate(order=of_order).order_by("pk"):
        found[payment.order].append(payment)
    return found
