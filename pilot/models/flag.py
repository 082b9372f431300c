"""Flags and who changed them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from waffle.models import AbstractUserFlag

from luckygas import live
from luckygas.db import AppendOnly
from luckygas.errors import Refused
from luckygas.flags import FLAGS, ORDERS_PAUSED, bucket
from luckygas.models import User

STORED = ("everyone", "percent", "allow_customers", "deny_customers", "allow_areas", "starts_at", "ends_at")


class Flag(AbstractUserFlag):
    """A decision that ops can change while the shop runs: on, off, for a share of customers, or for some."""

    class Purpose(models.TextChoices):
        RELEASE = "release", _("release")
        OPERATIONS = "operations", _("operations")
        KILL = "kill", _("kill switch")

    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.RELEASE)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    allow_customers = ArrayField(models.BigIntegerField(), default=list, blank=True, help_text="customer numbers")
    deny_customers = ArrayField(models.BigIntegerField(), default=list, blank=True, help_text="customer numbers; wins")
    allow_areas = ArrayField(models.CharField(max_length=8), default=list, blank=True, help_text="area codes")
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta(AbstractUserFlag.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__range=(0, 100)), name="percent_is_a_percentage"
            )
        ]

    def decides(self, *, customer: Any, areas: frozenset[str] = frozenset(), at: dt.datetime) -> bool:
        """Whether it is on. Deny wins, then on/off for everybody, then lists, then the share by stable hash.

        `areas` are the codes of the areas where the customer has a site.
        """
        if customer is not None and customer.number in self.deny_customers:
            return False
        if (self.starts_at and at < self.starts_at) or (self.ends_at and at >= self.ends_at):
            return False
        if self.everyone is not None:
            return self.everyone
        if customer is None:
            return False
        if customer.number in self.allow_customers:
            return True
        if areas & frozenset(self.allow_areas):
            return True
        return self.percent is not None and bucket(self.name, customer.number) < self.percent * 100

    def stored(self) -> dict[str, Any]:
        return {
            name: str(value) if isinstance(value := getattr(self, name), (dt.datetime,)) else _plain(value)
            for name in STORED
        }

    @classmethod
    @transaction.atomic
    def change(
        cls, name: str, *, by: User | None, reason: str, seen: int | None = None, release: bool = False, **values: Any
    ) -> Flag:
        """Change a flag, with the reason, and keep what it was and what it is. It holds from the next request on.

        `seen` is the newest change the person had read: somebody else's change since then is refused. Values that are
        so already change nothing. A pull of the kill switch is taken back by two people alone, through `Release`.
        """
        if name not in FLAGS:
            raise Refused(_("There is no flag %(name)s.") % {"name": name}, code="unknown_flag")
        if not reason.strip():
            raise Refused(_("Write why."), field="reason", code="no_reason")
        purpose = cls.Purpose.KILL if name == ORDERS_PAUSED else cls.Purpose.RELEASE
        cls.objects.get_or_create(
            name=name,
            defaults={"note": FLAGS[name], "purpose": purpose},  # type: ignore[misc]  # waffle types its own table
        )
        flag = cls.objects.select_for_update().get(name=name)
        before, was_on = flag.stored(), bool(flag.everyone)
        for field, value in values.items():
            if field not in STORED:
                raise ValueError(f"{field} is not part of a flag's decision")
            setattr(flag, field, value)
        if flag.stored() == before:
            return flag
        if name == ORDERS_PAUSED and not release and (was_on or set(values) != {"everyone"}):
            raise Refused(_("One person stops new orders, two take them up again. Use the switch."), code="kill_switch")
        if seen is not None and FlagChange.newest(name) != seen:
            raise Refused(_("Somebody changed this flag meanwhile. Open it again."), code="changed_meanwhile")
        flag.full_clean()
        flag.save()
        FlagChange.objects.create(flag=name, by=by, reason=reason.strip(), before=before, after=flag.stored())
        live.changed("flag", name)
        return flag

    @classmethod
    def pause(cls, *, by: User | None, reason: str) -> Flag:
        """Take no new orders from the web, the API and generators, from the next request on. One person does it."""
        return cls.change(ORDERS_PAUSED, by=by, reason=reason, everyone=True)


class FlagChange(models.Model):
    """One change of a flag: who, when, why, from what to what."""

    flag = models.CharField(max_length=100)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=200)
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        ordering = ["-at"]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.flag} {self.at}"

    @property
    def what(self) -> str:
        """`everyone: False → True`: what differs."""
        names = [name for name in STORED if self.before.get(name) != self.after.get(name)]
        return "、".join(f"{name}: {_said(self.before.get(name))} → {_said(self.after.get(name))}" for name in names)

    @classmethod
    def newest(cls, flag: str) -> int:
        """The id of the newest change of a flag, 0 when it never was changed."""
        return cls.objects.filter(flag=flag).aggregate(pk=models.Max("pk", default=0))["pk"]


def _said(value: Any) -> str:
    """A stored value as it is read in a list."""
    return {None: "–", True: "on", False: "off"}.get(value, str(value)) if not isinstance(value, list) else str(value)


def _plain(value: Any) -> Any:
    return float(value) if hasattr(value, "as_integer_ratio") and not isinstance(value, (int, float)) else value
