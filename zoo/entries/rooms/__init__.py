"""Entries on a ball that flies in a room, as positions and on video."""
