"""Who has a flag, who may release a switch, and what is watched of both."""
