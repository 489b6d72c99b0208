"""What a signature must keep to be served: tensors of rank 1 to 6, float32 or int32, with the axis of the batch first.

What comes out may be strings too, the names of classes; what goes in may not.

TensorFlow Serving joins requests along the first axis of every input and takes the answer apart along that of every output; its
JSON knows no half precision; its padding knows six axes.
"""

from pathlib import Path

import numpy as np
from tensorflow.core.framework import types_pb2
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2

from zoo.utils.errors import ZooError

NUMBERS = (types_pb2.DT_FLOAT, types_pb2.DT_INT32)
ALLOWED = {"input": NUMBERS, "output": (*NUMBERS, types_pb2.DT_STRING)}
MOST_AXES = 6
INITIALISER = "__saved_model_init_op"  # in every SavedModel, and no signature to call

Signatures = dict[str, meta_graph_pb2.SignatureDef]


def signatures(path: Path) -> Signatures:
    """The signatures of a SavedModel on disk."""
    graph = saved_model_pb2.SavedModel.FromString((path / "saved_model.pb").read_bytes()).meta_graphs[0]
    return {name: definition for name, definition in sorted(graph.signature_def.items()) if name != INITIALISER}


def check_types(definitions: Signatures) -> None:
    """Check dtypes and shapes as they were traced.

    Raises:
        ZooError: naming the first tensor that cannot be served, and what to do.
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
                        f"{what} has the shape {sizes}, but needs 1 to {MOST_AXES} axes, the first of any size (-1), so that a "
                        "server can join requests by it; give it an axis of tasks, or leave this signature out."
                    )


def check_batch(signature: str, inputs: dict[str, np.ndarray], outputs: dict[str, np.ndarray]) -> None:
    """Check that an answer can be taken apart by tasks, and that its numbers are finite.

    Raises:
        ZooError: naming the first output that is not.
    """
    batch = len(next(iter(inputs.values())))
    for name, value in sorted(outputs.items()):
        what = f"signature {signature!r}: output {name!r}"
        if value.ndim == 0 or len(value) != batch:
            raise ZooError(
                f"{what} has the shape {list(value.shape)} for a batch of {batch}, but the first axis must be the batch, so that "
                "a server can take answers apart; give it an axis of tasks, or leave this signature out."
            )
        if value.dtype.kind in "fi" and not np.all(np.isfinite(value)):
            raise ZooError(f"{what} holds NaN or infinity for ordinary numbers; train the learner, or leave this signature out.")
