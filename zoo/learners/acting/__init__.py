"""Learning to act: policies with a memory, what they play, and how they are trained."""
