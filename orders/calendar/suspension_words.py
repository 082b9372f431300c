"""What customers are told about a suspension, in the language that is on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Suspension
from luckygas.templatetags.luckygas_format import short_date
from orders.models import SuspensionRow
from orders.models.order_event import promise_text

NAMED = 3  # orders that one message names
Outcome = SuspensionRow.Outcome


def span_text(suspension: Suspension) -> str:
    """`11/25（三）14:00–20:00`, or from one day to another."""
    starts, ends = timezone.localtime(suspension.starts_at), timezone.localtime(suspension.ends_at)
    if starts.date() == ends.date():
        return f"{short_date(starts.date())} {starts:%H:%M}–{ends:%H:%M}"
    return f"{short_date(starts.date())} {starts:%H:%M} – {short_date(ends.date())} {ends:%H:%M}"


def suspended_words(suspension: Suspension, rows: Sequence[SuspensionRow]) -> dict[str, Any]:
    return _words(suspension, rows, _instead)


def resumed_words(suspension: Suspension, rows: Sequence[SuspensionRow]) -> dict[str, Any]:
    return _words(suspension, rows, _after_all)


def _words(
    suspension: Suspension, rows: Sequence[SuspensionRow], say: Callable[[SuspensionRow], str]
) -> dict[str, Any]:
    said = [sentence for sentence in map(say, rows) if sentence]
    if len(said) > NAMED:
        said = [*said[:NAMED], _("And %(count)d more.") % {"count": len(said) - NAMED}]
    phone = settings.COMPANY["phone"]
    return {"span": span_text(suspension), "reason": suspension.reason, "orders": " ".join(said), "phone": phone}


def _instead(row: SuspensionRow) -> str:
    if row.order:
        if row.outcome == Outcome.MOVED:
            facts = {"number": row.order.number, "promise": promise_text(row.order)}
            return _("Order %(number)s comes %(promise)s instead.") % facts
        return _("We call you about order %(number)s.") % {"number": row.order.number}
    was = {"was": short_date(row.was_on)}
    if row.outcome == Outcome.MOVED and row.day:
        return _("Your standing delivery of %(was)s comes on %(day)s instead.") % (was | {"day": short_date(row.day)})
    if row.outcome == Outcome.SKIPPED:
        return _("Your standing delivery of %(was)s is left out.") % was
    return _("We call you about your standing delivery of %(was)s.") % was


def _after_all(row: SuspensionRow) -> str:
    if row.order:
        facts = {"number": row.order.number, "promise": promise_text(row.order)}
        if row.outcome == Outcome.BACK:
            return _("Order %(number)s comes as agreed before, %(promise)s.") % facts
        if not row.order.is_open:
            return ""
        if row.order.needs_day:
            return _("We call you about order %(number)s.") % facts
        return _("Order %(number)s stays at %(promise)s.") % facts
    if row.outcome == Outcome.BACK:
        return _("Your standing delivery of %(was)s comes as usual.") % {"was": short_date(row.was_on)}
    return ""
