"""What drivers report: read, applied once, or put before the office."""
