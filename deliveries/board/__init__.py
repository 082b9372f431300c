"""The dispatcher's board: what waits and why, one lane a route, and the map."""
