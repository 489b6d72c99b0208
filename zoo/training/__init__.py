"""Training an entry from its recipe."""
