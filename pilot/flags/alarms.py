"""What is watched of flags and switches."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from luckygas.flags import DEFAULTS, FLAGS, SWITCHES, WEB_ORDERING, WEB_PAUSED
from luckygas.said import Said
from pilot.models import Flag, FlagChange, watch

TOO_LONG = dt.timedelta(hours=24)
GUARDS = {WEB_PAUSED: WEB_ORDERING}  # a switch, and the flag without which it stops nothing


def pulls(switches: list[str]) -> dict[str, FlagChange]:
    """The change that pulled each of these switches last."""
    found = FlagChange.objects.filter(flag__in=switches, after__everyone=True).exclude(before__everyone=True)
    return {change.flag: change for change in found.select_related("by").order_by("flag", "-pk").distinct("flag")}


@watch("switch_left_pulled")
def left_pulled() -> dict[str, Said]:
    """A switch that stops orders for more than a day was forgotten."""
    now, wrong = timezone.now(), {}
    for switch, pull in pulls(Flag.pulled_switches()).items():
        if now - pull.at > TOO_LONG:
            hours = int((now - pull.at).total_seconds() // 3600)
            words = {"switch": switch, "hours": hours, "reason": pull.reason}
            wrong[switch] = Said(_("%(switch)s has been pulled for %(hours)s hours: %(reason)s"), words)
    return wrong


@watch("flag_stale")
def stale() -> dict[str, Said]:
    """Flags past the day until which they should have been decided for good."""
    return {
        flag.name: Said(
            _("%(flag)s should have been decided by %(due_on)s; %(owner)s answers for it"),
            {"flag": flag.name, "due_on": flag.due_on.isoformat(), "owner": str(flag.owner or "–")},
        )
        for flag in Flag.objects.filter(name__in=FLAGS).select_related("owner")
        if flag.is_stale
    }


@watch("switch_odd")
def odd() -> dict[str, Said]:
    """Positions in which a switch or a flag does not do what its own row says."""
    rows = {flag.name: flag for flag in Flag.objects.filter(name__in=FLAGS)}
    pulled = {name for name in SWITCHES if name in rows and rows[name].everyone}
    wrong = {}
    for switch in pulled:
        wider = [other for other in pulled if SWITCHES[switch] < SWITCHES[other]]
        if wider:
            words = _("%(switch)s is pulled and so is %(other)s, which stops the same: releasing one is not enough")
            wrong[switch] = Said(words, {"switch": switch, "other": wider[0]})
        elif switch in GUARDS and _is_off(rows.get(GUARDS[switch]), GUARDS[switch]):
            words = _("%(switch)s is pulled, but %(flag)s is off anyway")
            wrong[switch] = Said(words, {"switch": switch, "flag": GUARDS[switch]})
    for name, flag in rows.items():
        if flag.needs and not _is_off(flag, name) and _is_off(rows.get(flag.needs), flag.needs):
            words = _("%(flag)s is on, but %(needed)s, which it needs, is off")
            wrong[name] = Said(words, {"flag": name, "needed": flag.needs})
    return wrong


def _is_off(flag: Flag | None, name: str) -> bool:
    """Nobody at all has it."""
    if flag is None:
        return not DEFAULTS[name]
    given = flag.percent or flag.allow_customers or flag.allow_areas or flag.allow_roles
    return flag.everyone is False or (flag.everyone is None and not given)
