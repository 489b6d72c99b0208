"""Dense layers and products whose gradients convert to ONNX and LiteRT, of every order and under dynamic shapes.

The inner loop of C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, is a
gradient inside a model. TensorFlow's own gradients hold operations that no converter knows (BroadcastGradientArgs in every sum
and product of two tensors, TanhGrad, ...). Here each gradient is written with the functions of this file, so it converts too.

To keep a loss out of the tape as well, pass its derivative: `tape.gradient(prediction, weights, output_gradients=...)`.
"""

import tensorflow as tf


def dense(x, kernel, bias):
    """Apply one dense layer to the last axis: `[..., in], [in, out], [out] -> [..., out]`."""
    x = tf.convert_to_tensor(x)
    if x.shape.rank == 2:
        return _affine(x, kernel, bias)
    rows = _affine(tf.reshape(x, [-1, kernel.shape[0]]), kernel, bias)
    known = x.shape.as_list()
    shape = [size if size is not None else tf.shape(x)[axis] for axis, size in enumerate(known)]
    return tf.reshape(rows, [*shape[:-1], kernel.shape[1]])


def task_dense(x, kernel, bias):
    """Apply one dense layer per task: `[B, M, in], [B, in, out], [B, out] -> [B, M, out]`, all tasks in one product."""
    return _affine(x, kernel, bias)


def scaled(x, factor: float):
    """Multiply by a constant number, which gets no gradient."""

    @tf.custom_gradient
    def multiply(x):
        return x * tf.cast(factor, x.dtype), lambda upstream: scaled(upstream, factor)

    return multiply(tf.convert_to_tensor(x))


@tf.custom_gradient
def choose(condition, x, y):
    """Take x where the condition holds and y elsewhere; both of one shape, to which the condition broadcasts."""

    def gradient(upstream):
        none = tf.zeros_like(upstream)
        return None, choose(condition, upstream, none), choose(condition, none, upstream)

    return tf.where(condition, x, y), gradient


def concatenated(*parts):
    """Put tensors side by side along the last axis, whose sizes are known: `[..., a], [..., b], ... -> [..., a + b + ...]`."""
    tensors = [tf.convert_to_tensor(part) for part in parts]
    return _concatenated(*tensors) if len(tensors) > 1 else tensors[0]


@tf.custom_gradient
def _concatenated(*parts):
    sizes = [part.shape[-1] for part in parts]

    def gradient(upstream):
        return tf.split(upstream, sizes, axis=-1)

    return tf.concat(parts, axis=-1), gradient


@tf.custom_gradient
def product(a, b):
    """Multiply two tensors of one shape, element by element."""
    return a * b, lambda upstream: (product(upstream, b), product(upstream, a))


@tf.custom_gradient
def added(a, b):
    """Add two tensors of one shape."""
    return a + b, lambda upstream: (upstream, upstream)


def matmul(a, b, transpose_a: bool = False, transpose_b: bool = False):
    """Multiply matrices `[..., i, j], [..., j, k] -> [..., i, k]` with equal leading axes; at most one is transposed first."""

    @tf.custom_gradient
    def multiply(a, b):
        def gradient(upstream):
            if transpose_a:
                return matmul(b, upstream, transpose_b=True), matmul(a, upstream)
            if transpose_b:
                return matmul(upstream, b), matmul(upstream, a, transpose_a=True)
            return matmul(upstream, b, transpose_b=True), matmul(a, upstream, transpose_a=True)

        return tf.matmul(a, b, transpose_a=transpose_a, transpose_b=transpose_b), gradient

    return multiply(a, b)


@tf.custom_gradient
def add_to_rows(x, row):
    """Add one row to every row: `[..., M, n], [..., n] -> [..., M, n]`."""
    return x + tf.expand_dims(row, -2), lambda upstream: (upstream, sum_of_rows(upstream))


@tf.custom_gradient
def sum_of_rows(x):
    """Add all rows up: `[..., M, n] -> [..., n]`."""
    return tf.reduce_sum(x, axis=-2), lambda upstream: add_to_rows(tf.zeros_like(x), upstream)


@tf.custom_gradient
def _affine(x, kernel, bias):
    # One function and not matmul and add_to_rows in turn: half as many operations in the graphs of gradients.
    def gradient(upstream):
        return (
            matmul(upstream, kernel, transpose_b=True),
            matmul(x, upstream, transpose_a=True),
            sum_of_rows(upstream),
        )

    return tf.matmul(x, kernel) + tf.expand_dims(bias, -2), gradient
