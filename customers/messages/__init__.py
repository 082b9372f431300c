"""What we tell customers, and how it leaves the house."""
