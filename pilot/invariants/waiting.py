"""Work that waits: messages, codes, and what phones reported."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from pilot.invariants.rule import invariant, rows

YOUNG_SECONDS = 60  # so long a message may wait for a worker, or a worker for its gateway


@invariant
def messages_leave_in_time() -> list[tuple[Any, Any]]:
    """Each message is sent, called, parked, or younger than a minute."""
    return rows(
        """
        SELECT id, state || ' since ' || coalesce(claimed_at, due_at) FROM customers_message
        WHERE (state = 'waiting' AND due_at < %(since)s)
           OR (state = 'sending' AND (claimed_at IS NULL OR claimed_at < %(since)s))
        """,
        since=timezone.now() - dt.timedelta(seconds=YOUNG_SECONDS),
    )


@invariant
def old_codes_are_unreadable() -> list[tuple[Any, Any]]:
    """A code that is too old to be used stands in no message."""
    return rows(
        "SELECT id, 'shows its code' FROM customers_message"
        " WHERE kind = 'code' AND created_at < %(since)s AND body ~ '[0-9]{6}'",
        since=timezone.now() - dt.timedelta(minutes=12),
    )


@invariant
def driver_events_are_finished() -> list[tuple[Any, Any]]:
    """What a phone reported is applied or in review within a day, and what is in review has its review."""
    return rows(
        """
        SELECT id, 'stored since ' || received_at FROM deliveries_driverevent
        WHERE state = 'stored' AND received_at < %(since)s
        UNION ALL
        SELECT e.id, 'in review without a review' FROM deliveries_driverevent e
        WHERE e.state = 'review' AND NOT EXISTS (SELECT 1 FROM deliveries_review r WHERE r.event_id = e.id)
        """,
        since=timezone.now() - dt.timedelta(hours=25),
    )


@invariant
def phones_left_no_gap() -> list[tuple[Any, Any]]:
    """A phone's events are numbered without a gap; one that is younger than a day may still be on its way."""
    return rows(
        """
        WITH told AS (
            SELECT device_id, seq, received_at, lag(seq, 1, 0) OVER (PARTITION BY device_id ORDER BY seq) AS before
            FROM deliveries_driverevent
        )
        SELECT 'device ' || device_id, 'nothing between ' || before || ' and ' || seq FROM told
        WHERE seq > before + 1 AND before > 0 AND received_at < %(since)s
        """,
        since=timezone.now() - dt.timedelta(hours=25),
    )


@invariant
def requests_are_numbered_and_end() -> list[tuple[Any, Any]]:
    """What the office asks is numbered on its route without a gap, and open only while its order is on the truck."""
    return rows("""
        SELECT 'route ' || route_id, 'numbered to ' || max(number) || ', has ' || count(*) FROM deliveries_request
        GROUP BY route_id HAVING max(number) <> count(*)
        UNION ALL
        SELECT o.number, 'the driver is still asked, it is ' || o.state FROM deliveries_request r
        JOIN orders_order o ON o.id = r.order_id WHERE r.state = 'asked' AND o.state <> 'out'
    """)
