"""Named sets of customers and their rows."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from luckygas.models import DISPATCHER, MANAGER, OPS
from luckygas.phones import HOME_AREA, digits_of, narrow

if TYPE_CHECKING:
    from customers.models import Area
    from luckygas.models import User

SEES_EVERYONE = frozenset({DISPATCHER, MANAGER, OPS})


def text_key(text: str) -> str:
    """How names and addresses are compared: half width, lower case, 台 for 臺, no spaces."""
    return re.sub(r"\s", "", narrow(text).lower().replace("臺", "台"))


class CustomerQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(deactivated_at=None)

    def visible_to(self, user: User) -> Self:
        """The office sees everyone; anybody else the customers they are a member of."""
        if user.roles & SEES_EVERYONE:
            return self
        return self.filter(memberships__user=user).distinct()

    def search(self, text: str) -> Self:
        """Customers by number, phone, name or address fragment, in Chinese, half or full width.

        Answers from trigram indexes; no text, no customers. A merged record is found as the one it became part of.
        """
        from customers.models import Contact, Site

        key, digits = text_key(text), digits_of(text)
        if not key:
            return self.none()
        own = Q(name_key__contains=key)
        matches = Q()
        if len(digits) >= 3 and len(digits) >= len(re.sub(r"[^\w]", "", key)):
            spoken = digits.removeprefix("886") if digits.startswith("886") else digits
            fragment = spoken.removeprefix(HOME_AREA) if len(spoken) > 9 else spoken
            matches |= Q(pk__in=Contact.objects.filter(digits__contains=fragment).values("customer"))
            if len(digits) <= 8:
                own |= Q(number=int(digits)) | Q(legacy_code=digits)
        if len(key) >= 2:
            matches |= Q(pk__in=Site.objects.filter(address_key__contains=key).values("customer"))
        merged = self.model._base_manager.exclude(merged_into=None).filter(own).values("merged_into")
        matches |= own | Q(pk__in=merged)
        return self.filter(matches, merged_into=None).order_by(
            models.F("deactivated_at").asc(nulls_first=True), "number"
        )

    def in_area(self, area: Area) -> Self:
        """With an address there that we deliver to."""
        return self.filter(pk__in=area.sites.active().values("customer"))

    def owing(self) -> Self:
        return self.filter(pk__in=_balances().filter(twd__gt=0).values("customer"))

    def in_credit(self) -> Self:
        return self.filter(pk__in=_balances().filter(twd__lt=0).values("customer"))

    def over_limit(self) -> Self:
        """Who owes more than their limit; who has none is never over it."""
        limited = self.exclude(credit_limit_twd=None)
        return limited.alias(owed_twd=_total("receivable")).filter(owed_twd__gt=models.F("credit_limit_twd"))

    def for_list(self) -> Self:
        """With their money, and with their phones and addresses in two more queries."""
        contacts = apps.get_model("customers", "Contact").objects.filter(is_active=True)
        sites = apps.get_model("customers", "Site").objects.select_related("area").order_by("-is_active", "pk")
        return self.with_money().prefetch_related(
            models.Prefetch("contacts", queryset=contacts), models.Prefetch("sites", queryset=sites)
        )

    def with_area(self) -> Self:
        """Each customer with the name of the area their first address is in, in the same query."""
        sites = apps.get_model("customers", "Site").objects.filter(customer=models.OuterRef("pk")).order_by("pk")
        return self.annotate(area_name=models.Subquery(sites.values("area__name")[:1]))

    def with_money(self) -> Self:
        """Each customer with what they owe and the deposits we hold, in the same query."""
        return self.annotate(balance_twd=_total("receivable"), deposits_twd=-_total("deposit"))


def _total(account: str) -> Coalesce:
    """One customer's sum of an account: a walk along the index of their legs."""
    entries = apps.get_model("customers", "AccountEntry").objects.filter(customer=models.OuterRef("pk")).order_by()
    legs = entries.filter(account=account).values("account").annotate(total=models.Sum("amount_twd"))
    return Coalesce(models.Subquery(legs.values("total")), 0)


def _balances() -> models.QuerySet:
    """What everybody owes, as `twd` of each `customer`: one walk along the index for all of them."""
    entries = apps.get_model("customers", "AccountEntry").objects.filter(account="receivable").order_by()
    return entries.values("customer").annotate(twd=models.Sum("amount_twd"))


class SiteQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def orderable_by(self, user: User) -> Self:
        """Sites for which this member may order: of the whole customer, or of the one site they were given."""
        return (
            self.filter(
                Q(customer__memberships__user=user)
                & Q(customer__memberships__can_order=True)
                & (Q(customer__memberships__site=None) | Q(customer__memberships__site=models.F("pk")))
            )
            .active()
            .filter(customer__deactivated_at=None)
            .select_related("customer", "area")
            .distinct()
            .order_by("pk")
        )


class AccountEntryQuerySet(models.QuerySet):
    def total(self) -> int:
        """The sum of these legs in NT$."""
        return self.aggregate(total=models.Sum("amount_twd", default=0))["total"]


class PaymentQuerySet(models.QuerySet):
    def kept(self) -> Self:
        """Money that stayed: payments that nobody took back."""
        return self.filter(reversal=None)


class MessageQuerySet(models.QuerySet):
    def unsent(self) -> Self:
        return self.filter(state__in=["waiting", "sending"])

    def left_alone(self, *, until: dt.datetime) -> Self:
        """Waiting and due since before `until`: nobody rang for them, or nobody came. The oldest first."""
        return self.filter(state="waiting", due_at__lte=until).order_by("due_at")

    def left_by_a_worker(self, *, since: dt.datetime) -> Self:
        """Claimed before `since` and never finished: the worker is dead."""
        return self.filter(state="sending", claimed_at__lte=since)

    def with_a_code(self) -> Self:
        """Messages whose body still shows six digits."""
        return self.filter(kind="code", body__regex=r"[0-9]{6}")

    def unfinished_by_state(self) -> list[tuple[str, float]]:
        """How many wait in each state that is not the last, in one query."""
        # Each half is a partial index of its own; one list of four states would read the whole table.
        unfinished = Q(state__in=["waiting", "sending"]) | Q(state__in=["parked", "call"])
        rows = self.order_by().filter(unfinished).values_list("state")
        found = dict(rows.annotate(models.Count("pk")))
        return [(state, found.get(state, 0)) for state in ("waiting", "sending", "parked", "call")]

    def oldest_due_seconds(self) -> float:
        """How long the oldest unsent message has been due; 0 when none is."""
        oldest = self.unsent().aggregate(at=models.Min("due_at"))["at"]
        return max((timezone.now() - oldest).total_seconds(), 0.0) if oldest else 0.0

    def parked(self) -> Self:
        return self.filter(state="parked")

    def on_call_list(self) -> Self:
        return self.filter(state="call")
