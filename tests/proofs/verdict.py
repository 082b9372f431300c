"""What a proof of orders finds: each set of wishes and rows that are not as they must be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count

from customers.models import Message
from orders.models import Order
from tests.proofs.clients import Wish

DONE = (Message.State.SENT, Message.State.PARKED, Message.State.CALL, Message.State.CALLED)


@dataclass(frozen=True)
class Stored:
    """One order as the database has it."""

    operation_id: str
    number: str
    token: str
    flaw: str  # why it is only a part of an order; empty when it is whole
    counts: dict[str, tuple[int, int]]

    @classmethod
    def all(cls) -> list[Stored]:
        messages = set(Message.objects.values_list("cause_kind", "cause_id", "kind"))
        orders = Order.objects.prefetch_related("lines__product", "events").order_by("pk")
        return [cls.of(order, messages) for order in orders]

    @classmethod
    def of(cls, order: Order, messages: set[tuple[str, str, str]]) -> Stored:
        counts = {line.product.code: (line.ordered, line.empties_expected) for line in order.lines.all()}
        return cls(str(order.operation_id), order.number, order.note, flaw_of(order, messages), counts)


def flaw_of(order: Order, messages: set[tuple[str, str, str]]) -> str:
    """The first thing that is missing: a line, the events in a row up to its state, or an announced message."""
    events = sorted(order.events.all(), key=lambda event: event.pk)
    if not order.lines.all():
        return "no line"
    if [event.from_state for event in events] != ["", *(event.to_state for event in events[:-1])]:
        return "its events do not follow each other"
    if not events or events[-1].to_state != order.state or order.state == Order.State.PLACED:
        return "its state is not that of its events"
    for event in events:
        if event.announces and ("order_event", str(event.pk), event.announces) not in messages:
            return f"no message says {event.announces}"
    return ""


@dataclass
class Sets:
    """The wishes and rows that are wrong, each set with a name per member; and those that came back."""

    lost: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    recovered: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> dict[str, list[str]]:
        return {name: found for name, found in vars(self).items() if name != "recovered" and found}


def judge(wishes: Iterable[Wish], stored: Iterable[Stored]) -> Sets:
    """Compare what was asked and answered with what is stored."""
    sets = Sets()
    rows: defaultdict[str, list[Stored]] = defaultdict(list)
    asked = {wish.token: wish for wish in wishes}
    for row in stored:
        rows[row.token].append(row)
        wish = asked.get(row.token)
        if wish is None or row.operation_id != str(wish.operation_id):
            sets.unexpected.append(f"{row.number} {row.token}")
        if row.flaw or (wish and row.counts != wish.counts):
            sets.partial.append(f"{row.number} {row.flaw or 'other contents than asked'}")
    for token, wish in asked.items():
        numbers = {row.number for row in rows[token]}
        if not numbers or not wish.numbers <= numbers:
            sets.lost.append(token)
        if not wish.numbers:
            sets.unanswered.append(f"{token} {wish.refusals}")
        if len(numbers) > 1 or len(wish.numbers) > 1:
            sets.duplicated.append(f"{token} {sorted(numbers | wish.numbers)}")
        elif wish.is_interrupted and len(numbers) == 1 and wish.numbers == numbers:
            sets.recovered.append(token)
    return sets


def messages() -> dict[str, int]:
    """How many are in each state."""
    return dict(Message.objects.values_list("state").annotate(count=Count("pk")).order_by("state"))


def waiting_messages() -> int:
    """Messages that nobody sent, parked or put on the call list yet."""
    return Message.objects.exclude(state__in=DONE).count()
