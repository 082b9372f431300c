"""What must be true of the records at every moment; one query each, whose rows are the violations.

Run after every fault, nightly in production, and on every restored backup: `manage.py invariants`.
"""

from pilot.invariants import (
    certificates,
    closing,
    decisions,
    ledgers,
    orders,
    prices,
    promises,
    protection,
    records,
    stages,
    standing,
    suspensions,
    waiting,
)
from pilot.invariants.rule import INVARIANTS, Invariant, Violation, check, timed

__all__ = [
    "INVARIANTS", "Invariant", "Violation", "certificates", "check", "closing", "decisions", "ledgers", "orders",
    "prices", "promises", "protection", "records", "stages", "standing", "suspensions", "timed", "waiting",
]  # fmt: skip
