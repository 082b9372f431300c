"""A typhoon tomorrow, and the orders that stand in it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter

from django.utils import timezone

from customers.models import Area, Message, Suspension
from luckygas.models import User
from orders.calendar import suspending
from orders.calendar.suspending import work
from orders.handover import Handover
from orders.models import Order, Slot
from orders.wishes import When
from tests.factories import AreaFactory, ContactFactory, DepotFactory, SiteFactory, SlotFactory, placed, wish

TOMORROW = dt.date(2026, 11, 25)  # a Wednesday
THURSDAY = dt.date(2026, 11, 26)


def moment(day: dt.date, hour: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def slot(day=TOMORROW, starts=10, area=None, capacity=5):
    facts = {"day": day, "starts": starts, "area": area or AreaFactory()}
    return Slot.objects.filter(**facts).first() or SlotFactory(ends=starts + 2, capacity=capacity, **facts)


def at_home(**site):
    """A site of somebody who takes SMS."""
    site = SiteFactory(**site)
    ContactFactory(customer=site.customer)
    return site


def order_in(window, site=None, **more) -> Order:
    return placed(wish(site or at_home(), when=When(slot=window), **more))


def draw_up(*areas: Area, by: User, first: int = 0, last: int = 24) -> Suspension:
    """Tomorrow, all day, everywhere, if nothing else is said."""
    return suspending.draw_up(
        operation_id=uuid.uuid4(), areas=areas, starts_at=moment(TOMORROW, first),
        ends_at=moment(TOMORROW, 0) + dt.timedelta(hours=last), reason="颱風", by=by,
    )  # fmt: skip


def come(suspension: Suspension, *, by: User) -> Suspension:
    """Confirmed and carried out."""
    suspending.confirm(suspension, by=by)
    work(suspension.pk)
    suspension.refresh_from_db()
    return suspension


def pass_by(suspension: Suspension, *, by: User) -> Suspension:
    """Taken back."""
    suspending.undo(suspension, by=by)
    work(suspension.pk)
    suspension.refresh_from_db()
    return suspension


def outcomes(suspension: Suspension) -> Counter:
    return Counter(suspension.rows.values_list("outcome", flat=True))


def told(kind: str = "suspended") -> list[tuple[int, str]]:
    return sorted(Message.objects.filter(kind=kind).values_list("customer", "state"))


def again(orders: list[Order]) -> list[Order]:
    return [Order.objects.get(pk=order.pk) for order in orders]


def history(site, *, last_days_ago: int, spans: int) -> None:
    """Four deliveries of 20 kg, so many days between them."""
    for number in range(4):
        order = placed(wish(site))
        order.deliver(Handover.as_ordered(order, leak_check="passed"), place=DepotFactory().place, by=order.placed_by)
        at = timezone.now() - dt.timedelta(days=last_days_ago + spans * number)
        Order.objects.filter(pk=order.pk).update(delivered_at=at, placed_at=at)
