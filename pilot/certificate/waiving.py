"""A waiver is asked for by one person and agreed to by another; it dies when the evidence it was about changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from luckygas import live
from luckygas.db import digest
from luckygas.errors import Refused
from luckygas.models import User
from pilot.certificate.criteria import BY_KEY
from pilot.certificate.suites import SUITES
from pilot.models import Approval, Evidence, Waiver, approves
from pilot.models.waiver import LONGEST_DAYS

KIND = "waiver"


def ask_waiver(key: str, *, until: dt.date, by: User, reason: str) -> Approval:
    """Ask that a requirement is let go up to and with this day, at most thirty days."""
    today = timezone.localdate()
    if key not in BY_KEY:
        raise Refused(_("There is no such requirement."), code="unknown_criterion")
    if not today <= until <= today + dt.timedelta(days=LONGEST_DAYS):
        sentence = _("Choose a day from today on, at most %(days)s days ahead.") % {"days": LONGEST_DAYS}
        raise Refused(sentence, field="until", code="until")
    return Approval.ask(KIND, subject=key, body={"until": until.isoformat()}, by=by, reason=reason)


def label_of(key: str) -> str:
    """Faults: a bad network."""
    criterion = BY_KEY.get(key)
    if criterion is None:
        return key  # it is wanted no longer
    if criterion.is_asked:
        return _(criterion.label)
    return _("%(suite)s: %(part)s") % {"suite": _(SUITES[criterion.group].label), "part": _(criterion.label)}


def _seen(key: str, body: dict[str, Any]) -> str:
    """What both people must have seen alike: the requirement, the last run of its suite, and the open waiver."""
    last = Evidence.objects.filter(suite=key.split("/")[0]).ended().order_by("-pk").values_list("pk", flat=True)
    waived = Waiver.objects.filter(criterion=key, ended_at=None).values_list("pk", flat=True)
    return digest({"criterion": repr(BY_KEY.get(key)), "body": body, "last": last.first(), "waived": waived.first()})


def _apply(approval: Approval, by: User) -> None:
    open_ones = list(Waiver.objects.select_for_update().filter(criterion=approval.subject, ended_at=None))
    approval.check_current()
    for old in open_ones:
        old.replace(by=by)
    Waiver.objects.create(
        criterion=approval.subject,
        reason=approval.reason,
        until=dt.date.fromisoformat(approval.body["until"]),
        asked_by=approval.asked_by,
        agreed_by=by,
    )
    live.changed("certificate", "waiver")


def _sentence(approval: Approval) -> str:
    said = {"what": label_of(approval.subject), "day": approval.body["until"]}
    return _("Waive “%(what)s” until %(day)s") % said


approves(KIND, digest=_seen, apply=_apply, sentence=_sentence)
