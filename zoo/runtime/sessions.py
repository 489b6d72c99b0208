"""Files of ONNX as functions, each opened when it is first called."""

from pathlib import Path
from typing import Any, final

import numpy as np

Arrays = dict[str, np.ndarray]


@final
class Sessions:
    """The graphs of a folder, `NAME.onnx` each.

    Args:
        folder: that holds them.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._opened: dict[str, Any] = {}

    def run(self, name: str, inputs: Arrays) -> Arrays:
        """What the graph `name` makes of named arrays, by name; inputs that it does not read are left out."""
        if name not in self._opened:
            self._opened[name] = opened(self.folder / f"{name}.onnx")
        session = self._opened[name]
        reads = {value.name for value in session.get_inputs()}
        names = [value.name for value in session.get_outputs()]
        return dict(zip(names, session.run(None, {key: inputs[key] for key in inputs if key in reads}), strict=True))


def opened(model: Path | bytes) -> Any:
    """A file, or the bytes of one, in ONNX Runtime, without its notes."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # a command ends soon: waiting threads only heat
    what = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(what, options, providers=["CPUExecutionProvider"])
