"""What comes again: on which days, what becomes of each, and who makes it."""
