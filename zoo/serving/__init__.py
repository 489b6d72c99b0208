"""Serving: what an operator needs around an exported model. Knows only the seam."""
