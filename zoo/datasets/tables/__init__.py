"""Tables: a user's own as columns of numbers, and synthetic ones to learn from."""
