"""Notes and coins after the door: from the driver's bag to the office, with what was missing or too much."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliveries.models.route import Route
from luckygas.db import AppendOnly, SumsToZero, derived_id
from luckygas.models import User


class CashLeg(models.Model):
    """One signed leg, in whole NT$: what left a driver's bag, came into the till, or is a variance."""

    class Account(models.TextChoices):
        DRIVER = "driver", _("with the driver")
        OFFICE = "office", _("in the office")
        VARIANCE = "variance", _("variance")
        LEGACY = "legacy", _("legacy system")

    transfer = models.UUIDField()
    account = models.CharField(max_length=8, choices=Account)
    amount_twd = models.IntegerField()
    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="cash_legs")
    cause_kind = models.CharField(max_length=10)
    cause_id = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cause_kind", "cause_id", "account"], name="a_cause_moves_cash_once"),
            models.CheckConstraint(condition=~Q(amount_twd=0), name="a_cash_leg_moves_cash"),
        ]
        triggers = [AppendOnly(), SumsToZero()]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_twd:+d}"

    @classmethod
    def post(
        cls, route: Route, legs: Mapping[str, int], *, cause: tuple[str, object], by: User, at: dt.datetime
    ) -> None:
        """Write one transfer; its id follows from its cause, so that it is posted once. Zero legs are left out."""
        kind, key = cause
        CashLeg.objects.bulk_create(
            CashLeg(
                transfer=derived_id("cash", kind, key), account=account, amount_twd=amount, route=route,
                cause_kind=kind, cause_id=str(key), at=at, by=by,
            )
            for account, amount in legs.items()
            if amount
        )  # fmt: skip
