"""An endpoint: one pure function of a model with named, typed inputs and outputs, ready to be exported or served."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import tensorflow as tf

from zoo.utils import processes

Tensors = dict[str, tf.Tensor]


@dataclass(frozen=True)
class Endpoint:
    """One signature of a model.

    Attributes:
        function: takes the inputs as keyword arguments and returns a dict of named tensors; pure.
        inputs: name -> `tf.TensorSpec`, in order. `None` marks a dynamic axis.
        axes: name of each dynamic axis of the inputs, e.g. `{"support_x": ("tasks", "support", None)}`; ONNX keeps them.
        in_parts: outputs whose axis 1 holds the parts of a number. A rounding error may move much from one part to another, so
            two runtimes agree on the sums only.
        names: outputs that are strings, each with the output of numbers whose largest in a row it names, and the names of all
            columns in UTF-8. Where numbers tie, two runtimes may name different ones, and both are right.
        choices: outputs that are indices, int32, each with the output of numbers whose largest in a row it points at. Ties are
            as for `names`.
    """

    function: Callable[..., Tensors]
    inputs: dict[str, tf.TensorSpec]
    axes: Mapping[str, tuple[str | None, ...]]
    in_parts: tuple[str, ...] = ()
    names: Mapping[str, tuple[str, tuple[bytes, ...]]] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, **inputs: Any) -> Tensors:
        processes.check()
        return self.function(**inputs)

    def traced(self) -> tf.types.experimental.PolymorphicFunction:
        """One graph for all shapes that the endpoint allows; no XLA, which TensorFlow Serving switches off."""
        processes.check()
        specs = [tf.TensorSpec(spec.shape, spec.dtype, name=name) for name, spec in self.inputs.items()]
        names = list(self.inputs)

        @tf.function(input_signature=specs, autograph=False)
        def endpoint(*values: tf.Tensor) -> Tensors:
            return self.function(**dict(zip(names, values, strict=True)))

        return endpoint
