"""Every distinct example embedded once: tasks of an evaluation show the same pictures again and again.

A thousand 20-way 5-shot tasks of Omniglot hold 400,000 pictures, of which at most 33,840 differ.
"""

import hashlib

import numpy as np

from zoo.learners.embedding_classifier import Classifier

CHUNK = 500  # examples embedded in one call


class Embeddings:
    """Embeds examples of a classifier outside training, and remembers them by what they hold.

    Args:
        learner: its weights must not change while this is in use.
    """

    def __init__(self, learner: Classifier):
        self.learner = learner
        self.place: dict[bytes, int] = {}
        self.rows: list[np.ndarray] = []

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Examples `[B, N, ...]` to their embeddings, float32 `[B, N, D]`; what is embedded already is given back as it is."""
        if x.ndim == 3 and x.shape[2:] != self.learner.example_shape:
            return x
        flat = np.ascontiguousarray(x, np.float32).reshape(-1, *self.learner.example_shape)
        keys = [hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in flat]
        fresh: list[int] = []
        for at, key in enumerate(keys):
            if key not in self.place:
                self.place[key] = len(self.place)
                fresh.append(at)
        for at in range(0, len(fresh), CHUNK):
            self.rows.extend(self.learner.compiled_embed(flat[fresh[at : at + CHUNK]]).numpy())
        found = np.stack([self.rows[self.place[key]] for key in keys])
        return found.reshape(*x.shape[:2], -1)
