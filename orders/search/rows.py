"""What a list draws of each order: text that a template only puts in its place. A page has fifty of them."""

from __future__ import annotations

from typing import NamedTuple, Self

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from luckygas.templatetags.luckygas_format import clock, load_class, load_name, money, short_date
from orders.models import Order


class OrderRow(NamedTuple):
    """One order as a line of a table."""

    number: str
    url: str
    customer: str
    customer_url: str
    chips: list[tuple[str, str, str]]  # look, name and count of each product
    plates: list[tuple[str, str]]  # the state, and what is red about it
    day: str
    window: str
    area: str
    channel: str
    due: str
    received: str
    mark: str  # what the box of an order that can still move is called

    @classmethod
    def of(cls, order: Order) -> Self:
        """From an order of `for_office_list()`; asks the database nothing."""
        lines = [(line.product, line.quantity) for line in order.lines.all()]
        return cls(
            number=order.number,
            url=order.get_absolute_url(),
            customer=str(order.customer),
            customer_url=reverse("customers:detail", args=[order.customer.number]),
            chips=[(load_class(product), load_name(product), str(count)) for product, count in lines],
            plates=plates_of(order),
            day=short_date(order.promised_on),
            window=f"{clock(order.promised_from)}–{clock(order.promised_to)}",
            area=str(order.site.area),
            channel=str(order.get_channel_display()),
            due=money(order.due_twd),
            received=f"{short_date(order.placed_at)} {clock(order.placed_at)}",
            mark=_("Mark %(number)s") % {"number": order.number} if order.is_open else "",
        )


def plates_of(order: Order) -> list[tuple[str, str]]:
    """Where it stands, then what is red: each as the plate's state and its words."""
    plates = [(str(order.state), str(order.get_state_display()))]
    if order.is_gas_out and order.is_open:
        plates.append(("urgent", pgettext("plate", "no gas")))
    if order.needs_day and order.is_open:
        plates.append(("urgent", _("needs a day")))
    elif order.is_late:
        plates.append(("urgent", pgettext("order", "late")))
    return plates
