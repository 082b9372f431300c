"""A customer's orders page by page: keyset, so that the hundredth page costs what the first does."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from customers.mine import Mine
from luckygas.phones import narrow
from orders.forms.order import read_day
from orders.models import Order, OrderLine, Product

PAGE = 20


@dataclass(frozen=True)
class Past:
    """One page of orders. `more` is the number that the next one starts after, empty on the last."""

    orders: list[Order]
    more: str
    text: str

    @classmethod
    def of(cls, mine: Mine, *, text: str = "", before: str = "") -> Past:
        text = narrow(text)[:40]
        rows = Order.objects.of(mine).for_list()
        if text:
            rows = rows.filter(_matches(text))
        found = list(rows.page_after(before)[: PAGE + 1])
        return cls(found[:PAGE], found[PAGE - 1].number if len(found) > PAGE else "", text)


def _matches(text: str) -> Q:
    """An order's number, a day it was placed or promised, a cylinder's name, or a site's name."""
    matches = Q(number__contains=text) | Q(site__label__icontains=text) | Q(site__address__icontains=text)
    products = [p.pk for p in Product.objects.all() if text.lower() in f"{p.code} {p.name} {p.name_en}".lower()]
    if products:
        # Asked of each order on the way: a list of all orders with such a cylinder would be everybody's.
        matches |= Q(Exists(OrderLine.objects.filter(order=OuterRef("pk"), product__in=products).order_by()))
    if day := read_day(text):
        matches |= Q(promised_on=day) | Q(placed_at__date=day)
    return matches
