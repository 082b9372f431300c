"""What waits to be done by somebody or something, and what each of it may reach: the system as it is measured now."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from luckygas import health

MESSAGE_SECONDS = 60  # a message may wait so long before it is late
PHONE_MINUTES = 15  # so long may a phone hold something back

# Each from its own small or partial index.
WAITING = """
    SELECT (SELECT count(*) FROM customers_message WHERE state IN ('waiting', 'sending')) AS unsent,
           (SELECT min(due_at) FROM customers_message WHERE state IN ('waiting', 'sending')) AS unsent_since,
           (SELECT count(*) FROM customers_message WHERE state = 'parked') AS parked,
           (SELECT count(*) FROM customers_message WHERE state = 'call') AS calls,
           EXISTS (SELECT 1 FROM customers_message) AS has_messages,
           (SELECT sum(unsent) FROM deliveries_device) AS phones,
           (SELECT min(oldest_unsent_at) FROM deliveries_device WHERE unsent > 0) AS phones_since,
           (SELECT count(*) FROM deliveries_device) AS devices,
           (SELECT count(*) FROM orders_order WHERE state = 'held') AS held,
           (SELECT count(*) FROM orders_order o WHERE o.state IN ('placed', 'held', 'confirmed')
               AND o.promised_on <= %(day)s AND NOT EXISTS (SELECT 1 FROM deliveries_stop s WHERE s.order_id = o.id
               AND s.kind = 'deliver' AND s.state IN ('pending', 'arrived'))) AS unplanned"""


class Gauge(NamedTuple):
    """Something the system itself is measured by; state pass, fail, stale, or none when nothing was measured."""

    word: str
    now: str
    limit: str
    state: str
    verdict: str
    url: str = ""


def waiting(day: dt.date) -> dict[str, Any]:
    """How much waits, and since when, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"day": day})
        names = [column.name for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))


def gauges(waits: dict[str, Any], at: dt.datetime) -> list[Gauge]:
    """Workers, messages and phones; what never was there was not measured and is never good."""
    return [_workers(), *_messages(waits, at), _phones(waits, at)]


def _judged(state: str) -> tuple[str, str]:
    words = {"pass": _("good"), "fail": _("not good"), "stale": _("soon"), "none": _("not enough data")}
    if state == "todo":  # somebody has work, and nothing is wrong
        return "stale", pgettext("verdict", "to do")
    return state, words[state]


def _workers() -> Gauge:
    silent = health.silent_seconds()
    state = "none" if silent is None else "fail" if silent > health.SILENT_SECONDS else "pass"
    said = "–" if silent is None else _ago(silent)
    return Gauge(_("A worker was heard"), said, _ago(health.SILENT_SECONDS), *_judged(state))


def _ago(seconds: float) -> str:
    if seconds < 120:
        return _("%s s ago") % int(seconds)
    return _("%s min ago") % int(seconds // 60)


def _messages(waits: dict[str, Any], at: dt.datetime) -> list[Gauge]:
    since = waits["unsent_since"]
    is_late = bool(since and (at - since).total_seconds() > MESSAGE_SECONDS)
    url = reverse("customers:calls")
    rows = [
        (_("Messages not sent"), "unsent", _("1 min"), "fail" if is_late else "pass", ""),
        (_("Messages parked"), "parked", "0", "fail" if waits["parked"] else "pass", url),
        (_("To be called"), "calls", "–", "todo" if waits["calls"] else "pass", url),
    ]
    if not waits["has_messages"]:
        return [Gauge(word, "–", limit, *_judged("none"), url) for word, _key, limit, _state, url in rows]
    return [Gauge(word, f"{waits[key]:,}", limit, *_judged(state), url) for word, key, limit, state, url in rows]


def _phones(waits: dict[str, Any], at: dt.datetime) -> Gauge:
    count, since = waits["phones"] or 0, waits["phones_since"]
    minutes = int((at - since).total_seconds() // 60) if since else 0
    state = "pass" if not count else "fail" if minutes >= PHONE_MINUTES else "stale"
    said = _("%(count)s, %(minutes)s min") % {"count": count, "minutes": minutes} if count else "0"
    limit = _("%s min") % PHONE_MINUTES
    if not waits["devices"]:
        return Gauge(_("Not sent by phones"), "–", limit, *_judged("none"))
    return Gauge(_("Not sent by phones"), said, limit, *_judged(state))
