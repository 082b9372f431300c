"""What a signed-in person may do and see: read once from their memberships, asked by every customer page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, Value

from customers.models import Customer, Membership, Site
from luckygas.models import User


@dataclass(frozen=True)
class Mine:
    """One person's memberships, in one query; their sites in another."""

    user: User
    memberships: tuple[Membership, ...]

    @classmethod
    def of(cls, user: User) -> Mine:
        absorbed = ArrayAgg("customer__absorbed", filter=~Q(customer__absorbed=None), default=Value([]))
        given = user.memberships.select_related("customer").annotate(absorbed_ids=absorbed).order_by("pk")
        return cls(user, tuple(given))

    @property
    def records(self) -> list[tuple[int, int | None]]:
        """The records they may look at, each with the one site or None: also those that were merged into theirs."""
        return [
            (record, membership.site_id)
            for membership in self.memberships
            for record in (membership.customer_id, *membership.absorbed_ids)  # type: ignore[attr-defined]
        ]

    @cached_property
    def places(self) -> list[Site]:
        """Every address this person may look at, in the order they were entered."""
        whole = [membership.customer_id for membership in self.memberships if membership.site_id is None]
        single = [membership.site_id for membership in self.memberships if membership.site_id]
        visible = Site.objects.active().filter(Q(customer__in=whole) | Q(pk__in=single))
        return list(visible.select_related("customer", "area").order_by("pk"))

    @cached_property
    def sites(self) -> list[Site]:
        """Where this person may order."""
        return [site for site in self.places if site.customer.is_active and self.may_order(site)]

    @cached_property
    def customers(self) -> list[Customer]:
        return list({membership.customer_id: membership.customer for membership in self.memberships}.values())

    def of_place(self, customer_id: int, site_id: int) -> list[Membership]:
        return [
            membership
            for membership in self.memberships
            if customer_id in {membership.customer_id, *membership.absorbed_ids}  # type: ignore[attr-defined]
            and membership.site_id in {None, site_id}
        ]

    def may_order(self, site: Site) -> bool:
        return any(membership.can_order for membership in self.of_place(site.customer_id, site.pk))

    def sees_money(self, customer_id: int, site_id: int) -> bool:
        """Whether prices and amounts of a site may be shown: not to a cook who only orders."""
        return any(membership.sees_balance for membership in self.of_place(customer_id, site_id))

    def sees_account(self, customer: Customer) -> bool:
        """Whether the customer's account may be shown: only to who acts for the whole customer, not for one site."""
        return any(
            membership.sees_balance and membership.site_id is None
            for membership in self.memberships
            if membership.customer_id == customer.pk
        )
