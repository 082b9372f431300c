"""Leaks page the people on call until one of them answers."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from customers.models import Incident


def page_due(at: dt.datetime | None = None) -> int:
    """Page for every leak whose time has come; answers how many. Two workers at once page once."""
    at = at or timezone.now()
    return sum(incident.page(at=at) for incident in Incident.objects.filter(next_page_at__lte=at))
