"""The phone desk: who rings, what they usually take, and what is read back to them."""
