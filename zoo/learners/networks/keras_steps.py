"""Layers of Keras as steps of a task network: the same function, with weights of each task, and gradients that convert.

Keras' layers hold one set of weights, and their gradients are TensorFlow's own, which no converter knows. Each step here is
written with the functions of `zoo.layers` instead. What has no such step is refused by the name of its layer.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import activations, scaled, task_convolution, task_dense, task_mean_pooling, task_normalization, task_pooling
from zoo.layers.differentiable import sum_of_rows
from zoo.learners.endpoint import Tensors
from zoo.utils.errors import ZooError, cut

Sizes = tuple[int, ...]
Function = Callable[[tf.Tensor], tf.Tensor]
Lead = tuple[tf.Tensor | int, tf.Tensor | int]  # B and M
Run = Callable[[tf.Tensor, Tensors, Lead], tf.Tensor]


@final
@dataclass(frozen=True, eq=False)
class Step:
    """One layer of Keras, for many tasks at once.

    Attributes:
        run: `[B, M, *in]`, weights `dict of [B, ...]`, and B and M to `[B, M, *out]`. A kernel is a matrix, of a convolution
            `[B, h w C, F]`; a normalisation has `mean` and `variance` beside its own weights. It is told B and M, since tf2onnx
            takes a reshape for one of what came before an earlier reshape, where it reads its sizes from the earlier one.
        weights: the layer's own variables by what they are: kernel, bias, scale, offset.
        normalises: whether the step subtracts moments of the support.
    """

    run: Run
    weights: Mapping[str, keras.Variable] = field(default_factory=dict)
    normalises: bool = False


def step_of(layer: keras.Layer, sizes: Sizes) -> Step:
    """The step of a built layer whose input is `[*, *sizes]`.

    Raises:
        ZooError: for a layer, or one of its options, that no step is written for.
    """
    check_kind(layer.name, type(layer).__name__, type(layer) in _STEPS)
    return _STEPS[type(layer)](layer, sizes)


def check_kind(name: str, kind: str, known: bool | None = None) -> None:
    """Check that layers of a class of Keras, given by its name, have a step.

    Raises:
        ZooError: if they have none; it says why of those that one might expect.
    """
    if known if known is not None else kind in _NAMES:
        return
    why = f", {_WHY[kind]}" if kind in _WHY else ""
    names = f"{', '.join(_NAMES[:-1])} and {_NAMES[-1]}"
    raise ZooError(f"layer {cut(repr(name))} is of class {cut(kind)}{why}; leave it out, or write the model with {names} only.")


def _refused(layer: keras.Layer, what: str, instead: str) -> ZooError:
    return ZooError(f"layer {cut(repr(layer.name))} ({type(layer).__name__}) has {what}; {instead}.")


def _dense(layer: keras.layers.Dense, sizes: Sizes) -> Step:
    _check_plain(layer)
    activation = _activation(layer)

    def run(x: tf.Tensor, own: Tensors, lead: Lead) -> tf.Tensor:
        rows = task_dense(_rows(x, sizes, lead), own["kernel"], _bias(own))
        return activation(_placed(rows, lead, (*sizes[:-1], layer.units)))

    return Step(run, _kernel_and_bias(layer))


def _convolution(layer: keras.layers.Conv2D, sizes: Sizes) -> Step:
    _check_plain(layer)
    _check_channels_last(layer)
    if layer.groups != 1 or tuple(layer.dilation_rate) != (1, 1):
        raise _refused(layer, f"groups={layer.groups}, dilation_rate={tuple(layer.dilation_rate)}", "leave both at 1")
    activation, sides, stride = _activation(layer), tuple(layer.kernel_size), tuple(layer.strides)

    def run(x: tf.Tensor, own: Tensors, lead: Lead) -> tf.Tensor:
        return activation(task_convolution(x, own["kernel"], _bias(own), stride, sides, layer.padding))

    return Step(run, _kernel_and_bias(layer))


def _normalization(layer: keras.layers.BatchNormalization, sizes: Sizes) -> Step:
    if not layer.trainable:
        raise _refused(
            layer,
            "trainable=False, by which Keras takes its moving averages",
            "make it trainable: here every task has the moments of its own support",
        )
    axis = layer.axis if isinstance(layer.axis, int) else tuple(layer.axis)[-1]
    if axis not in (-1, len(sizes)):
        raise _refused(layer, f"axis={layer.axis}", "normalise the last axis")

    def run(x: tf.Tensor, own: Tensors, lead: Lead) -> tf.Tensor:
        moments = own["mean"], own["variance"]
        offset = own.get("offset", tf.zeros_like(moments[0]))
        rows = task_normalization(_rows(x, sizes, lead), moments, offset, own.get("scale"), layer.epsilon)
        return _placed(rows, lead, sizes)

    kept = {"offset": layer.beta if layer.center else None, "scale": layer.gamma if layer.scale else None}
    return Step(run, {name: variable for name, variable in kept.items() if variable is not None}, normalises=True)


def _pooling(layer: Any, sizes: Sizes) -> Step:
    """MaxPooling2D and AveragePooling2D."""
    _check_channels_last(layer)
    whole = layer.padding == "valid" or not any(size % 2 for size in sizes[:2])  # padded by nothing
    if tuple(layer.pool_size) != (2, 2) or tuple(layer.strides) != (2, 2) or not whole:
        given = f"pool_size={tuple(layer.pool_size)}, strides={tuple(layer.strides)}, padding={layer.padding!r}"
        raise _refused(layer, given, "pool 2 x 2 by strides of 2 with padding 'valid'")
    pool = task_pooling if isinstance(layer, keras.layers.MaxPooling2D) else task_mean_pooling
    return Step(lambda x, own, lead: pool(x))


def _mean(layer: keras.layers.GlobalAveragePooling2D, sizes: Sizes) -> Step:
    _check_channels_last(layer)
    places, channels = math.prod(sizes[:-1]), sizes[-1]
    out = (1, 1, channels) if layer.keepdims else (channels,)

    def run(x: tf.Tensor, own: Tensors, lead: Lead) -> tf.Tensor:
        return _placed(scaled(sum_of_rows(tf.reshape(x, [-1, places, channels])), 1.0 / places), lead, out)

    return Step(run)


def _flat(layer: keras.layers.Flatten, sizes: Sizes) -> Step:
    if layer.data_format == "channels_first" and len(sizes) > 1:
        raise _refused(layer, "data_format='channels_first'", "put the channels last")
    return Step(lambda x, own, lead: _placed(x, lead, (math.prod(sizes),)))


def _leaky(layer: keras.layers.LeakyReLU, sizes: Sizes) -> Step:
    return _function(_sloped(layer, float(layer.negative_slope)))


def _rectified(layer: keras.layers.ReLU, sizes: Sizes) -> Step:
    if layer.max_value is not None or layer.threshold:
        raise _refused(layer, f"max_value={layer.max_value}, threshold={layer.threshold}", "leave both out")
    slope = float(layer.negative_slope)
    return _function(_sloped(layer, slope) if slope else activations.relu)


def _activated(layer: keras.layers.Activation, sizes: Sizes) -> Step:
    return _function(_activation(layer))


def _function(function: Function) -> Step:
    return Step(lambda x, own, lead: function(x))


def _sloped(layer: keras.Layer, slope: float) -> Function:
    if slope > 1.0:
        raise _refused(layer, f"negative_slope={slope:g}", "take at most 1")
    return lambda x: activations.leaky_relu(x, slope)


def _activation(layer: Any) -> Function:
    """The activation of a layer, with gradients that convert."""
    if layer.activation in _ACTIVATIONS:
        return _ACTIVATIONS[layer.activation]
    name = getattr(layer.activation, "__name__", type(layer.activation).__name__)
    known = ", ".join(function.__name__ for function in _ACTIVATIONS)
    if name in ("softmax", "log_softmax"):
        raise _refused(
            layer, f"the activation {name}", "leave it out, since answers are logits, of which a loss takes the softmax"
        )
    raise _refused(layer, f"the activation {cut(name)}", f"those with gradients that can be exported are {known}")


def _check_plain(layer: Any) -> None:
    """Check that a layer is nothing but its product and its bias."""
    if getattr(layer, "lora_enabled", False) or getattr(layer, "quantization_mode", None):
        raise _refused(layer, "low-rank or quantized weights", "give a model of plain weights")
    if layer.activity_regularizer is not None:
        raise _refused(layer, "an activity_regularizer", "leave it out, or regularise its kernel")


def _check_channels_last(layer: Any) -> None:
    if layer.data_format != "channels_last":
        raise _refused(layer, f"data_format={layer.data_format!r}", "put the channels last")


def _kernel_and_bias(layer: Any) -> dict[str, keras.Variable]:
    return {"kernel": layer.kernel, **({"bias": layer.bias} if layer.use_bias else {})}


def _bias(own: Tensors) -> tf.Tensor:
    """`[B, F]`; zeros where a layer has none."""
    return own["bias"] if "bias" in own else tf.zeros_like(own["kernel"][:, 0])


def _rows(x: tf.Tensor, sizes: Sizes, lead: Lead) -> tf.Tensor:
    """`[B, M, *places, F] -> [B, M places, F]`."""
    return x if len(sizes) == 1 else tf.reshape(x, [lead[0], -1, sizes[-1]])


def _placed(rows: tf.Tensor, lead: Lead, sizes: Sizes) -> tf.Tensor:
    """Rows as `[B, M, *sizes]`."""
    return rows if len(sizes) == 1 and rows.shape.rank == 3 else tf.reshape(rows, [*lead, *sizes])


_STEPS: dict[type, Callable[[Any, Sizes], Step]] = {
    keras.layers.Dense: _dense,
    keras.layers.Conv2D: _convolution,
    keras.layers.BatchNormalization: _normalization,
    keras.layers.MaxPooling2D: _pooling,
    keras.layers.AveragePooling2D: _pooling,
    keras.layers.GlobalAveragePooling2D: _mean,
    keras.layers.Flatten: _flat,
    keras.layers.Activation: _activated,
    keras.layers.ReLU: _rectified,
    keras.layers.LeakyReLU: _leaky,
}
_NAMES = tuple(kind.__name__ for kind in _STEPS)
_WHY = {
    kind: "which is random in training, while what is learned from a support is a function of it alone"
    for kind in ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "AlphaDropout", "GaussianDropout", "GaussianNoise")
} | {kind: "a model within a model" for kind in ("Sequential", "Functional", "Model")}
_ACTIVATIONS: dict[Any, Function] = {
    keras.activations.linear: lambda x: x,
    keras.activations.relu: activations.relu,
    keras.activations.leaky_relu: lambda x: activations.leaky_relu(x, 0.2),  # the default of Keras' function, not of its layer
    keras.activations.tanh: activations.tanh,
    keras.activations.sigmoid: activations.sigmoid,
    keras.activations.silu: activations.silu,
    keras.activations.softplus: activations.softplus,
}
