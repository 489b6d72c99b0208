"""Pooling over a set of examples: exact under permutation, blind to padding.

Wu et al., "Meta-learning autoencoders for few-shot prediction" (2018), section 3: P_j = max_i H_ij.
"""

import keras
from keras import ops


def real_rows(support_size, rows):
    """Tell the real rows of a padded set from its padding.

    Args:
        support_size: int32 `[B]`, how many leading rows of each task are real.
        rows: N, the padded number of rows.

    Returns:
        bool `[B, N, 1]`, true where the row is real.
    """
    index = ops.expand_dims(ops.arange(rows, dtype="int32"), 0)  # [1, N]
    real = ops.less(index, ops.expand_dims(ops.cast(support_size, "int32"), 1))  # [B, N]
    return ops.expand_dims(real, 2)


def clear_padding(x, support_size):
    """Set the rows of `x [B, N, d]` beyond `support_size [B]` to zero, whatever they hold, NaN and infinity included."""
    return ops.where(real_rows(support_size, ops.shape(x)[1]), x, ops.zeros_like(x))


def order_free_sum(x, count):
    """Sum `x [B, N, d]` over axis 1 to the same bits in whatever order the rows stand.

    Adding and subtracting a number M far larger than any value rounds every value to a multiple of M's last place; such
    multiples add without any rounding. What was rounded off is added the same way. The gradient is that of a plain sum.
    (J. Demmel, H. D. Nguyen, "Fast reproducible floating-point summation", 2013.)

    Args:
        x: the rows; those that do not count are zero.
        count: float `[B, 1]`, how many rows may differ from zero.

    Returns:
        `[B, d]`.
    """
    total = 0.0
    for _ in range(2):
        bound = 8.0 * ops.expand_dims(count, 1) * ops.max(ops.abs(x), axis=1, keepdims=True)  # [B, 1, d]
        bound = ops.stop_gradient(bound)
        rounded = (x + bound) - bound
        total = total + ops.sum(rounded, axis=1)
        x = x - rounded
    return total


@keras.saving.register_keras_serializable("zoo")
class SetPooling(keras.layers.Layer):
    """Pool the real rows of a set: `[B, N, d], support_size int32 [B] -> [B, d]`.

    The result does not depend on the order of the rows, to the last bit: a maximum has no order, and the mean is an
    `order_free_sum` divided. A task without any real row pools to zeros.

    Args:
        mode: "max" (the paper's) or "mean".

    Raises:
        ValueError: for another mode.
    """

    def __init__(self, mode="max", **kwargs):
        super().__init__(**kwargs)
        if mode not in ("max", "mean"):
            raise ValueError(f"SetPooling(mode={mode!r}): unknown mode; choose 'max' or 'mean'.")
        self.mode = mode

    def build(self, input_shape):
        self.built = True

    def call(self, rows, support_size):
        real = real_rows(support_size, ops.shape(rows)[1])  # [B, N, 1]
        if self.mode == "max":
            pooled = ops.max(ops.where(real, rows, ops.full_like(rows, float("-inf"))), axis=1)
            some = ops.expand_dims(ops.greater(support_size, 0), 1)
            return ops.where(some, pooled, ops.zeros_like(pooled))
        count = ops.expand_dims(ops.cast(ops.maximum(support_size, 1), "float32"), 1)  # [B, 1]
        values = ops.cast(ops.where(real, rows, ops.zeros_like(rows)), "float32")
        return ops.cast(order_free_sum(values, count) / count, rows.dtype)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[2])
