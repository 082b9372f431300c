"""Flags and who changed them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from waffle.models import AbstractUserFlag

from luckygas import live
from luckygas.clock import business_day
from luckygas.db import AppendOnly
from luckygas.errors import Refused
from luckygas.flags import FLAGS, ORDERS_PAUSED, SWITCHES, bucket
from luckygas.models import ROLES, User

AUDIENCE = (
    "everyone",
    "percent",
    "allow_customers",
    "deny_customers",
    "allow_areas",
    "allow_roles",
    "needs",
    "starts_at",
    "ends_at",
)
TERMS = ("purpose", "owner", "due_on")
STORED = AUDIENCE + TERMS
PULL = {"everyone": True}


class Flag(AbstractUserFlag):
    """A decision that ops can change while the shop runs: on, off, for a share of customers, or for some."""

    class Purpose(models.TextChoices):
        RELEASE = "release", _("release")
        EXPERIMENT = "experiment", _("experiment")
        OPERATIONS = "operations", _("operations")
        KILL = "kill", _("kill switch")

    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.RELEASE)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField(null=True, blank=True, help_text="until when it is decided for good; it stays as it is")
    allow_customers = ArrayField(models.BigIntegerField(), default=list, blank=True, help_text="customer numbers")
    deny_customers = ArrayField(models.BigIntegerField(), default=list, blank=True, help_text="customer numbers; wins")
    allow_areas = ArrayField(models.CharField(max_length=8), default=list, blank=True, help_text="area codes")
    allow_roles = ArrayField(
        models.CharField(max_length=12, choices=ROLES),
        default=list,
        blank=True,
        help_text="of the person, if no customer",
    )
    needs = models.CharField(max_length=100, blank=True, default="", help_text="the flag that must be on for it")
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta(AbstractUserFlag.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__range=(0, 100)), name="percent_is_a_percentage"
            ),
            models.CheckConstraint(condition=~Q(needs=F("name")), name="a_flag_does_not_need_itself"),
            models.CheckConstraint(
                condition=~Q(name__in=sorted(SWITCHES))
                | Q(needs="", percent=None, starts_at=None, ends_at=None, deny_customers=[]),
                name="a_switch_is_only_on_or_off",
            ),
        ]

    @property
    def is_switch(self) -> bool:
        return self.name in SWITCHES

    @property
    def is_stale(self) -> bool:
        """It should have been decided for good by now."""
        return bool(self.due_on and self.due_on < business_day())

    def decides(
        self,
        *,
        customer: Any,
        areas: frozenset[str] = frozenset(),
        roles: frozenset[str] = frozenset(),
        at: dt.datetime,
    ) -> bool:
        """Whether it is on, but for the flag it needs. Deny wins, then on/off for everybody, then lists, then the
        share by stable hash.

        `areas` are the codes of the areas where the customer has a site, `roles` those of the person who is asked
        about instead of a customer.
        """
        if customer is not None and customer.number in self.deny_customers:
            return False
        if (self.starts_at and at < self.starts_at) or (self.ends_at and at >= self.ends_at):
            return False
        if self.everyone is not None:
            return self.everyone
        if customer is None:
            return bool(roles & frozenset(self.allow_roles))
        if customer.number in self.allow_customers or areas & frozenset(self.allow_areas):
            return True
        return self.percent is not None and bucket(self.name, customer.number) < self.percent * 100

    def stored(self) -> dict[str, Any]:
        return {name: _plain(getattr(self, name)) for name in STORED}

    @classmethod
    @transaction.atomic
    def change(
        cls, name: str, *, by: User | None, reason: str, seen: int | None = None, agreed: bool = False, **values: Any
    ) -> Flag:
        """Change a flag, with the reason, and keep what it was and what it is. It holds from the next request on.

        `seen` is the newest change the person had read: somebody else's change since then is refused. Values that are
        so already change nothing. A kill switch is only pulled by one person; all else about it two agree on, through
        an approval that calls this with `agreed`.
        """
        if name not in FLAGS:
            raise Refused(_("There is no flag %(name)s.") % {"name": name}, code="unknown_flag")
        if not reason.strip():
            raise Refused(_("Write why."), field="reason", code="no_reason")
        flag = cls._locked(name, with_all=bool(values.get("needs")))
        before = flag.stored()
        for field, value in values.items():
            if field not in STORED:
                raise ValueError(f"{field} is not part of a flag's decision")
            setattr(flag, field, value)
        if flag.stored() == before:
            return flag
        if flag.is_switch and not agreed and values != PULL:
            raise Refused(_("One person stops new orders, two take them up again. Use the switch."), code="kill_switch")
        if seen is not None and FlagChange.newest(name) != seen:
            raise Refused(_("Somebody changed this flag meanwhile. Open it again."), code="changed_meanwhile")
        flag._check(before)
        flag.full_clean()
        flag.save()
        FlagChange.objects.create(flag=name, by=by, reason=reason.strip(), before=before, after=flag.stored())
        live.changed("flag", name)
        return flag

    @classmethod
    def _locked(cls, name: str, *, with_all: bool) -> Flag:
        """The flag's row, made when it never was stored; with the others when one is to need another, so that two
        changes at once close no circle."""
        purpose = cls.Purpose.KILL if name in SWITCHES else cls.Purpose.RELEASE
        cls.objects.get_or_create(
            name=name,
            defaults={"note": FLAGS[name], "purpose": purpose},  # type: ignore[misc]  # waffle types its own table
        )
        rows = cls.objects.select_for_update(of=("self",)).select_related("owner").order_by("pk")
        return next(flag for flag in (rows if with_all else rows.filter(name=name)) if flag.name == name)

    def _check(self, before: dict[str, Any]) -> None:
        """Each change says whose it is and until when; a flag needs no circle and no switch."""
        if not self.is_switch and self.owner is None:
            raise Refused(_("Say who answers for this flag."), field="owner", code="no_owner")
        if not self.is_switch and self.due_on is None:
            raise Refused(_("Say until when it is decided for good."), field="due_on", code="no_end")
        if self.due_on and self.due_on < business_day() and str(self.due_on) != before["due_on"]:
            raise Refused(_("Choose a day from today on."), field="due_on", code="past_day")
        if self.needs and self.needs != before["needs"]:
            self._check_needed()

    def _check_needed(self) -> None:
        if self.needs not in FLAGS or self.needs in SWITCHES:
            raise Refused(_("There is no flag %(name)s.") % {"name": self.needs}, field="needs", code="unknown_flag")
        rows = Flag.objects.exclude(needs="")  # type: ignore[misc]  # waffle types its own table
        needs = dict(rows.values_list("name", "needs")) | {self.name: self.needs}
        name, seen = self.name, set[str]()
        while name := needs.get(name, ""):
            if name == self.name or name in seen:
                raise Refused(_("These flags would need each other in a circle."), field="needs", code="circle")
            seen.add(name)

    @classmethod
    @transaction.atomic
    def pause(cls, *, by: User | None, reason: str, channels: frozenset[str] = SWITCHES[ORDERS_PAUSED]) -> list[str]:
        """Take no new orders by these channels, from the next request on; the switches that were pulled for it. One
        person does it. What is stopped already stays as it is."""
        if not reason.strip():
            raise Refused(_("Write why."), field="reason", code="no_reason")
        if not channels:
            raise Refused(_("Choose what stops."), field="channels", code="no_channel")
        pulled = switches_for(frozenset(channels) - stopped_by(cls.pulled_switches(lock=True)))
        for switch in pulled:
            cls.change(switch, by=by, reason=reason, **PULL)
        return pulled

    @classmethod
    def pulled_switches(cls, *, lock: bool = False) -> list[str]:
        """The kill switches that are on now. Locked, nobody else pulls or releases one until the transaction ends."""
        rows = cls.objects.filter(name__in=SWITCHES).order_by("pk")
        return [flag.name for flag in (rows.select_for_update() if lock else rows) if flag.everyone]

    @classmethod
    @transaction.atomic
    def turn_all(cls, *, on: bool, by: User, reason: str) -> list[str]:
        """Every flag but the switches off for everybody; or back to what each was before that. Lists stay."""
        changed = []
        for flag in cls.objects.exclude(name__in=SWITCHES).filter(name__in=FLAGS).order_by("name"):
            last = FlagChange.objects.filter(flag=flag.name).order_by("-pk").first()
            was_turned_off = last is not None and last.is_off_alone
            if on and not (was_turned_off and last):
                continue
            everyone = last.before["everyone"] if on and last else False
            if flag.everyone is not everyone:
                cls.change(flag.name, by=by, reason=reason, everyone=everyone)
                changed.append(flag.name)
        return changed


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
        indexes = [models.Index(fields=["flag", "-id"], name="changes_of_a_flag")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.flag} {self.at}"

    @property
    def differing(self) -> list[str]:
        return [name for name in STORED if self.before.get(name) != self.after.get(name)]

    @property
    def is_off_alone(self) -> bool:
        """It was turned off for everybody, and nothing else was changed with it."""
        return self.differing == ["everyone"] and self.after["everyone"] is False

    @property
    def what(self) -> list[str]:
        """`everyone: off → on`: each thing that differs."""
        return [f"{name}: {_said(self.before.get(name))} → {_said(self.after.get(name))}" for name in self.differing]

    @classmethod
    def newest(cls, flag: str) -> int:
        """The id of the newest change of a flag, 0 when it never was changed."""
        return cls.objects.filter(flag=flag).aggregate(pk=models.Max("pk", default=0))["pk"]

    @classmethod
    def newest_of(cls, flags: Any) -> dict[str, int]:
        """The id of the newest change of each of these flags that was ever changed."""
        found = cls.objects.filter(flag__in=list(flags)).order_by().values_list("flag")
        return dict(found.annotate(models.Max("pk")))


def switches_for(channels: frozenset[str]) -> list[str]:
    """The fewest switches that stop these channels and no other, the widest first."""
    found = []
    for switch, stops in sorted(SWITCHES.items(), key=lambda pair: -len(pair[1])):
        if stops <= channels:
            found.append(switch)
            channels -= stops
    return found


def stopped_by(switches: list[str]) -> frozenset[str]:
    """What these switches stop together."""
    return frozenset().union(*(SWITCHES[switch] for switch in switches))


def _said(value: Any) -> str:
    """A stored value as it is read in a list."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, list):
        return " ".join(str(each) for each in value)
    return {"True": "on", "False": "off"}.get(str(value), str(value))


def _plain(value: Any) -> Any:
    if isinstance(value, User):
        return value.username
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, dt.date):
        return str(value)
    return float(value) if hasattr(value, "as_integer_ratio") and not isinstance(value, (int, float)) else value
