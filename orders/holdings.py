"""What stands at a person's addresses and what we hold for them: sums of the ledgers, in three queries at most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Sum

from customers.mine import Mine
from customers.models import Customer, Site
from orders.models import CylinderMovement, Order, Product


@dataclass(frozen=True)
class Holding:
    """One customer: the sites this person may see, with their cylinders, and the money if they may see it."""

    customer: Customer
    sites: list[tuple[Site, list[tuple[Product, int]]]]
    sees_account: bool

    @property
    def credit_twd(self) -> int:
        """What we owe them, in NT$; nothing while they owe us."""
        return max(-self.customer.balance_twd, 0)


def holdings(mine: Mine, *, recent: Iterable[Order] = ()) -> list[Holding]:
    """Each customer of this person, with cylinders per site. A site that was never counted or supplied shows none.

    Products of `recent` orders, read with their lines, are not read again.
    """
    standing = cylinders_at(mine.places, known=products_of(recent))
    customers = Customer.objects.filter(pk__in=[customer.pk for customer in mine.customers]).with_money().order_by("pk")
    return [
        Holding(
            customer,
            [(site, standing[site.pk]) for site in mine.places if site.customer_id == customer.pk],
            mine.sees_account(customer),
        )
        for customer in customers
    ]


def products_of(orders: Iterable[Order]) -> dict[int, Product]:
    """What these orders have read with their lines, by id."""
    return {line.product_id: line.product for order in orders for line in order.lines.all()}


def cylinders_at(
    sites: list[Site], *, known: Mapping[int, Product] | None = None
) -> dict[int, list[tuple[Product, int]]]:
    """Cylinders standing at each site by product, by site id; what came less what left.

    Two walks along indexes in one query: an OR would read every movement. `known` products are not read again.
    """
    found: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    came, left = (
        CylinderMovement.objects.filter(**{f"{way}__site__in": sites})
        .order_by()
        .values_list(f"{way}__site", "product")
        .annotate(count=Sum("quantity") * sign)
        for way, sign in (("to_place", 1), ("from_place", -1))
    )
    for site, product, count in came.union(left, all=True):
        found[site][product] += count
    products = dict(known or {})
    if missing := {pk for counts in found.values() for pk in counts} - products.keys():
        products |= Product.objects.in_bulk(missing)
    return defaultdict(
        list,
        {
            site: sorted(
                ((products[pk], count) for pk, count in counts.items() if count), key=lambda pair: pair[0].sort
            )
            for site, counts in found.items()
        },
    )
