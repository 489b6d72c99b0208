"""A servable: one version of one model, a SavedModel on disk, loaded and ready to run."""

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from tensorflow.core.protobuf import saved_model_pb2

from zoo.serving.protocol import BadRequestError, Specs


class Servable:
    """One loaded version.

    Args:
        name: name of the model.
        version: its version.
        path: folder of the SavedModel.
    """

    def __init__(self, name: str, version: int, path: Path):
        self.name, self.version, self.path = name, version, path
        self.signatures = tf.saved_model.load(str(path)).signatures

    def specs(self, signature: str) -> Specs:
        """Dtype and shape of every input of a signature.

        Raises:
            BadRequestError: if the model has no such signature.
        """
        if signature not in self.signatures:
            raise BadRequestError(f'Serving signature name: "{signature}" not found in signature def')
        _, inputs = self.signatures[signature].structured_input_signature
        return {name: (np.dtype(spec.dtype.as_numpy_dtype), tuple(spec.shape)) for name, spec in sorted(inputs.items())}

    def run(self, signature: str, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Run a signature on decoded inputs.

        Raises:
            BadRequestError: if the model refuses them, for instance for batch sizes that differ.
        """
        try:
            outputs = self.signatures[signature](**{name: tf.constant(value) for name, value in inputs.items()})
        except tf.errors.InvalidArgumentError as error:
            raise BadRequestError(error.message) from None
        return {name: value.numpy() for name, value in outputs.items()}

    def metadata(self) -> dict[str, Any]:
        """The answer to `GET /v1/models/NAME/metadata`: the signatures as TensorFlow Serving writes them."""
        graph = saved_model_pb2.SavedModel.FromString((self.path / "saved_model.pb").read_bytes()).meta_graphs[0]
        signatures = {
            name: json_format.MessageToDict(value, preserving_proto_field_name=True)
            for name, value in graph.signature_def.items()
        }
        return {
            "model_spec": {"name": self.name, "signature_name": "", "version": str(self.version)},
            "metadata": {
                "signature_def": {
                    "@type": "type.googleapis.com/tensorflow.serving.SignatureDefMap",
                    "signature_def": signatures,
                }
            },
        }


def newest_version(base: Path) -> tuple[int, Path]:
    """The highest integer version under `base`, as TensorFlow Serving chooses.

    Raises:
        FileNotFoundError: if there is none.
    """
    versions = {int(child.name): child for child in base.iterdir() if child.name.isdecimal()}
    if not versions:
        raise FileNotFoundError(f"{base} holds no version: TensorFlow Serving wants {base}/<integer>/saved_model.pb.")
    newest = max(versions)
    return newest, versions[newest]
