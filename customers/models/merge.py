"""Two records that were one customer: one stays, the other is absorbed, and no history is rewritten."""

from __future__ import annotations

import uuid

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.contact import Contact, Membership
from customers.models.customer import Customer
from customers.models.incident import Incident
from customers.models.money import AccountEntry
from customers.models.site import Site
from luckygas import live
from luckygas.db import AppendOnly
from luckygas.errors import Refused
from luckygas.models import MANAGER, User


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

    # --- the verb ---------------------------------------------------------------------------------------------------
    @classmethod
    @transaction.atomic
    def record(
        cls,
        *,
        operation_id: uuid.UUID,
        kept: Customer,
        absorbed: Customer,
        same_places: dict[Site, Site],
        by: User,
        reason: str,
    ) -> Merge:
        """Move everything that is not history from one record to the other, once per `operation_id`.

        `same_places` gives for an address of the absorbed record the kept one that is the same place; all others come
        along. Account entries, orders that are over, messages and reads stay where they were written. What stands at
        the addresses and what is ordered moves in `orders.merging`, which calls this.
        """
        if known := cls.objects.filter(operation_id=operation_id).first():
            return known
        for record in sorted((kept, absorbed), key=lambda each: each.pk):
            record.lock()
        cls._check(kept, absorbed, by=by, reason=reason)
        merge = cls.objects.create(
            operation_id=operation_id,
            kept=kept,
            absorbed=absorbed,
            by=by,
            reason=reason.strip(),
            receivable_twd=absorbed.entries.filter(account="receivable").total(),
            deposits_twd=-absorbed.entries.filter(account="deposit").total(),
        )
        merge._carry_balances()
        merge._move_places(same_places)
        merge._move_people()
        Incident.objects.filter(customer=absorbed, closed_at=None).update(customer=kept)
        absorbed.become_part_of(kept, reason=merge.reason)
        live.changed("customer", kept.number)
        return merge

    @staticmethod
    def _check(kept: Customer, absorbed: Customer, *, by: User, reason: str) -> None:
        if MANAGER not in by.roles:
            raise Refused(_("Only a manager merges records."), code="not_manager")
        if not reason.strip():
            raise Refused(_("Write how you know that they are the same."), field="reason", code="no_reason")
        if kept.pk == absorbed.pk:
            raise Refused(_("A record cannot be merged into itself."), code="itself")
        for record in (kept, absorbed):
            if record.merged_into_id:
                raise Refused(
                    _("%(code)s was merged already. Open the record it belongs to.") % {"code": record.code},
                    code="merged",
                )
        if not kept.is_active:
            raise Refused(_("%(code)s is no longer served. Keep the other one.") % {"code": kept.code}, code="stopped")
        if kept.system_of_record != absorbed.system_of_record:
            raise Refused(
                _("One of them is still in the old system. Move it here first, or stop it there."), code="two_systems"
            )

    def _carry_balances(self) -> None:
        """Out of one account and into the other, each with the same cause: both ledgers only grow."""
        for record, sign, purpose in ((self.absorbed, -1, "merged_out"), (self.kept, 1, "merged_in")):
            owed, held = sign * self.receivable_twd, sign * self.deposits_twd
            AccountEntry.post(
                customer=record,
                legs={"receivable": owed, "deposit": -held, "adjustment": held - owed},
                cause=("merge", self.pk),
                purpose=purpose,
                by=self.by,
                at=self.at,
            )

    def _move_places(self, same_places: dict[Site, Site]) -> None:
        for site in self.absorbed.sites.all():
            same = same_places.get(site)
            site.customer, site.is_active = self.kept, site.is_active and same is None
            site.save(update_fields=["customer", "is_active"])
            if same:
                Membership.objects.filter(site=site).update(site=same)

    def _move_people(self) -> None:
        """Who is on both records stays with what the kept one says: a merge gives nobody more rights."""
        known = set(Contact.objects.filter(customer=self.kept, is_active=True).values_list("phone", "extension"))
        for contact in self.absorbed.contacts.filter(is_active=True):
            contact.is_active = (contact.phone, contact.extension) not in known
            contact.customer = self.kept
            contact.save(update_fields=["customer", "is_active"])
        given: set[tuple[int, int | None]] = set(self.kept.memberships.values_list("user", "site"))
        for membership in self.absorbed.memberships.order_by("pk"):
            if (membership.user_id, membership.site_id) in given:
                membership.delete()
                continue
            given.add((membership.user_id, membership.site_id))
            membership.customer = self.kept
            membership.save(update_fields=["customer"])
