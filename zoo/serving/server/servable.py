"""A servable: one version of one model, a SavedModel on disk, loaded into TensorFlow's C++ runtime and ready to run."""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf import json_format

from zoo.serving.native import DTYPES, OUTPUT_DTYPES, NativeError, NativeModel
from zoo.serving.server import model_sources, run_size
from zoo.serving.server.run_size import Axes
from zoo.serving.wire import protos, warm_up_reader
from zoo.serving.wire.protocol import BadRequestError, Specs
from zoo.serving.wire.statuses import Code, StatusError

PREDICT_METHODS = ("tensorflow/serving/predict", "tensorflow/serving/classify", "tensorflow/serving/regress")


class Servable:
    """One loaded version. Many threads may run it at once.

    Args:
        name: name of the model.
        version: its version.
        path: folder of the SavedModel.

    Raises:
        StatusError: if the runtime cannot load it, or one of its warm-up requests fails.
    """

    def __init__(self, name: str, version: int, path: Path):
        self.name, self.version, self.path = name, version, path
        try:
            # A request has a thread already, and other requests use the other cores: spreading one request's operations over
            # threads costs more than it gains (benchmarks/serving_runtime.py).
            self._model = NativeModel(path, intra=1, inter=-1)
        except NativeError as error:
            raise StatusError(error.code, str(error)) from None
        self.signatures = self._model.signatures
        self._specs: dict[str, Specs] = {}
        self.warmed = self._warm_up()

    def specs(self, signature: str) -> Specs:
        """Dtype and shape of every input of a signature.

        Raises:
            BadRequestError: if the model has no such signature, or one with data types that this server does not support.
        """
        if signature not in self._specs:
            definition = self.signatures.get(signature)
            if definition is None or definition.method_name not in PREDICT_METHODS:
                raise BadRequestError(f'Serving signature name: "{signature}" not found in signature def')
            for tensors, known in ((definition.inputs, DTYPES), (definition.outputs, OUTPUT_DTYPES)):
                for name, info in tensors.items():
                    if info.dtype not in known:
                        kinds = protos.types_pb2.DataType
                        message = f"{name} of signature {signature} is {kinds.Name(info.dtype)}; this server takes DT_FLOAT and "
                        raise BadRequestError(f"{message}DT_INT32, and gives these and DT_STRING")
            self._specs[signature] = {
                name: (DTYPES[info.dtype], tuple(None if axis.size < 0 else axis.size for axis in info.tensor_shape.dim))
                for name, info in sorted(definition.inputs.items())
            }
        return self._specs[signature]

    def axes(self, signature: str, inputs: Mapping[str, np.ndarray]) -> Axes:
        """What decoded inputs of a signature choose: the number of tasks, and the lengths of other axes."""
        return Axes.of(inputs, self.specs(signature))

    def numbers(self, signature: str, axes: Axes) -> int:
        """How many numbers the largest tensor of a run of a signature holds at most."""
        return axes.numbers(self._model.widths[signature])

    def most_values(self, names: set[str] | None, most: int) -> int:
        """How many JSON values a request holds at most, if its run may hold `most` numbers.

        Args:
            names: the signatures that it may be for; None for all.
            most: numbers.
        """
        found = 0
        for signature in self.signatures if names is None else names:
            with contextlib.suppress(BadRequestError):
                found = max(found, run_size.most_values(self.specs(signature), self._model.widths[signature], most))
        return found

    def run(self, signature: str, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Run a signature on decoded inputs.

        Raises:
            StatusError: if the model refuses them, for instance for batch sizes that differ.
        """
        self.specs(signature)
        try:
            return self._model.run(signature, inputs)
        except NativeError as error:
            raise StatusError(error.code, str(error)) from None

    def metadata(self) -> dict[str, Any]:
        """The answer to `GET /v1/models/NAME/metadata`: the signatures as TensorFlow Serving writes them."""
        signatures = json_format.MessageToDict(
            self.signature_map(), preserving_proto_field_name=True, always_print_fields_with_no_presence=True
        )
        return {
            "model_spec": {"name": self.name, "signature_name": "", "version": str(self.version)},
            "metadata": {
                "signature_def": {"@type": "type.googleapis.com/tensorflow.serving.SignatureDefMap", **signatures},
            },
        }

    def signature_map(self) -> protos.get_model_metadata_pb2.SignatureDefMap:
        """Every signature in one message."""
        message = protos.get_model_metadata_pb2.SignatureDefMap()
        for name, definition in self.signatures.items():
            message.signature_def[name].CopyFrom(definition)
        return message

    def close(self) -> None:
        """Free the model, which no thread may be running."""
        self._model.close()

    def _warm_up(self) -> int:
        """Answer the warm-up requests inside the model; returns their number."""
        count = 0
        try:
            for request in warm_up_reader.requests(self.path):
                count += 1
                self.run(request.model_spec.signature_name or "serving_default", warm_up_reader.inputs(request))
        except Exception as error:
            self.close()
            code = error.code if isinstance(error, StatusError) else Code.INVALID_ARGUMENT
            raise StatusError(code, f"warm-up failed: {str(error) or repr(error)}") from None
        return count


def newest_version(base: Path) -> tuple[int, Path]:
    """The highest integer version under `base`, as TensorFlow Serving chooses.

    Raises:
        FileNotFoundError: if there is none.
    """
    found = model_sources.on_disk(base)
    if not found:
        raise FileNotFoundError(f"{base} holds no version: TensorFlow Serving wants {base}/<integer>/saved_model.pb.")
    newest = max(found)
    return newest, found[newest]
