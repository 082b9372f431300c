"""Certificates: what they rest on is there, and nobody let go of anything alone."""

from __future__ import annotations

from typing import Any

from pilot.invariants.rule import invariant, rows


@invariant
def certificates_rest_on_their_evidence() -> list[tuple[Any, Any]]:
    """Each certificate's evidence is stored, and its digest is that of its revision and its evidence."""
    return rows("""
        SELECT c.number, 'E-' || used.id || ' is gone' FROM pilot_certificate c, unnest(c.evidence) AS used (id)
        WHERE NOT EXISTS (SELECT 1 FROM pilot_evidence e WHERE e.id = used.id)
        UNION ALL
        SELECT c.number, 'its digest is another one' FROM pilot_certificate c
        WHERE c.digest <> encode(sha256(convert_to(c.revision || chr(10) || coalesce((
            SELECT string_agg('E-' || lpad(id::text, greatest(4, length(id::text)), '0') || chr(10), '' ORDER BY place)
            FROM unnest(c.evidence) WITH ORDINALITY AS used (id, place)), ''), 'UTF8')), 'hex')
    """)


@invariant
def a_go_has_nothing_red() -> list[tuple[Any, Any]]:
    """A certificate says GO exactly when each requirement it names is passed or waived."""
    return rows("""
        SELECT number, verdict || ' with ' || red || ' red' FROM (
            SELECT c.number, c.verdict, count(*) FILTER (WHERE r->>'state' NOT IN ('PASS', 'WAIVED')) AS red
            FROM pilot_certificate c, jsonb_array_elements(c.facts->'requirements') r GROUP BY c.id
        ) judged WHERE (verdict = 'GO') <> (red = 0)
    """)


@invariant
def waivers_were_agreed_to_by_two() -> list[tuple[Any, Any]]:
    """Each waiver is what one person asked for and another agreed to."""
    return rows("""
        SELECT w.criterion, 'nobody agreed to it' FROM pilot_waiver w WHERE NOT EXISTS (
            SELECT 1 FROM pilot_approval a WHERE a.kind = 'waiver' AND a.subject = w.criterion
            AND a.outcome = 'confirmed' AND a.asked_by_id = w.asked_by_id AND a.decided_by_id = w.agreed_by_id
            AND a.body->>'until' = w.until::text)
    """)
