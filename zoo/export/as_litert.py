"""Export to LiteRT (formerly TensorFlow Lite): one file with all signatures, built-in operations only, for phones."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from zoo.export import as_saved_model, columns, labels, parity, quantization
from zoo.export.signatures import Exportable, exportable
from zoo.learners.fitted import Fitted
from zoo.utils import files

KINDS = (quantization.PLAIN, "float16", "int8")


def litert(
    model: Exportable | Fitted, path: str | Path, force: bool = False, quantize: str = quantization.PLAIN
) -> dict[str, float]:
    """Export a learner or a task model to a LiteRT file with all its signatures; dynamic axes stay dynamic.

    Args:
        model: a learner, a task model, or a fitted estimator, which is exported as its task.
        path: the file to make, e.g. `wave.tflite`.
        force: whether something already at `path` may be replaced.
        quantize: the type that stores large weights: "float32"; "float16", half the size; or "int8", a quarter, with activations
            quantised at run time ("dynamic range"). Small tensors are always float32.

    Returns:
        For each signature, the largest absolute difference from the live model.

    Raises:
        ZooError: if `path` exists and `force` is false, `quantize` is unknown, or the export differs from the live model by
            more than `parity.TOLERANCE` or `quantization.TOLERANCES`.
    """
    model = exportable(model)
    quantization.kind(quantize, KINDS, "LiteRT")
    with columns.written_beside(model, path, force), files.written_aside(path, force, _others) as aside:
        aside.write_bytes(convert(model, quantize))
        labels.into_litert(model, aside)
        run = runner(aside)
        return {name: quantization.check(model, name, run(name), "LiteRT", quantize, KINDS) for name in model.endpoints()}


def _others(path: Path) -> Path | None:
    """What an export must not replace: all but a file of LiteRT."""
    if not path.is_file():
        return files.other_than_a_file(path)
    with open(path, "rb") as file:
        return None if file.read(8)[4:] == b"TFL3" else path


def convert(model: Exportable, quantize: str = quantization.PLAIN) -> bytes:
    """Convert a model to the bytes of a LiteRT file."""
    with tempfile.TemporaryDirectory() as folder:
        # Through a SavedModel on disk: converted from functions, Keras' variables are uninitialised and give NaN.
        as_saved_model.write(model, Path(folder))
        return convert_saved_model(folder, list(model.endpoints()), quantize)


def convert_saved_model(folder: str | Path, signatures: list[str], quantize: str = quantization.PLAIN) -> bytes:
    """Convert some signatures of a SavedModel to the bytes of a LiteRT file."""
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder), signature_keys=signatures)
    if quantize != quantization.PLAIN:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if quantize == "float16":
        converter.target_spec.supported_types = [tf.float16]
    return converter.convert()


def runner(path: str | Path) -> Callable[[str], parity.Runner]:
    """Load a LiteRT file; the result maps a signature's name to a function of named arrays."""
    interpreter = Interpreter(str(path))

    def signature(name: str) -> parity.Runner:
        function = interpreter.get_signature_runner(name)
        return lambda inputs: {key: np.copy(value) for key, value in function(**inputs).items()}

    return signature
