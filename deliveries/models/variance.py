"""A difference that somebody owns until it is settled: cash, or cylinders of one product and state."""

from __future__ import annotations

import datetime as dt

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliveries.models.cash import CashLeg
from deliveries.models.route import Route
from deliveries.querysets import VarianceQuerySet
from luckygas import live
from luckygas.db import AppendOnly, Frozen, Record
from luckygas.errors import Refused
from luckygas.models import STAFF, User
from orders.models import CylinderMovement, Product


class Variance(Record):
    """Counted less what was due: NT$, or cylinders when it names a product. Less than nothing is missing."""

    class Outcome(models.TextChoices):
        BACK = "back", _("it came back, or was paid")
        WRITTEN_OFF = "written_off", _("written off")

    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="variances")
    cause = models.CharField(max_length=40)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=CylinderMovement.State, blank=True)
    difference = models.IntegerField()
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)

    objects = VarianceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["route", "cause", "product", "state"],
                nulls_distinct=False,
                name="a_count_differs_once_in_a_kind",
            ),
            models.CheckConstraint(condition=~Q(difference=0), name="a_variance_is_a_difference"),
            models.CheckConstraint(
                condition=Q(product=None, state="") | Q(product__isnull=False) & ~Q(state=""),
                name="a_variance_is_cash_or_cylinders",
            ),
            models.CheckConstraint(
                condition=Q(owner=None, reason="") | Q(owner__isnull=False) & ~Q(reason=""),
                name="an_owned_variance_says_why",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, outcome="")
                | Q(settled_at__isnull=False, owner__isnull=False) & ~Q(outcome=""),
                name="a_settled_variance_had_an_owner",
            ),
        ]
        indexes = [models.Index(fields=["opened_at"], condition=Q(settled_at=None), name="open_variances")]
        triggers = [Frozen("route_id", "cause", "product_id", "state", "difference", "opened_at")]

    def __str__(self) -> str:
        return f"{self.product or 'NT$'} {self.difference:+d}"

    def get_absolute_url(self) -> str:
        return reverse("deliveries:variance", args=[self.pk])

    @property
    def is_cash(self) -> bool:
        return self.product_id is None

    @property
    def missing(self) -> int:
        """How much is not there; 0 when there is too much."""
        return max(-self.difference, 0)

    @classmethod
    def open(
        cls,
        route: Route,
        *,
        cause: str,
        difference: int,
        by: User,
        at: dt.datetime,
        product: Product | None = None,
        state: str = "",
    ) -> Variance:
        """A count differed; somebody has to own it before the day is closed."""
        variance = cls.objects.create(
            route=route, cause=cause, difference=difference, product=product, state=state, opened_at=at
        )
        VarianceEvent.objects.create(variance=variance, kind=VarianceEvent.Kind.OPENED, by=by, at=at)
        live.changed("variance", variance.pk)
        return variance

    @transaction.atomic
    def own(self, *, owner: User, reason: str, by: User, at: dt.datetime | None = None) -> None:
        """A named person answers for it from now on, and what they say it comes from. The same again is nothing."""
        self.lock()
        reason = reason.strip()
        if (self.owner, self.reason) == (owner, reason):
            return
        if self.settled_at:
            raise Refused(_("This variance is settled already."), code="settled")
        if not reason:
            raise Refused(_("Write what it comes from."), field="reason", code="no_reason")
        if not owner.is_active or not owner.roles & STAFF:
            raise Refused(_("Choose somebody who works here."), field="owner", code="no_owner")
        self.owner, self.reason = owner, reason
        self.save(update_fields=["owner", "reason"])
        self._write(VarianceEvent.Kind.OWNED, by=by, owner=owner, text=reason, at=at)

    @transaction.atomic
    def settle(self, *, outcome: str, note: str, by: User, at: dt.datetime | None = None) -> None:
        """It came back (the ledger says so) or is written off; the note stays in its trail. Once."""
        self.lock()
        if self.settled_at and self.outcome == outcome:
            return
        if self.settled_at:
            raise Refused(_("This variance is settled already."), code="settled")
        if self.owner is None:
            raise Refused(_("Somebody has to own it first."), field="outcome", code="no_owner")
        if outcome not in self.Outcome.values or not note.strip():
            raise Refused(_("Write how it was settled."), field="note", code="no_note")
        at = at or timezone.now()
        if outcome == self.Outcome.BACK:
            self._bring_back(by=by, at=at)
        self.settled_at, self.outcome = at, outcome
        self.save(update_fields=["settled_at", "outcome"])
        self._write(VarianceEvent.Kind.SETTLED, by=by, text=note.strip(), at=at)

    def _bring_back(self, *, by: User, at: dt.datetime) -> None:
        """The opposite of what the count booked: into the till or the depot, or out of it again."""
        from deliveries.loading import settle_difference

        cause = ("variance", self.pk)
        if self.product is None:
            legs = {"office": -self.difference, "variance": self.difference}
            CashLeg.post(self.route, legs, cause=cause, by=by, at=at)
        else:
            settle_difference(self.route, self.product, self.state, -self.difference, cause=cause, by=by, at=at)

    def _write(
        self, kind: str, *, by: User, text: str, at: dt.datetime | None = None, owner: User | None = None
    ) -> None:
        VarianceEvent.objects.create(
            variance=self, kind=kind, by=by, owner=owner, text=text[:200], at=at or timezone.now()
        )
        live.changed("variance", self.pk)


class VarianceEvent(models.Model):
    """One line of a variance's trail; nothing of it is ever changed."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("found by counting")
        OWNED = "owned", _("given to")
        SETTLED = "settled", _("settled")

    variance = models.ForeignKey(Variance, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=8, choices=Kind)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.variance_id} {self.kind}"
