"""Who has a flag, in the words of the people who set it, and how many customers that is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, F, Func, OuterRef, Q, Value
from django.db.models.lookups import LessThan
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer, Site
from luckygas.clock import business_day
from luckygas.flags import DEFAULTS, FLAGS, SWITCHES
from luckygas.models import ROLES
from luckygas.templatetags.luckygas_format import roc_date
from pilot.models import Flag

NOBODY = Q(pk__in=[])
ALL = Q(pk__isnull=False)


@dataclass(frozen=True)
class Audience:
    """One flag as a row: a plate (its state and word), what else to say, how many customers have it, and the flag
    itself when it was stored."""

    name: str
    meaning: str
    state: str
    word: str
    more: str
    customers: int | None
    flag: Flag | None

    @property
    def is_switch(self) -> bool:
        return self.name in SWITCHES

    @classmethod
    def of(cls, name: str, flag: Flag | None, *, at: dt.datetime, customers: int | None = None) -> Audience:
        state, word = _plate(name, flag, at)
        more = _(", ").join(_more(flag)) if flag else ""
        return cls(name, _(FLAGS[name]), state, word, more, customers, flag)


def audiences() -> list[Audience]:
    """Every flag there is, stored or not, in two queries."""
    stored = stored_flags()
    now = timezone.now()
    counts = counted(stored, at=now)
    return [Audience.of(name, stored.get(name), at=now, customers=counts.get(name)) for name in FLAGS]


def stored_flags() -> dict[str, Flag]:
    return {flag.name: flag for flag in Flag.objects.filter(name__in=FLAGS).select_related("owner")}


# --- how many ---------------------------------------------------------------------------------------------------------
class Bucket(Func):
    """`luckygas.flags.bucket` in the database: the first eight bytes of a SHA-256, 0 … 9999."""

    output_field = BigIntegerField()
    hashed = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
    half = "('x' || substr(" + hashed + ", {start}, 8))::bit(32)::bigint"
    template = f"mod(mod({half.format(start=1)}, 10000) * {2**32 % 10_000} + {half.format(start=9)}, 10000)"

    def as_sql(self, compiler: Any, connection: Any, **more: Any) -> Any:  # type: ignore[override]
        sql, params = super().as_sql(compiler, connection, **more)
        return sql, (*params, *params)  # the text stands in it twice


def counted(stored: dict[str, Flag], *, at: dt.datetime) -> dict[str, int]:
    """How many customers we serve have each flag, but for the switches, in one query."""
    names = [name for name in FLAGS if name not in SWITCHES]
    served = Customer.objects.filter(deactivated_at=None, merged_into=None).order_by()
    return served.aggregate(**{name: Count("pk", filter=_having(name, stored, at)) for name in names})


def _having(name: str, stored: dict[str, Flag], at: dt.datetime, above: tuple[str, ...] = ()) -> Q:
    """The customers that have it: what `Flag.decides` says of one, said of all."""
    flag = stored.get(name)
    if flag is None:
        return ALL if DEFAULTS.get(name) else NOBODY
    if name in above or (flag.starts_at and at < flag.starts_at) or (flag.ends_at and at >= flag.ends_at):
        return NOBODY
    having = _given(flag) & ~Q(number__in=flag.deny_customers)
    return having & _having(flag.needs, stored, at, (*above, name)) if flag.needs else having


def _given(flag: Flag) -> Q:
    if flag.everyone is not None:
        return ALL if flag.everyone else NOBODY
    given = Q(number__in=flag.allow_customers)
    if flag.allow_areas:
        given |= Q(Exists(Site.objects.filter(customer=OuterRef("pk"), area__code__in=flag.allow_areas)))
    if flag.percent is not None:
        text = Func(Value(f"{flag.name}:"), F("number"), function="concat")
        given |= Q(LessThan(Bucket(text), int(flag.percent * 100)))
    return given


# --- in words ---------------------------------------------------------------------------------------------------------
def _plate(name: str, flag: Flag | None, at: dt.datetime) -> tuple[str, str]:
    if name in SWITCHES:
        return ("failed", _("pulled")) if flag and flag.everyone else ("", _("not pulled"))
    if flag is None:
        return ("out", _("on")) if DEFAULTS[name] else ("", _("off"))
    if flag.due_on and flag.is_stale:
        days = (business_day(at) - flag.due_on).days
        return "stale", ngettext("over for %(days)s day", "over for %(days)s days", days) % {"days": days}
    if flag.ends_at and at >= flag.ends_at:
        return "", _("ended")
    if flag.starts_at and at < flag.starts_at:
        return "planned", _("starts later")
    if flag.everyone is not None:
        return ("out", _("everybody")) if flag.everyone else ("", _("off"))
    if flag.percent:
        return "out", f"{float(flag.percent):g}%"
    if flag.allow_customers or flag.allow_areas or flag.allow_roles:
        return "out", _("on a list")
    return "", _("off")


def _more(flag: Flag) -> list[str]:
    said = []
    if flag.is_stale and flag.everyone is not None:
        said.append(_("everybody") if flag.everyone else _("off"))
    if flag.starts_at:
        said.append(_("from %(day)s") % {"day": roc_date(flag.starts_at)})
    if flag.ends_at:
        said.append(_("until %(day)s") % {"day": roc_date(flag.ends_at)})
    if flag.everyone is None:
        if flag.percent:
            said.append(_("by customer number"))
        if flag.allow_areas:
            said.append(_("areas %(areas)s") % {"areas": " ".join(flag.allow_areas)})
        if flag.allow_roles:
            said.append(" ".join(str(ROLES[role]) for role in flag.allow_roles))
        if count := len(flag.allow_customers):
            said.append(ngettext("%(count)s customer", "%(count)s customers", count) % {"count": count})
    if count := len(flag.deny_customers):
        said.append(ngettext("without %(count)s customer", "without %(count)s customers", count) % {"count": count})
    if flag.needs:
        said.append(_("only with %(flag)s") % {"flag": flag.needs})
    return said
