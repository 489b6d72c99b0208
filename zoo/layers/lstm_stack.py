"""A stack of LSTMs that takes one step at a time, every row on its own: the state goes in and comes out.

S. Hochreiter, J. Schmidhuber, "Long short-term memory", 1997, with forget gates whose bias starts at 1.
"""

from typing import Any

import keras
import tensorflow as tf

from zoo.layers.lstm_cell import lstm_step
from zoo.layers.shapes import KerasShape, known_sizes


@keras.saving.register_keras_serializable("zoo")
class LSTMStack(keras.layers.Layer):
    """One step of every layer: `x [B, P, F], state [B, P, S] -> (output [B, P, units], next state [B, P, S])`.

    All weights are shared by the P rows, each of which has a state of its own: the output and the cell of every layer in turn,
    S = 2 layers units numbers. Zeros are the state before any step.

    Args:
        units: of each layer, at least 1.
        layers: how many, at least 1.
        spread: weights start uniform between plus and minus this number; Glorot-uniform by default.

    Raises:
        ValueError: for no units or layers; when it is built, if F is unknown.
    """

    def __init__(self, units: int = 20, layers: int = 2, spread: float | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        if min(units, layers) < 1:
            raise ValueError(f"LSTMStack(units={units!r}, layers={layers!r}): both must be 1 or more.")
        self.units, self.layers, self.spread = units, layers, spread

    @property
    def state_size(self) -> int:
        """S, numbers in the state of a row."""
        return 2 * self.layers * self.units

    def build(self, x_shape: KerasShape, state_shape: KerasShape | None = None) -> None:
        (width,) = known_sizes(self, x_shape, 1)
        initial = "glorot_uniform" if self.spread is None else keras.initializers.RandomUniform(-self.spread, self.spread)
        self.kernels, self.biases = [], []
        for layer in range(self.layers):
            shape = (width + self.units, 4 * self.units)  # of what comes in and of the layer's last output, for the four gates
            self.kernels.append(self.add_weight(shape, initial, name=f"kernel_{layer}"))
            bias = "zeros" if self.spread is None else initial
            self.biases.append(self.add_weight(shape[1:], bias, name=f"bias_{layer}"))
            width = self.units
        self.built = True

    def call(self, x: tf.Tensor, state: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        known, rows = tf.shape(x), tf.reshape(x, [-1, x.shape[-1]])  # [B P, F]: two axes make plain products
        parts = tf.split(tf.reshape(state, [-1, self.state_size]), 2 * self.layers, axis=-1)
        kept = []
        for layer, (kernel, bias) in enumerate(zip(self.kernels, self.biases, strict=True)):
            seen = tf.concat([rows, parts[2 * layer]], axis=-1)
            gates = tf.matmul(seen, tf.cast(kernel, rows.dtype)) + tf.cast(bias, rows.dtype)  # [B P, 4 units]
            enter, forget, leave, new = tf.split(gates, 4, axis=-1)
            rows, cell = lstm_step(enter, forget + 1.0, new, leave, parts[2 * layer + 1])
            kept += [rows, cell]
        output = tf.reshape(rows, [known[0], known[1], self.units])
        return output, tf.reshape(tf.concat(kept, axis=-1), [known[0], known[1], self.state_size])

    def compute_output_shape(self, x_shape: KerasShape, state_shape: KerasShape) -> tuple[KerasShape, KerasShape]:
        return (*x_shape[:-1], self.units), tuple(state_shape)
