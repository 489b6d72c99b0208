"""Training an entry from its recipe, and evaluating any learner."""
