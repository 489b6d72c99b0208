"""Export to SavedModel: what TensorFlow Serving, TensorFlow's C++ loader and OpenVINO read."""

from collections.abc import Callable, Mapping
from pathlib import Path

import tensorflow as tf

from zoo.export import canonical, columns, labels, parity
from zoo.export.signatures import Exportable, exportable, module
from zoo.learners.endpoint import Endpoint
from zoo.learners.fitted import Fitted
from zoo.utils import files

CONTENT = (
    "saved_model.pb",
    "fingerprint.pb",
    "assets",
    "variables",
    "variables/variables.index",
    "variables/variables.data-*",
    labels.EXTRA,
    *(f"{labels.EXTRA}/{name}" for name in (*labels.FILES, columns.FILE)),
)


def saved_model(model: Exportable | Fitted, path: str | Path, force: bool = False) -> dict[str, float]:
    """Export a learner or a task model to a SavedModel with all its signatures.

    Each weight is stored once, and two exports of one model have the same bytes except the fingerprint's random uuid.

    Args:
        model: a learner, a task model, or a fitted estimator, which is exported as its task.
        path: folder to make. TensorFlow Serving expects `<name>/<version>`, the version an integer.
        force: whether something already at `path` may be replaced.

    Returns:
        For each signature, the largest absolute difference from the live model.

    Raises:
        ZooError: if `path` exists and `force` is false, or the export differs from the live model.
    """
    model = exportable(model)
    endpoints = model.served_endpoints()
    with files.written_aside(path, force, files.other_than(*CONTENT)) as aside:
        write(model, aside, endpoints)
        labels.into_saved_model(model, aside)
        run = runner(aside)
        return {
            name: parity.check(endpoint, run(name), f"SavedModel, signature {name!r}") for name, endpoint in endpoints.items()
        }


def write(model: Exportable, path: Path, endpoints: Mapping[str, Endpoint] | None = None) -> None:
    """Write a SavedModel with these endpoints of a model, by default those of every format, without checking it."""
    holder, signatures = module(model, model.endpoints() if endpoints is None else endpoints)
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)  # signatures are not differentiated
    tf.saved_model.save(holder, str(path), signatures=signatures, options=options)
    graph = path / "saved_model.pb"
    graph.write_bytes(canonical.saved_model(graph.read_bytes()))


def runner(path: str | Path) -> Callable[[str], parity.Runner]:
    """Load a SavedModel; the result maps a signature's name to a function of named arrays."""
    loaded = tf.saved_model.load(str(path))

    def signature(name: str) -> parity.Runner:
        function = loaded.signatures[name]
        return lambda inputs: {
            key: value.numpy() for key, value in function(**{key: tf.constant(value) for key, value in inputs.items()}).items()
        }

    return signature
