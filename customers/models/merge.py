"""Two records that were one customer: one stays, the other is absorbed, and no history is rewritten."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from customers.models.customer import Customer
from luckygas.db import AppendOnly
from luckygas.models import User


class Merge(models.Model):
    """Somebody saw that two records are one customer: which stayed, which was absorbed, who, when and why."""

    operation_id = models.UUIDField(unique=True)
    kept = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges")
    absorbed = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="merge")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=200)
    receivable_twd = models.IntegerField()
    deposits_twd = models.IntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(kept=F("absorbed")), name="a_record_absorbs_another")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.kept_id}"
