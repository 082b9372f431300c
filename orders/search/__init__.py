"""Orders looked for and counted."""
