"""Customers' ways through the pilot: moves that join, cohorts that let go, and work that comes to its end."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from pilot.invariants.rule import invariant, rows

YOUNG = dt.timedelta(minutes=2)  # so long a worker of mass moves may be silent: the sweep rings every 15 s


@invariant
def moves_begin_where_the_last_one_ended() -> list[tuple[Any, Any]]:
    """The stage that a customer's move leaves is the one where the move before had led."""
    return rows("""
        SELECT c.number, 'left ' || told.from_stage || ', was in ' || told.before FROM (
            SELECT customer_id, from_stage, lag(to_stage) OVER (PARTITION BY customer_id ORDER BY id) AS before
            FROM customers_stagemove
        ) told JOIN customers_customer c ON c.id = told.customer_id WHERE told.before <> told.from_stage
    """)


@invariant
def closed_cohorts_hold_nobody() -> list[tuple[Any, Any]]:
    """Nobody is in a cohort that is closed, and no cohort has more members than it is planned for."""
    return rows("""
        SELECT k.name, count(*) || ' are still in it' FROM pilot_cohort k
        JOIN pilot_cohortmember m ON m.cohort_id = k.id AND m.left_at IS NULL WHERE k.state = 'closed' GROUP BY k.id
        UNION ALL
        SELECT k.name, count(*) || ' of ' || k.planned FROM pilot_cohort k
        JOIN pilot_cohortmember m ON m.cohort_id = k.id AND m.left_at IS NULL
        GROUP BY k.id HAVING count(*) > k.planned
    """)


@invariant
def mass_moves_come_to_their_end() -> list[tuple[Any, Any]]:
    """A mass move that is done left nobody waiting, one that waits for a second person moved nobody, and one that is
    at work goes on."""
    return rows(
        """
        SELECT m.id, 'done, and somebody still waits' FROM pilot_massmove m WHERE m.state = 'done'
          AND EXISTS (SELECT 1 FROM pilot_massmoverow r WHERE r.move_id = m.id AND r.outcome = 'waiting')
        UNION ALL
        SELECT m.id, 'nobody agreed, and somebody was moved' FROM pilot_massmove m WHERE m.state = 'asked'
          AND EXISTS (SELECT 1 FROM pilot_massmoverow r WHERE r.move_id = m.id AND r.outcome <> 'waiting')
        UNION ALL
        SELECT m.id, 'at work, and silent since ' || m.worked_at FROM pilot_massmove m
        WHERE m.state = 'working' AND m.worked_at < %(since)s
        """,
        since=timezone.now() - YOUNG,
    )
