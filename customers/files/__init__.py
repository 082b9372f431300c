"""Customers in files: what the export writes and the import reads."""
