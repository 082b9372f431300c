"""Words of driver events that a page gives to its scripts."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise

from deliveries.models import DriverEvent

register = template.Library()


@register.simple_tag
def report_kinds() -> list[tuple[str, str | Promise]]:
    """Each kind of report with its word."""
    return DriverEvent.Kind.choices
