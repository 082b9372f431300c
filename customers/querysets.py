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

        Answers from trigram indexes; no text, no customers.
        """
        from customers.models import Contact, Site

        key, digits = text_key(text), digits_of(text)
        if not key:
            return self.none()
        matches = Q(name_key__contains=key)
        if len(digits) >= 3 and len(digits) >= len(re.sub(r"[^\w]", "", key)):
            spoken = digits.removeprefix("886") if digits.startswith("886") else digits
            fragment = spoken.removeprefix(HOME_AREA) if len(spoken) > 9 else spoken
            matches |= Q(pk__in=Contact.objects.filter(digits__contains=fragment).values("customer"))
            if len(digits) <= 8:
                matches |= Q(number=int(digits)) | Q(legacy_code=digits)
        if len(key) >= 2:
            matches |= Q(pk__in=Site.objects.filter(address_key__contains=key).values("customer"))
        return self.filter(matches).order_by(models.F("deactivated_at").asc(nulls_first=True), "number")

    def for_list(self) -> Self:
        """With their phones and addresses, in two more queries."""
        sites = apps.get_model("customers", "Site").objects.select_related("area")
        return self.prefetch_related("contacts", models.Prefetch("sites", queryset=sites))

    def with_money(self) -> Self:
        """Each customer with what they owe and the deposits we hold, in the same query."""
        entries = apps.get_model("customers", "AccountEntry").objects.filter(customer=models.OuterRef("pk")).order_by()

        def total(account: str) -> Coalesce:
            legs = entries.filter(account=account).values("account").annotate(total=models.Sum("amount_twd"))
            return Coalesce(models.Subquery(legs.values("total")), 0)

        return self.annotate(balance_twd=total("receivable"), deposits_twd=-total("deposit"))


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
