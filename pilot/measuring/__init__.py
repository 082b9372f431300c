"""What is counted of the pilot, the limits it must hold, and the old system beside it."""
