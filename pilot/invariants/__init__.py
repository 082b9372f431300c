"""What must be true of the records at every moment; one query each, whose rows are the violations.

Run after every fault, nightly in production, and on every restored backup: `manage.py invariants`.
"""

from pilot.invariants import ledgers, orders, promises, protection, waiting
from pilot.invariants.rule import INVARIANTS, Invariant, Violation, check, timed

__all__ = [
    "INVARIANTS", "Invariant", "Violation", "check", "ledgers", "orders", "promises", "protection", "timed", "waiting",
]  # fmt: skip
