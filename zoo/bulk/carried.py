"""A learner that travels: pickled it is its description and the bytes of its graphs, so that a worker needs no file."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, final

from zoo.runtime.description import Description
from zoo.runtime.onnx_learner import OnnxLearner
from zoo.runtime.sessions import Sessions

_NOWHERE = Path("carried")  # no folder: the graphs are in memory
MOST = 4  # learners that a process keeps opened
_opened: dict[str, OnnxLearner] = {}


@final
@dataclass(frozen=True)
class CarriedLearner:
    """A learner for other processes, of other machines too.

    Attributes:
        description: as JSON.
        origin: see `Learner`.
        graphs: the bytes of each graph of ONNX by the name of its file.
        digest: of all this, by which a process knows it again.
    """

    description: str
    origin: dict[str, Any]
    graphs: dict[str, bytes]
    digest: str

    @classmethod
    def of(cls, learner: OnnxLearner, *graphs: str) -> Self:
        """That of a learner in files.

        Args:
            learner: see `zoo.hub.prepared`.
            graphs: those that are needed: "adapt", "apply", "update", "embed".
        """
        files = [learner.file(graph) for graph in graphs]
        description = json.dumps(learner.description.as_json(), allow_nan=False)
        content = {file.stem: file.read_bytes() for file in files}
        digest = hashlib.sha256(description.encode())
        for name, graph in sorted(content.items()):
            digest.update(name.encode() + graph)
        return cls(description, dict(learner.origin), content, digest.hexdigest())

    def opened(self) -> OnnxLearner:
        """The learner, on one thread; opened once in a process."""
        if self.digest not in _opened:
            while len(_opened) >= MOST:
                _opened.pop(next(iter(_opened)))
            description = Description.from_json(json.loads(self.description))
            sessions = Sessions(_NOWHERE, self.graphs, threads=1)
            _opened[self.digest] = OnnxLearner(description, self.origin, _NOWHERE, sessions)
        return _opened[self.digest]
