"""What may be ordered: each rule refuses with a sentence that says what would work."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from django.conf import settings

from customers.models import Customer, Site
from luckygas.errors import Refused
from luckygas.said import Said as _
from orders.models.cylinder import Place
from orders.models.product import Product, Quote
from orders.wishes import Item, Wish

MOST_OF_ONE = 99
LEAK_WORDS = re.compile(r"漏氣|漏瓦斯|瓦斯味|gas leak|smell of gas|smell gas", re.IGNORECASE)


def check_no_leak(note: str) -> None:
    """A leak is never an order: it is an incident, and they must leave the house first."""
    if LEAK_WORDS.search(note):
        raise Refused(
            _("A leak is no order. Close the valve, touch no switch, open the windows, go out, call 119, then us."),
            field="note",
            code="leak",
        )


def check_customer(customer: Customer) -> None:
    """The one gate: only a customer whose system of record is the new one, and who is served, gets an order here."""
    if customer.is_legacy:
        raise Refused(
            _("%(name)s is still in the old system. Orders are taken there: %(phone)s.")
            % {"name": customer.name, "phone": settings.COMPANY["phone"]},
            field="site",
            code="legacy",
        )
    if not customer.is_active:
        raise Refused(_("%(name)s is no longer served.") % {"name": customer.name}, field="site", code="inactive")


def check_wish(wish: Wish) -> None:
    """The shape of a wish: something in sane numbers, gas-out answered, no leak hidden in the note."""
    if not wish.site.is_active:
        raise Refused(_("This address is no longer served. Choose another."), field="site", code="inactive_site")
    if not any(item.quantity for item in wish.items):
        raise Refused(_("Choose at least one cylinder."), field="items", code="nothing")
    for item in wish.items:
        if not 0 <= item.quantity <= MOST_OF_ONE:
            raise Refused(_("Between 0 and 99 cylinders of one kind."), field=f"quantity_{item.product.code}")
        if not 0 <= item.empties <= MOST_OF_ONE:
            raise Refused(_("Between 0 and 99 empties of one kind."), field=f"empties_{item.product.code}")
        if not item.product.is_active or (item.product.is_metered and not wish.site.customer.is_metered):
            raise Refused(
                _("%(product)s cannot be ordered here.") % {"product": item.product},
                field=f"quantity_{item.product.code}",
                code="unknown_product",
            )
    if wish.is_gas_out is None:
        raise Refused(_("Say whether there is still gas."), field="is_gas_out", code="gas_out_unanswered")
    check_no_leak(wish.note)


def check_minimum(site: Site, total_twd: int) -> None:
    if total_twd < site.area.minimum_twd:
        raise Refused(
            _("%(area)s: the smallest order is NT$%(least)s.") % {"area": site.area, "least": site.area.minimum_twd},
            field="items",
            code="minimum",
        )


def reserve_after(site: Site, items: tuple[Item, ...]) -> Decimal | None:
    """Kilograms that would stand in reserve after delivery: beside the connected ones, after the empties left.

    None while nobody counted what stands there or what is connected: then we warn and never refuse (domain page,
    "Storage").
    """
    place = Place.objects.filter(site=site).first()
    if site.connected_kg is None or place is None or not place.is_counted:
        return None
    stock: Counter[int] = Counter()
    for (product_id, _state), quantity in place.stock().items():
        stock[product_id] += quantity
    weights = {product.pk: product.gas_kg for product in Product.objects.all()}
    standing = sum((weights[product_id] * quantity for product_id, quantity in stock.items()), Decimal(0))
    change = sum((item.product.gas_kg * (item.quantity - item.empties) for item in items), Decimal(0))
    return standing + change - site.connected_kg


def check_reserve(site: Site, items: tuple[Item, ...]) -> None:
    """Refuse what would break the storage limit, when it is known that it would."""
    reserve = reserve_after(site, items)
    if reserve is not None and reserve > site.reserve_limit_kg:
        raise Refused(
            _("%(kg)s kg would stand in reserve; the law allows %(limit)s kg here. Order less, or return more empties.")
            % {"kg": f"{reserve:g}", "limit": f"{site.reserve_limit_kg:g}"},
            field="items",
            code="reserve",
        )


def expected_deposit(items: tuple[Item, ...], quotes: dict[int, Quote]) -> int:
    """NT$ of deposits due when each cylinder beyond the empties taken back carries one."""
    return sum(
        max(item.quantity - item.empties, 0) * quotes[item.product.pk].deposit_twd
        for item in items
        if item.product.pk in quotes and not item.product.is_metered
    )
