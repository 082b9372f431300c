"""Words of driver events that a page gives to its scripts."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.functional import Promise

from deliveries.models import DriverEvent

register = template.Library()


@register.simple_tag
def report_kinds() -> Sequence[tuple[str, str | Promise]]:
    """Each kind of report with its word."""
    return DriverEvent.Kind.choices
