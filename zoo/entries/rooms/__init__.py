"""Entries on a ball that flies in a room."""
