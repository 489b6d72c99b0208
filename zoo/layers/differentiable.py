"""Dense layers and products whose gradients convert to ONNX and LiteRT, of every order and under dynamic shapes.

The inner loop of C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, is a
gradient inside a model. TensorFlow's own gradients hold operations that no converter knows (BroadcastGradientArgs in every sum
and product of two tensors, TanhGrad, ...). Here each gradient is written with the functions of this file, so it converts too.

To keep a loss out of the tape as well, pass its derivative: `tape.gradient(prediction, weights, output_gradients=...)`.
"""

from collections.abc import Callable

import tensorflow as tf

# What a function under `tf.custom_gradient` returns: its value, and a function from the gradient upstream to the gradients of its
# arguments. Whoever calls the decorated function gets the value alone.
ValueAndGradient = tuple[tf.Tensor, Callable]


def dense(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
    """Apply one dense layer to the last axis: `[..., in], [in, out], [out] -> [..., out]`."""
    x = tf.convert_to_tensor(x)
    if x.shape.rank == 2:
        return _affine(x, kernel, bias)
    rows = _affine(tf.reshape(x, [-1, kernel.shape[0]]), kernel, bias)  # [rows, out]
    known = x.shape.as_list()
    shape = [size if size is not None else tf.shape(x)[axis] for axis, size in enumerate(known)]
    return tf.reshape(rows, [*shape[:-1], kernel.shape[1]])  # [..., out]


def task_dense(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
    """Apply one dense layer per task: `[B, M, in], [B, in, out], [B, out] -> [B, M, out]`, all tasks in one product."""
    return _affine(x, kernel, bias)


def scaled(x: tf.Tensor, factor: float) -> tf.Tensor:
    """Multiply x, of any shape, by a constant number, which gets no gradient."""

    @tf.custom_gradient
    def multiply(x: tf.Tensor) -> ValueAndGradient:
        return x * tf.cast(factor, x.dtype), lambda upstream: scaled(upstream, factor)

    return multiply(tf.convert_to_tensor(x))


@tf.custom_gradient
def choose(condition: tf.Tensor, x: tf.Tensor, y: tf.Tensor) -> ValueAndGradient:
    """Take x where the condition holds and y elsewhere; both of one shape, to which the condition broadcasts."""

    def gradient(upstream: tf.Tensor) -> tuple[None, tf.Tensor, tf.Tensor]:
        none = tf.zeros_like(upstream)
        return None, choose(condition, upstream, none), choose(condition, none, upstream)

    return tf.where(condition, x, y), gradient


def concatenated(*parts: tf.Tensor) -> tf.Tensor:
    """Concatenate tensors along the last axis, whose sizes must be known: `[..., a], [..., b], ... -> [..., a + b + ...]`."""
    tensors = [tf.convert_to_tensor(part) for part in parts]
    return _concatenated(*tensors) if len(tensors) > 1 else tensors[0]


@tf.custom_gradient
def _concatenated(*parts: tf.Tensor) -> ValueAndGradient:
    sizes = [part.shape[-1] for part in parts]

    def gradient(upstream: tf.Tensor) -> list[tf.Tensor]:
        return tf.split(upstream, sizes, axis=-1)

    return tf.concat(parts, axis=-1), gradient


@tf.custom_gradient
def product(a: tf.Tensor, b: tf.Tensor) -> ValueAndGradient:
    """Multiply two tensors of one shape, element by element."""
    return a * b, lambda upstream: (product(upstream, b), product(upstream, a))


@tf.custom_gradient
def added(a: tf.Tensor, b: tf.Tensor) -> ValueAndGradient:
    """Add two tensors of one shape, element by element."""
    return a + b, lambda upstream: (upstream, upstream)


def matmul(a: tf.Tensor, b: tf.Tensor, transpose_a: bool = False, transpose_b: bool = False) -> tf.Tensor:
    """Multiply matrices `[..., i, j], [..., j, k] -> [..., i, k]` with equal leading axes.

    Args:
        a, b: the two factors.
        transpose_a, transpose_b: transpose this factor first; at most one of the two may be true.
    """

    @tf.custom_gradient
    def multiply(a: tf.Tensor, b: tf.Tensor) -> ValueAndGradient:
        def gradient(upstream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            if transpose_a:
                return matmul(b, upstream, transpose_b=True), matmul(a, upstream)
            if transpose_b:
                return matmul(upstream, b), matmul(upstream, a, transpose_a=True)
            return matmul(upstream, b, transpose_b=True), matmul(a, upstream, transpose_a=True)

        return tf.matmul(a, b, transpose_a=transpose_a, transpose_b=transpose_b), gradient

    return multiply(a, b)


@tf.custom_gradient
def add_to_rows(x: tf.Tensor, row: tf.Tensor) -> ValueAndGradient:
    """Add one row to every row: `[..., M, n], [..., n] -> [..., M, n]`."""
    return x + tf.expand_dims(row, -2), lambda upstream: (upstream, sum_of_rows(upstream))


@tf.custom_gradient
def sum_of_rows(x: tf.Tensor) -> ValueAndGradient:
    """Sum over the rows: `[..., M, n] -> [..., n]`."""
    return tf.reduce_sum(x, axis=-2), lambda upstream: add_to_rows(tf.zeros_like(x), upstream)


@tf.custom_gradient
def _affine(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) -> ValueAndGradient:
    # One function, not matmul and then add_to_rows: the graphs of gradients have half as many operations.
    def gradient(upstream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        return (
            matmul(upstream, kernel, transpose_b=True),
            matmul(x, upstream, transpose_a=True),
            sum_of_rows(upstream),
        )

    return tf.matmul(x, kernel) + tf.expand_dims(bias, -2), gradient
