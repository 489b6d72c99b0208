"""Logits to probabilities, in NumPy: clients of a server run without TensorFlow."""

import numpy as np


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities of logits `[..., ways]`."""
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return odds / odds.sum(axis=-1, keepdims=True)
