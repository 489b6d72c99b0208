"""Every distinct example embedded once: tasks of an evaluation show the same pictures again and again.

A thousand 20-way 5-shot tasks of Omniglot hold 400,000 pictures, of which at most 33,840 differ.
"""

import hashlib
from collections.abc import Callable
from typing import final

import numpy as np

CHUNK = 500  # examples embedded in one call


@final
class Embeddings:
    """Embeds examples, and remembers them by what they hold.

    Args:
        embed: float32 `[rows, ...] -> [rows, D]`; must stay the same while this is in use.
    """

    def __init__(self, embed: Callable[[np.ndarray], np.ndarray]):
        self.embed = embed
        self.place: dict[bytes, int] = {}
        self.rows: list[np.ndarray] = []

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Examples `[rows, ...]` to their embeddings, float32 `[rows, D]`."""
        flat = np.ascontiguousarray(x, np.float32)
        keys = [hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in flat]
        fresh: list[int] = []
        for at, key in enumerate(keys):
            if key not in self.place:
                self.place[key] = len(self.place)
                fresh.append(at)
        for at in range(0, len(fresh), CHUNK):
            self.rows.extend(np.asarray(self.embed(flat[fresh[at : at + CHUNK]])))
        return np.stack([self.rows[self.place[key]] for key in keys])
