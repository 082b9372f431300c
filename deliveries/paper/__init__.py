"""What is printed of a route."""
