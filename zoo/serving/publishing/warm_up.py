"""Warm-up records: requests that TensorFlow Serving runs before a version becomes available.

A version whose records fail is never served, so they guard against broken and half-copied models; a server without them would
load such a model and fail at the first request. They are in `assets.extra/tf_serving_warmup_requests`, a TFRecord file of
`PredictionLog`.
This module imports TensorFlow only to write, so that a process without TensorFlow's Python package can read them.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from zoo.serving.wire import warm_up_reader

if TYPE_CHECKING:
    from zoo.learners.endpoint import Endpoint

SIZES: tuple[dict[str, int], ...] = (
    {"tasks": 1, "support": 10, "query": 10, "candidates": 10},
    {"tasks": 4, "support": 5, "query": 3, "candidates": 6},
)
Span = tuple[float, float]
SPAN: Span = (-1.0, 1.0)
STEPS = 2  # the value of integers other than the size of a support; small, as a rollout from random numbers may diverge
BLANK = "summary_"  # inputs whose names begin so are zeros: a summary of no examples


class Request(NamedTuple):
    """One request: the signature, and its inputs by name."""

    signature: str
    inputs: dict[str, np.ndarray]


def requests(endpoints: "Mapping[str, Endpoint]", names: Collection[str], span: Span = SPAN) -> list[Request]:
    """Two requests for each signature: one task of ten examples and ten queries, and a batch of tasks of different sizes.

    Args:
        endpoints: those of a model; learned tasks come from its `adapt`.
        names: the signatures wanted.
        span: as for `draw`.
    """
    made = []
    for seed, sizes in enumerate(SIZES):
        learned = learned_task(endpoints, sizes, seed, span)
        made += [Request(name, draw(endpoints[name], sizes, seed, learned, span)) for name in names]
    return made


def learned_task(
    endpoints: "Mapping[str, Endpoint]", sizes: Mapping[str, int], seed: int, span: Span = SPAN
) -> dict[str, np.ndarray]:
    """The task that `adapt` learns from the support of `draw`; empty for a model without `adapt`."""
    if "adapt" not in endpoints:
        return {}
    adapt = endpoints["adapt"]
    return {name: value.numpy() for name, value in adapt(**draw(adapt, sizes, seed, {}, span)).items()}


def draw(
    endpoint: "Endpoint", sizes: Mapping[str, int], seed: int, learned: Mapping[str, np.ndarray], span: Span = SPAN
) -> dict[str, np.ndarray]:
    """Inputs of an endpoint as a user sends them, each support of a batch one row shorter than the one before.

    The label of an example is the mean of its numbers: on random labels, which nothing could learn, learners diverge.

    Args:
        endpoint: names, shapes and dtypes.
        sizes: of the dynamic axes by name.
        seed: of the numbers; an input of one name has the same numbers in every endpoint.
        learned: inputs that are not drawn.
        span: lowest and highest number of an example.
    """
    inputs = {}
    for name, spec in endpoint.inputs.items():
        axes = (*endpoint.axes.get(name, ()), *[None] * spec.shape.rank)
        shape = [sizes.get(axis, 1) if axis else size for axis, size in zip(axes, spec.shape, strict=False)]
        if name in learned:
            inputs[name] = learned[name]
        elif name == "support_y" and "support_x" in inputs:
            mean = inputs["support_x"].reshape(*shape[:2], -1).mean(axis=2)
            inputs[name] = np.round(np.broadcast_to(mean.reshape(*shape[:2], *[1] * (len(shape) - 2)), shape), 2)
        elif name == "support_size":
            inputs[name] = np.maximum(1, sizes["support"] - np.arange(shape[0])).astype(np.int32)
        elif name.startswith(BLANK):
            inputs[name] = np.zeros(shape, spec.dtype.as_numpy_dtype)
        elif spec.dtype.is_integer:
            inputs[name] = np.full(shape, STEPS, np.int32)
        else:
            generator = np.random.default_rng([seed, *name.encode()])
            inputs[name] = np.round(generator.uniform(*span, shape), 2).astype(np.float32)
    return inputs


def span_of(input_range: Span | None) -> Span:
    """The middle two fifths of the range of training's numbers, where every learner works; `SPAN` where the range is unknown."""
    if input_range is None:
        return SPAN
    lowest, highest = input_range
    middle, reach = (lowest + highest) / 2, (highest - lowest) / 5
    return middle - reach, middle + reach


def write(folder: Path, model: str, made: Collection[Request]) -> None:
    """Write requests into a SavedModel.

    Args:
        folder: the SavedModel.
        model: name that the model is served under.
        made: at most `warm_up_reader.MOST` requests.
    """
    import tensorflow as tf
    from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

    if len(made) > warm_up_reader.MOST:
        raise ValueError(f"{len(made)} warm-up records: TensorFlow Serving takes {warm_up_reader.MOST} at most.")
    (folder / warm_up_reader.FILE).parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(folder / warm_up_reader.FILE)) as file:
        for signature, inputs in made:
            request = predict_pb2.PredictRequest()
            request.model_spec.name, request.model_spec.signature_name = model, signature
            for name, value in inputs.items():
                request.inputs[name].CopyFrom(tf.make_tensor_proto(value, shape=value.shape))
            log = prediction_log_pb2.PredictionLog(predict_log=prediction_log_pb2.PredictLog(request=request))
            file.write(log.SerializeToString(deterministic=True))


def read(folder: Path) -> Iterator[Request]:
    """The requests in a SavedModel, checksums checked; needs no TensorFlow.

    Raises:
        ValueError: if the file is damaged.
    """
    for request in warm_up_reader.requests(folder):
        yield Request(request.model_spec.signature_name, warm_up_reader.inputs(request))
