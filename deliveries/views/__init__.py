"""One module a subject: the board, a route, reviews, the day, the driver's phone, tracking."""
