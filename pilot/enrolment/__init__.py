"""Who comes in: the ramp, what a move asks for, and many moved at once."""
