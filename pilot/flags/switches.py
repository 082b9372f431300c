"""What two people must agree on about a kill switch: taking orders again, and its terms. One alone pulls it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from luckygas.db import digest
from luckygas.errors import Refused
from luckygas.flags import CHANNELS, SWITCHES
from luckygas.models import User
from luckygas.templatetags.luckygas_format import roc_date
from pilot.models import Approval, Flag, FlagChange, approves
from pilot.models.flag import PULL, stopped_by, switches_for

RELEASE, EDIT = "release", "kill_edit"


def said(channels: Any) -> str:
    """`Web, API`: channels in the order of the page, in the reader's language."""
    return _(", ").join(_(word) for channel, word in CHANNELS.items() if channel in channels)


# --- taking orders again ----------------------------------------------------------------------------------------------
def ask_release(channels: frozenset[str], *, by: User, reason: str) -> Approval:
    """Ask that orders come by these channels again. Asked twice, the first stays."""
    stopped = stopped_by(Flag.pulled_switches())
    if not stopped:
        raise Refused(_("Orders are being taken. There is nothing to release."), code="not_paused")
    if not channels or not channels <= stopped:
        raise Refused(_("Choose what is stopped now."), field="channels", code="not_paused")
    subject = " ".join(channel for channel in CHANNELS if channel in channels)
    return Approval.ask(RELEASE, subject=subject, by=by, reason=reason)


def _release(approval: Approval, by: User) -> None:
    """Open these channels and no other: what a wide switch stopped besides gets its own before that one is let go."""
    pulled, opened = Flag.pulled_switches(lock=True), frozenset(approval.subject.split())
    approval.check_current()
    let_go = [switch for switch in pulled if SWITCHES[switch] & opened]
    kept = [switch for switch in pulled if switch not in let_go]
    for switch in switches_for(stopped_by(let_go) - opened - stopped_by(kept)):
        Flag.change(switch, by=by, reason=approval.reason, **PULL)
    for switch in let_go:
        Flag.change(switch, by=by, reason=approval.reason, agreed=True, everyone=False)


def _switches_now(subject: str, body: dict[str, Any]) -> str:
    """Changes with every change of a switch that stops any of these channels."""
    channels = frozenset(subject.split())
    return digest(FlagChange.newest_of(name for name, stops in SWITCHES.items() if stops & channels))


approves(
    RELEASE,
    digest=_switches_now,
    apply=_release,
    sentence=lambda approval: _("Take orders again: %(channels)s") % {"channels": said(approval.subject.split())},
)


# --- a switch's terms -------------------------------------------------------------------------------------------------
def ask_edit(switch: str, *, owner: User, due_on: dt.date, by: User, reason: str) -> Approval:
    """Ask that another person answers for a switch, or until another day."""
    body = {"owner": owner.username, "due_on": due_on.isoformat()}
    return Approval.ask(EDIT, subject=switch, body=body, by=by, reason=reason)


def _edit(approval: Approval, by: User) -> None:
    Flag.pulled_switches(lock=True)
    approval.check_current()
    terms: dict[str, Any] = {
        "owner": User.objects.get(username=approval.body["owner"]),
        "due_on": dt.date.fromisoformat(approval.body["due_on"]),
    }
    Flag.change(approval.subject, by=by, reason=approval.reason, agreed=True, **terms)


def _say_edit(approval: Approval) -> str:
    day = roc_date(dt.date.fromisoformat(approval.body["due_on"]))
    name = approval.body["owner"]
    return _("%(switch)s: %(owner)s answers for it, until %(day)s") % {
        "switch": approval.subject,
        "owner": User.objects.filter(username=name).first() or name,
        "day": day,
    }


approves(EDIT, digest=lambda subject, body: str(FlagChange.newest(subject)), apply=_edit, sentence=_say_edit)
