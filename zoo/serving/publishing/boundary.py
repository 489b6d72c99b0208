"""What TensorFlow Serving requires of a signature: tensors of rank 1 to 6, float32 or int32, the batch as first axis.

Outputs may be strings too, the names of classes.

TensorFlow Serving concatenates requests along the first axis of every input and splits the answer along that of every output;
its JSON has no half precision; its padding is written for up to six axes.
"""

from pathlib import Path

import numpy as np
from tensorflow.core.framework import types_pb2
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2

from zoo.utils.errors import ZooError

NUMBERS = (types_pb2.DT_FLOAT, types_pb2.DT_INT32)
ALLOWED = {"input": NUMBERS, "output": (*NUMBERS, types_pb2.DT_STRING)}
MOST_AXES = 6
INITIALISER = "__saved_model_init_op"  # in every SavedModel; not for clients

Signatures = dict[str, meta_graph_pb2.SignatureDef]


def signatures(path: Path) -> Signatures:
    """The signatures of a SavedModel on disk."""
    graph = saved_model_pb2.SavedModel.FromString((path / "saved_model.pb").read_bytes()).meta_graphs[0]
    return {name: definition for name, definition in sorted(graph.signature_def.items()) if name != INITIALISER}


def check_types(definitions: Signatures) -> None:
    """Check the traced dtypes and shapes.

    Raises:
        ZooError: for the first tensor that cannot be served, with a remedy.
    """
    for signature, definition in definitions.items():
        for kind, tensors in (("input", definition.inputs), ("output", definition.outputs)):
            for name, tensor in sorted(tensors.items()):
                what = f"signature {signature!r}: {kind} {name!r}"
                sizes = [dimension.size for dimension in tensor.tensor_shape.dim]
                if tensor.dtype not in ALLOWED[kind]:
                    found = types_pb2.DataType.Name(tensor.dtype).removeprefix("DT_").lower()
                    strings = ", and strings as outputs" if kind == "output" or found == "string" else ""
                    raise ZooError(f"{what} is {found}, but served are float32 and int32{strings}; cast it in the endpoint.")
                if not tensor.tensor_shape.unknown_rank and not (0 < len(sizes) <= MOST_AXES and sizes[0] == -1):
                    raise ZooError(
                        f"{what} has the shape {sizes}, but needs 1 to {MOST_AXES} axes, the first of any size (-1), along "
                        "which a server batches; give it an axis of tasks, or do not export this signature."
                    )


def check_batch(signature: str, inputs: dict[str, np.ndarray], outputs: dict[str, np.ndarray]) -> None:
    """Check that an answer can be split by tasks, and that its numbers are finite.

    Raises:
        ZooError: for the first output that is wrong.
    """
    batch = len(next(iter(inputs.values())))
    for name, value in sorted(outputs.items()):
        what = f"signature {signature!r}: output {name!r}"
        if value.ndim == 0 or len(value) != batch:
            raise ZooError(
                f"{what} has the shape {list(value.shape)} for a batch of {batch}, but the first axis must be the batch, along "
                "which a server splits answers; give it an axis of tasks, or do not export this signature."
            )
        if value.dtype.kind in "fi" and not np.all(np.isfinite(value)):
            raise ZooError(f"{what} holds NaN or infinity for ordinary numbers; train the learner, or do not export it.")
