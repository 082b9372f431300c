"""Who has a flag, in the words of the people who set it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from luckygas.flags import DEFAULTS, FLAGS
from luckygas.templatetags.luckygas_format import roc_date
from pilot.models import Flag


@dataclass(frozen=True)
class Audience:
    """One flag as a row: a plate (its state and word), what else to say, and the flag itself when it was stored."""

    name: str
    meaning: str
    state: str
    word: str
    more: str
    flag: Flag | None

    @classmethod
    def of(cls, name: str, flag: Flag | None, *, at: dt.datetime) -> Audience:
        state, word = _plate(name, flag, at)
        return cls(name, _(FLAGS[name]), state, word, "、".join(_more(flag)) if flag else "", flag)


def audiences() -> list[Audience]:
    """Every flag there is, stored or not, in one query."""
    stored = {flag.name: flag for flag in Flag.objects.filter(name__in=FLAGS).select_related("owner")}
    now = timezone.now()
    return [Audience.of(name, stored.get(name), at=now) for name in FLAGS]


def _plate(name: str, flag: Flag | None, at: dt.datetime) -> tuple[str, str]:
    if flag is None:
        return ("out", _("on")) if DEFAULTS[name] else ("", _("off"))
    if flag.ends_at and at >= flag.ends_at:
        days = (at - flag.ends_at).days
        return "stale", ngettext("over for %(days)s day", "over for %(days)s days", days) % {"days": days}
    if flag.starts_at and at < flag.starts_at:
        return "planned", _("starts later")
    if flag.everyone is not None:
        return ("out", _("everybody")) if flag.everyone else ("", _("off"))
    if flag.percent:
        return "out", f"{float(flag.percent):g}%"
    if flag.allow_customers or flag.allow_areas:
        return "out", _("on a list")
    return "", _("off")


def _more(flag: Flag) -> list[str]:
    said = []
    if flag.starts_at:
        said.append(_("from %(day)s") % {"day": roc_date(flag.starts_at)})
    if flag.ends_at:
        said.append(_("until %(day)s") % {"day": roc_date(flag.ends_at)})
    if flag.everyone is None:
        if flag.percent:
            said.append(_("by customer number"))
        if flag.allow_areas:
            said.append(_("areas %(areas)s") % {"areas": " ".join(flag.allow_areas)})
        if count := len(flag.allow_customers):
            said.append(ngettext("%(count)s customer", "%(count)s customers", count) % {"count": count})
    if count := len(flag.deny_customers):
        said.append(ngettext("without %(count)s customer", "without %(count)s customers", count) % {"count": count})
    return said
