"""What every page of the office must show: open leaks and complaints."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from customers.models import Incident
from luckygas.models import OFFICE

SHOWN = 20


def alarms(request: HttpRequest) -> dict[str, Any]:
    """The context processor; its one query runs only when a template asks for `alarms`."""
    return {"alarms": lambda: open_incidents(request)}


def open_incidents(request: HttpRequest) -> list[Incident]:
    """The oldest open incidents, leaks first; nothing for who is not of the office."""
    if not getattr(request.user, "roles", frozenset()) & OFFICE:
        return []
    return list(
        Incident.objects.filter(closed_at=None)
        .select_related("customer", "owner")
        .order_by("-kind", "opened_at")[:SHOWN]
    )
