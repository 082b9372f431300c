"""What it costs and what is asked for it: price lists, meters, monthly statements."""
