"""The delivery slip: what was ordered, and once it was handed over what went which way, was paid and was signed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers.models import Payment
from deliveries.models import Route, Stop
from luckygas.qr import Code
from orders.models import Order, OrderLine
from orders.models.order_event import track_url


@dataclass(frozen=True)
class Slip:
    """One order as paper: `stop` is the visit it belongs to, None when nobody drives there."""

    order: Order
    stop: Stop | None
    payments: list[Payment]

    @classmethod
    def of(cls, orders: Iterable[Order]) -> list[Slip]:
        """Slips of orders that were read `for_slip`, in their order; two queries for all of them."""
        orders = list(orders)
        stops: dict[int, list[Stop]] = defaultdict(list)
        for stop in Stop.objects.filter(order__in=orders).for_slip():
            stops[stop.order_id].append(stop)  # type: ignore[index]
        payments = _payments(orders, stops)
        return [cls(order, _visit(stops[order.pk]), payments[order.pk]) for order in orders]

    @classmethod
    def of_route(cls, route: Route) -> list[Slip]:
        """The slips of a route's deliveries in the order they are driven; a failed visit left none."""
        visits = route.stops.filter(kind=Stop.Kind.DELIVER).exclude(state=Stop.State.FAILED).order_by()
        slips = cls.of(Order.objects.filter(pk__in=visits.values("order")).for_slip())
        return sorted(slips, key=lambda slip: slip.stop.position if slip.stop else 0)

    @cached_property
    def lines(self) -> list[OrderLine]:
        return list(self.order.lines.all())

    @cached_property
    def is_handed_over(self) -> bool:
        return any(line.delivered is not None for line in self.lines)

    @property
    def is_delivered(self) -> bool:
        return self.order.state == Order.State.DELIVERED

    @property
    def deposits(self) -> list[tuple[OrderLine, int]]:
        """Lines with the cylinders that carry a deposit."""
        return [(line, line.quantity - line.empties) for line in self.lines if line.deposit_due_twd]

    @property
    def given(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def taken(self) -> int:
        """Our own empties that came back, or that are expected."""
        return sum(line.empties for line in self.lines)

    @property
    def received_twd(self) -> int:
        return sum(payment.received_twd for payment in self.payments)

    @property
    def left_twd(self) -> int:
        """NT$ that nobody has paid yet; what was paid beyond is on the account and not here."""
        return max(self.order.due_twd - self.received_twd, 0)

    @property
    def is_on_account(self) -> bool:
        """Written on the monthly account, and nothing given at the door."""
        return self.order.pays_by == Order.PaysBy.ACCOUNT and not self.payments

    @property
    def is_settled(self) -> bool:
        return self.is_delivered and bool(self.payments) and not self.left_twd

    @property
    def sums(self) -> list[tuple[str, int]]:
        """What it comes to: before the handover what is to be paid, after it what was."""
        due, account = self.order.due_twd, self.order.pays_by == Order.PaysBy.ACCOUNT
        if not self.is_handed_over:
            return [(_("On account, nothing to collect") if account else _("To collect in cash"), due)]
        paid = [(_received(payment.method), payment.received_twd) for payment in self.payments]
        if self.received_twd == due and len(paid) == 1:
            return paid
        left = [(_("On the monthly account") if account else _("Not paid yet"), self.left_twd)] if self.left_twd else []
        return [(_("Together"), due), *paid, *left]

    @cached_property
    def code(self) -> Code:
        """Leads to where the order stands, without signing in."""
        return Code.of(track_url(self.order))


def _received(method: str) -> str:
    return {"cash": pgettext("slip", "Cash received"), "transfer": _("Transfer received")}.get(
        method, _("Cheque received")
    )


def _visit(stops: list[Stop]) -> Stop | None:
    """The delivery that happened, else the last one that was planned and did not fail."""
    visits = [stop for stop in stops if stop.kind == Stop.Kind.DELIVER and stop.state != Stop.State.FAILED]
    return next((stop for stop in visits if stop.state == Stop.State.DONE), visits[-1] if visits else None)


def _payments(orders: list[Order], stops: dict[int, list[Stop]]) -> dict[int, list[Payment]]:
    """What was paid for each order: at the counter, at the door, or on a later visit that collected it."""
    order_of = {("order", str(order.pk)): order.pk for order in orders}
    order_of |= {("stop", str(stop.pk)): pk for pk, visits in stops.items() for stop in visits}
    keys = {kind: [key for each, key in order_of if each == kind] for kind in ("order", "stop")}
    causes = Q(cause_kind="order", cause_id__in=keys["order"]) | Q(cause_kind="stop", cause_id__in=keys["stop"])
    found: dict[int, list[Payment]] = defaultdict(list)
    for payment in Payment.objects.kept().filter(causes).order_by("received_at", "pk"):
        found[order_of[payment.cause_kind, payment.cause_id]].append(payment)
    return found
