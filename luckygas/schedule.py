"""Every periodic task, one list. Beat rings; what a ring means is decided by rows, so a lost one costs one period."""

from typing import Any

MINUTE, HOUR = 60, 3600


def _every(seconds: int, task: str) -> dict[str, Any]:
    """Ring each so many seconds; a ring that nobody took in its period is worthless and expires."""
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds}}


SCHEDULE: dict[str, dict[str, Any]] = {
    "ring for messages left alone": _every(5, "customers.tasks.sweep_messages"),
    "apply driver events left alone": _every(10, "deliveries.tasks.apply_stored_events"),
    "look for reports that never came": _every(HOUR, "deliveries.tasks.look_for_gaps"),
    "forget where trucks were": _every(6 * HOUR, "deliveries.tasks.forget_places_and_parts"),
    "forget codes that are too old": _every(MINUTE, "customers.tasks.forget_codes"),
    "say that messages are parked": _every(5 * MINUTE, "customers.tasks.report_parked"),
    "open the windows of the next two weeks": _every(HOUR, "orders.tasks.open_slots"),
    "make the orders of standing orders": _every(10 * MINUTE, "orders.tasks.make_standing_orders"),
    "tell of new prices": _every(MINUTE, "orders.tasks.announce_prices"),
    "page the next one on call": _every(10, "customers.tasks.page_on_call"),
    "go on with imports whose worker died": _every(15, "customers.tasks.go_on_with_imports"),
    "go on with suspensions": _every(15, "orders.tasks.go_on_with_suspensions"),
    "look for alarms": _every(20, "pilot.tasks.look_for_alarms"),
    "look at the guardrails": _every(10, "pilot.tasks.look_at_guardrails"),
    "go on with mass moves": _every(15, "pilot.tasks.go_on_with_mass_moves"),
    "forget minutes of long ago": _every(6 * HOUR, "pilot.tasks.forget_minutes"),
    "forget sessions that are over": _every(6 * HOUR, "luckygas.tasks.forget_sessions"),
}
