"""Who is on the phone: everything the desk shows about a customer and one of their sites, in nine queries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404

from customers.models import Contact, Customer, Site
from luckygas.clock import business_day
from orders.credit.exposure import Exposure
from orders.holdings import cylinders_at, products_of
from orders.models import Order, OrderLine, Product
from orders.querysets import OPEN
from orders.run_out import RunOut
from orders.standing.querysets import at_site

if TYPE_CHECKING:
    from luckygas.models import User

REMEMBERED = 5  # delivered orders that say what is usual


@dataclass(frozen=True)
class Caller:
    """A customer on the phone, the site they order for, and what was between us lately."""

    customer: Customer
    sites: list[Site]
    site: Site | None
    products: dict[int, Product] = field(default_factory=dict)  # those that somebody has read already, by id

    @classmethod
    def of(cls, number: int, *, user: User, site: str = "") -> Caller:
        """The customer with this number, for one of their sites (the first when none is named); 404 otherwise."""
        customer = get_object_or_404(Customer.objects.visible_to(user).with_money(), number=number)
        active = customer.sites.active().select_related("area").annotate(agreed=at_site())
        sites: list[Site] = list(active.order_by("pk"))
        for each in sites:
            each.customer = customer
        chosen = next((each for each in sites if not site or str(each.pk) == site), None)
        if site and chosen is None:
            raise Http404
        return cls(customer, sites, chosen)

    @cached_property
    def contacts(self) -> list[Contact]:
        return list(self.customer.contacts.filter(is_active=True))

    @cached_property
    def orders(self) -> list[Order]:
        """Open orders of the customer, and the last delivered ones of this site, newest first; in two queries."""
        lines = Prefetch("lines", OrderLine.objects.select_related("product").order_by("product__sort", "pk"))
        delivered = Order.objects.filter(site=self.site, state="delivered").order_by("-placed_at").values("pk")
        coming = Order.objects.filter(customer=self.customer, state__in=OPEN).order_by().values("pk")
        return list(
            Order.objects.filter(pk__in=delivered[:REMEMBERED].union(coming, all=True))
            .order_by("-placed_at")
            .prefetch_related(lines)
        )

    @property
    def open_orders(self) -> list[Order]:
        return [order for order in self.orders if order.is_open]

    @property
    def delivered(self) -> list[Order]:
        return [order for order in self.orders if not order.is_open]

    @property
    def last(self) -> Order | None:
        return next(iter(self.delivered), None)

    @cached_property
    def usual(self) -> list[OrderLine]:
        """The lines of what this site had most often lately; of two equally often, the later one."""
        if not self.delivered:
            return []
        wanted = [tuple((line.product_id, line.quantity) for line in order.lines.all()) for order in self.delivered]
        most = max(Counter(wanted).items(), key=lambda pair: (pair[1], -wanted.index(pair[0])))[0]
        return [line for line in self.delivered[wanted.index(most)].lines.all() if line.quantity]

    @property
    def days_since(self) -> int | None:
        return (business_day() - business_day(self.last.delivered_at)).days if self.last else None

    @property
    def run_out(self) -> RunOut | None:
        """When their gas may be used up; None when nobody can say."""
        return RunOut.of(self.delivered, daily_use_kg=self.site.daily_use_kg if self.site else None)

    @cached_property
    def standing(self) -> list[tuple[Product, int]]:
        """Cylinders at the site, by product; in one query. Empty when nothing was ever brought or counted."""
        known = self.products | products_of(self.orders)
        return cylinders_at([self.site], known=known)[self.site.pk] if self.site else []

    @property
    def exposure(self) -> Exposure:
        """Owed, on order on account, and what the limit leaves; of what was read for the card already."""
        ordered = [order for order in self.open_orders if order.is_on_account]
        lines = [line for order in ordered for line in order.lines.all() if line.delivered is None]
        twd = sum(line.amount_twd + line.deposit_due_twd for line in lines)
        customer = self.customer
        return Exposure(customer.credit_limit_twd, customer.is_blocked, customer.balance_twd, twd)
