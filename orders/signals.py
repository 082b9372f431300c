"""What orders announce to the apps above them."""

from django.dispatch import Signal

order_moved = Signal()
"""An order moved, inside its transaction. Arguments: order, from_state, to_state, by, reason."""
