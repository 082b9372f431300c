"""Closing a day: what is still open of it, what became of what was not delivered, and its report."""
