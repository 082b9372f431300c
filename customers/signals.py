"""What customers announce to the apps above them."""

from django.dispatch import Signal

leak_reported = Signal()
"""Gas leaks somewhere, inside the transaction that wrote it down. Arguments: incident, by."""

leak_checked = Signal()
"""Somebody looked for a leak at a place, inside the transaction. Arguments: check, by."""
