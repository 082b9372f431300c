"""Somebody looked for a leak at a customer's: none, or they refused to have it looked for."""

from __future__ import annotations

import uuid

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.incident import Incident
from customers.models.site import Site
from customers.signals import leak_checked
from luckygas import live
from luckygas.db import AppendOnly
from luckygas.errors import Refused
from luckygas.models import User


class LeakCheck(models.Model):
    """One check of one place. Only a passed one ends the waiting of its orders after a leak."""

    class Outcome(models.TextChoices):
        PASSED = "passed", _("passed")
        REFUSED = "refused", _("refused in writing")

    operation_id = models.UUIDField(unique=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="leak_checks")
    outcome = models.CharField(max_length=8, choices=Outcome)
    who = models.CharField(max_length=60, help_text="who checked, or who signed the refusal")
    signature = models.TextField(blank=True, help_text="drawn at the door by who refused; else it is on paper")
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(who=""), name="a_leak_check_says_who"),
            models.CheckConstraint(condition=Q(outcome__in=["passed", "refused"]), name="a_leak_check_has_an_outcome"),
        ]
        indexes = [models.Index(fields=["site", "-at"], name="leak_checks_of_a_site")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.site_id} {self.outcome}"

    @classmethod
    def is_awaited_at(cls, site: Site) -> bool:
        """Whether gas leaked here and no check has passed since; a leak without an address waits at all of theirs."""
        here = Q(site=site) | Q(site=None, customer=site.customer_id)
        passed = cls.objects.filter(site=site, outcome=cls.Outcome.PASSED, at__gte=models.OuterRef("opened_at"))
        return Incident.objects.filter(here, ~models.Exists(passed), kind=Incident.Kind.LEAK).exists()

    @classmethod
    @transaction.atomic
    def record(
        cls, site: Site, *, operation_id: uuid.UUID, outcome: str, who: str, by: User, note: str = ""
    ) -> LeakCheck:
        """Write it down, once per operation; orders of the place that waited for it go on."""
        site.customer.lock()
        if known := cls.objects.filter(operation_id=operation_id).first():
            return known
        if not who.strip():
            raise Refused(_("Write who checked, or who signed the refusal."), field="who", code="nobody")
        check = cls.objects.create(
            operation_id=operation_id, site=site, outcome=outcome, who=who.strip(), note=note.strip(), by=by
        )
        leak_checked.send(LeakCheck, check=check, by=by)
        live.changed("incident", f"at {site.pk}")
        return check
