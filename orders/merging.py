"""Two records of one customer: what a person sees before they merge them, and what moves when they do."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext as _

from customers.models import Contact, Customer, Membership, Merge, Site
from customers.querysets import text_key
from luckygas.errors import Refused
from luckygas.models import User
from orders.holdings import cylinders_at
from orders.models import CylinderMovement, MeterReading, Order, Place, Product, StandingOrder

ON_THE_WAY = (Order.State.PLANNED, Order.State.OUT, Order.State.REVIEW)


@dataclass(frozen=True)
class Side:
    """One of two records with what hangs on it. `over` counts the orders that are history and stay on it."""

    customer: Customer
    places: list[tuple[Site, list[tuple[Product, int]]]]
    contacts: list[Contact]
    memberships: list[Membership]
    orders: list[Order]
    standing: int
    over: int

    @property
    def sites(self) -> list[Site]:
        return [site for site, _cylinders in self.places]


def two_sides(*customers: Customer) -> tuple[Side, ...]:
    """Both records side by side, in seven queries."""
    sites = list(Site.objects.filter(customer__in=customers).select_related("area").order_by("-is_active", "pk"))
    cylinders = cylinders_at(sites)
    contacts = Contact.objects.filter(customer__in=customers, is_active=True)
    memberships = Membership.objects.filter(customer__in=customers).select_related("user", "site").order_by("pk")
    orders = list(Order.objects.open().filter(customer__in=customers).order_by("pk"))
    all_orders = dict(
        Order.objects.filter(customer__in=customers).order_by().values_list("customer").annotate(Count("pk"))
    )
    standing = Counter(
        StandingOrder.objects.filter(site__in=sites, is_active=True).values_list("site__customer", flat=True)
    )
    return tuple(
        Side(
            customer=each,
            places=[(site, cylinders[site.pk]) for site in sites if site.customer_id == each.pk],
            contacts=[contact for contact in contacts if contact.customer_id == each.pk],
            memberships=[membership for membership in memberships if membership.customer_id == each.pk],
            orders=(mine := [order for order in orders if order.customer_id == each.pk]),
            standing=standing[each.pk],
            over=all_orders.get(each.pk, 0) - len(mine),
        )
        for each in customers
    )


@transaction.atomic
def merge(
    *,
    operation_id: uuid.UUID,
    kept: Customer,
    absorbed: Customer,
    same_places: dict[Site, Site],
    by: User,
    reason: str,
) -> Merge:
    """Make two records one, once per `operation_id`: addresses, phones, people, balances, open orders and cylinders.

    Orders that are over and account entries stay on the absorbed record. Refused leaves both as they were.
    """
    _check_stages(kept, absorbed)
    merged = Merge.record(
        operation_id=operation_id, kept=kept, absorbed=absorbed, same_places=same_places, by=by, reason=reason
    )
    for gone, stays in same_places.items():
        _check_place(gone, stays, kept)
        _carry_cylinders(gone, stays, merged)
        for standing in StandingOrder.objects.filter(site=gone):
            standing.site = stays
            standing.save(update_fields=["site"])
    for order in Order.objects.open().filter(customer=absorbed).order_by("pk"):
        order.follow(merged.kept, site=same_places.get(order.site, order.site), by=by)
    return merged


def _check_stages(kept: Customer, absorbed: Customer) -> None:
    """An order stores the stage it was taken in: open ones cannot go over into another."""
    if kept.stage != absorbed.stage and Order.objects.open().filter(customer__in=[kept, absorbed]).exists():
        raise Refused(
            _("The two records are in different stages of the pilot. Wait until their orders are delivered."),
            code="two_stages",
        )


def _check_place(gone: Site, stays: Site, kept: Customer) -> None:
    if stays.customer_id != kept.pk or not stays.is_active:
        raise Refused(_("This address is not on the record that stays."), code="other_place")
    if Order.objects.filter(site=gone, state__in=ON_THE_WAY).exists():
        raise Refused(
            _("%(place)s: an order is on its way there. Merge after the delivery, or keep the address.")
            % {"place": gone},
            code="on_the_way",
        )
    if MeterReading.objects.filter(site=gone).exists():
        raise Refused(
            _("%(place)s has a meter that was read. Keep the address on its own.") % {"place": gone}, code="meter"
        )


def _carry_cylinders(gone: Site, stays: Site, merged: Merge) -> None:
    """What stands at the one address stands at the other: the serials by themselves, the rest by product and state."""
    start, end = Place.of_site(gone), Place.of_site(stays)
    left = start.stock()
    latest = CylinderMovement.objects.filter(cylinder=OuterRef("cylinder")).order_by("-at", "-pk").values("pk")[:1]
    here = CylinderMovement.objects.filter(to_place=start, cylinder__isnull=False, pk=Subquery(latest))
    for last in here.select_related("product", "cylinder"):
        _carry(last.product, 1, (start, end), last.to_state, gone, merged, cylinder=last.cylinder)
        left[last.product_id, last.to_state] -= 1
    products = Product.objects.in_bulk({product for product, _state in left})
    for (product, state), quantity in left.items():
        way = (start, end) if quantity > 0 else (end, start)  # below zero: more came back than we knew of
        _carry(products[product], abs(quantity), way, state, gone, merged)


def _carry(
    product: Product, quantity: int, way: tuple[Place, Place], state: str, gone: Site, merged: Merge, **serial: object
) -> None:
    start, end = way
    CylinderMovement.post(
        product=product,
        quantity=quantity,
        start=(start, state),
        end=(end, state),
        cause=("merge", f"{merged.pk}-{gone.pk}"),
        purpose=f"merged {state}",
        by=merged.by,
        at=merged.at,
        **serial,  # type: ignore[arg-type]
    )


def same_address(site: Site, others: list[Site]) -> Site | None:
    """Which of these is written the same way: what the form proposes, and a person decides."""
    return next(
        (other for other in others if other.is_active and text_key(other.address) == text_key(site.address)), None
    )
