"""A ball that flies in a room: positions, and video."""
