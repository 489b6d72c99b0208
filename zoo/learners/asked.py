"""What asking for a label answers: how much each candidate's would tell, and the best candidate."""

from dataclasses import dataclass
from typing import Any, final

import numpy as np


@final
@dataclass(frozen=True)
class Asked:
    """The answer to `ask`.

    Attributes:
        scores: float32 `[C]`, how much the label of each candidate would tell; 0 for an example already known.
        index: the candidate with the highest score, the first one where several tie.
        best: that candidate, as it was given.
    """

    scores: np.ndarray
    index: int
    best: Any

    @classmethod
    def of(cls, scores: np.ndarray, candidates: Any) -> "Asked":
        """Of scores, and the candidates as they were given."""
        index = int(np.argmax(scores))
        return cls(scores, index, np.asarray(candidates)[index])
