"""Files of ONNX as functions, each opened when it is first called."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, final

import numpy as np

Arrays = dict[str, np.ndarray]


@final
class Sessions:
    """The graphs of a folder, `NAME.onnx` each.

    Args:
        folder: that holds them.
        graphs: the bytes of each by its name, where no folder holds them.
        threads: of each graph; as many as there are cores by default.
    """

    def __init__(self, folder: Path, graphs: Mapping[str, bytes] | None = None, threads: int = 0):
        self.folder = folder
        self._graphs, self._threads = graphs, threads
        self._opened: dict[str, Any] = {}

    def run(self, name: str, inputs: Arrays) -> Arrays:
        """What the graph `name` makes of named arrays, by name; inputs that it does not read are left out."""
        if name not in self._opened:
            model = self.folder / f"{name}.onnx" if self._graphs is None else self._graphs[name]
            self._opened[name] = opened(model, self._threads)
        session = self._opened[name]
        reads = {value.name for value in session.get_inputs()}
        names = [value.name for value in session.get_outputs()]
        return dict(zip(names, session.run(None, {key: inputs[key] for key in inputs if key in reads}), strict=True))


def opened(model: Path | bytes, threads: int = 0) -> Any:
    """A file, or the bytes of one, in ONNX Runtime, without its notes; by so many threads, 0 for one a core."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = options.inter_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # a command ends soon: waiting threads only heat
    what = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(what, options, providers=["CPUExecutionProvider"])
