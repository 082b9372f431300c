"""The pilot's pages: where it stands, its flags, and the switch that stops new orders."""
