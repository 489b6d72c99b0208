"""Export to LiteRT (once TensorFlow Lite): one file with all signatures, built-in operations only, for phones."""

import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from zoo import files
from zoo.export import as_saved_model, parity
from zoo.export.signatures import Exportable


def litert(model: Exportable, path: str | Path, force: bool = False) -> dict[str, float]:
    """Export a learner or a task model to a LiteRT file with all its signatures; dynamic axes stay dynamic.

    Args:
        model: a learner or a task model.
        path: the file to make, e.g. `wave.tflite`.
        force: whether something already at `path` may be replaced.

    Returns:
        For each signature, the largest absolute difference from the live model.

    Raises:
        ZooError: if `path` exists and `force` is false, or the export differs from the live model.
    """
    with files.written_aside(path, force) as aside:
        aside.write_bytes(convert(model))
        run = runner(aside)
        return {
            name: parity.check(endpoint, run(name), f"LiteRT, signature {name!r}") for name, endpoint in model.endpoints().items()
        }


def convert(model: Exportable) -> bytes:
    """Convert a model to the bytes of a LiteRT file."""
    with tempfile.TemporaryDirectory() as folder:
        # Through a SavedModel on disk: converted from functions, Keras' variables come out uninitialised and answer NaN.
        as_saved_model.write(model, Path(folder))
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=list(model.endpoints()))
        return converter.convert()


def runner(path: str | Path):
    """Load a LiteRT file; the result maps a signature's name to a function of named arrays."""
    interpreter = Interpreter(str(path))

    def signature(name: str) -> parity.Runner:
        function = interpreter.get_signature_runner(name)
        return lambda inputs: {key: np.copy(value) for key, value in function(**inputs).items()}

    return signature
