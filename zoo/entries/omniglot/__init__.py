"""Entries on characters that people drew: Omniglot."""
