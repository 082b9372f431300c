"""The last line of a journey: the records are sound."""

from pilot.invariants import check

NO_WORKERS = frozenset({"messages_leave_in_time"})  # in most tests no worker runs, and messages wait


def assert_sound(*, without: frozenset[str] = NO_WORKERS) -> None:
    """Every invariant holds; what breaks one is named."""
    broken = check(without=without)
    assert not broken, "\n".join(map(str, broken))
