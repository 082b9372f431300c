"""What somebody of the office must look at now: one row each, red ones first."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Incident
from deliveries.board.waiting import late_by
from deliveries.models import Device, Review
from luckygas.said import Words
from orders.models import Order
from orders.querysets import OPEN, UNPLANNED

MOST_ORDERS = 30  # the oldest promises; more would hide what is worse


class Row(NamedTuple):
    """Something that somebody must look at."""

    since: dt.datetime
    icon: str
    fact: Words
    more: Words
    who: str
    url: str
    is_red: bool = False


def rows(day: dt.date, at: dt.datetime) -> list[Row]:
    """Open incidents, phones that hold something back, reviews and red orders, in four queries."""
    return sorted([*_incidents(), *_phones(), *_reviews(), *_orders(day, at)], key=lambda row: not row.is_red)


def _red_orders(day: dt.date, at: dt.datetime):  # noqa: ANN202  (OrderQuerySet)
    """Open orders of today or before that somebody must act on, the oldest promise first."""
    red = (
        Q(state="review")
        | Q(needs_day=True)
        | Q(is_gas_out=True, state__in=UNPLANNED)
        | (Q(promised_to__lt=at) & ~Q(state="review"))
    )
    orders = Order.objects.filter(red, state__in=OPEN, promised_on__lte=day)
    return orders.select_related("customer").order_by("promised_on", "promised_to", "pk")[:MOST_ORDERS]


def _orders(day: dt.date, at: dt.datetime) -> list[Row]:
    rows = []
    for order in _red_orders(day, at):
        since, icon, why, is_red = order.placed_at, "clock", "", False
        if order.state == Order.State.REVIEW:
            icon, why = "warning", _("is being checked")
        elif order.is_gas_out and order.state in UNPLANNED:
            icon, why, is_red = "noflame", _("gas is out and no truck yet"), True
        elif order.needs_day:
            icon, why = "phone", _("has not agreed to a day")
        else:
            since = order.promised_to
            why = late_by(int((at - order.promised_to).total_seconds() // 60))
        fact = _("%(name)s: %(why)s") % {"name": order.customer, "why": why}
        more = f"{order.number} · {order.get_state_display()}"
        rows.append(Row(since, icon, fact, more, "", order.get_absolute_url(), is_red))
    return rows


def _incidents() -> list[Row]:
    open_ones = Incident.objects.filter(closed_at=None).select_related("customer", "owner").order_by("opened_at")
    return [
        Row(
            incident.opened_at,
            "leak" if incident.kind == Incident.Kind.LEAK else "warning",
            f"{incident.get_kind_display()} · {incident.customer or _('unknown')}",
            incident.text,
            str(incident.owner or ""),
            reverse("customers:incidents"),
            is_red=incident.kind == Incident.Kind.LEAK,
        )
        for incident in open_ones
    ]


def _phones() -> list[Row]:
    phones = Device.objects.filter(unsent__gt=0).select_related("user").order_by("oldest_unsent_at")
    return [
        Row(
            phone.oldest_unsent_at or phone.last_seen_at or phone.created_at,
            "offline",
            _("%(name)s has %(count)s unsent") % {"name": phone.user, "count": phone.unsent},
            _("last seen %s") % f"{timezone.localtime(phone.last_seen_at):%H:%M}" if phone.last_seen_at else "",
            "",
            "",
        )
        for phone in phones
    ]


def _reviews() -> list[Row]:
    reviews = Review.objects.open().select_related("order__customer").order_by("opened_at")
    return [
        Row(
            review.opened_at,
            "cash" if review.kind == Review.Kind.CASH else "warning",
            review.reason,
            f"{review.get_kind_display()}{f' · {review.order.customer}' if review.order else ''}",
            "",
            f"{reverse('deliveries:reviews')}#review-{review.pk}",
        )
        for review in reviews
    ]
