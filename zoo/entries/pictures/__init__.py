"""Entries on pictures of any kind, in colour."""
