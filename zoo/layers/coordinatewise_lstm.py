"""The LSTM optimizer: a small recurrent network that reads one gradient coordinate and proposes the change of that coordinate.

M. Andrychowicz, M. Denil, S. Gomez, M. W. Hoffman, D. Pfau, T. Schaul, B. Shillingford, N. de Freitas, "Learning to learn by
gradient descent by gradient descent", 2016, section 2.1 and appendix A.
"""

from typing import Any

import keras
import tensorflow as tf

from zoo.layers.gradient_preprocessing import log_and_sign
from zoo.layers.lstm_stack import LSTMStack
from zoo.layers.shapes import KerasShape


@keras.saving.register_keras_serializable("zoo")
class CoordinatewiseLSTM(keras.layers.Layer):
    """One step: `gradient [B, P], state [B, P, S] -> (update [B, P], next state [B, P, S])`.

    The update is what is *added* to the weights. All P coordinates of all B problems share the weights of the layer, and each
    has a state of its own, see `LSTMStack`; so P may be any number, and the order of coordinates means nothing. The defaults are
    the paper's; the authors' code has `preprocessing=5.0, scale=0.01`.

    Args:
        units, layers: of the LSTMs, see `LSTMStack`.
        preprocessing: p of `log_and_sign`; None to read the gradient as it is.
        scale: factor on what the network gives.

    Raises:
        ValueError: for no units or layers.
    """

    def __init__(self, units: int = 20, layers: int = 2, preprocessing: float | None = 10.0, scale: float = 0.1, **kwargs: Any):
        super().__init__(**kwargs)
        self.units, self.layers, self.preprocessing, self.scale = units, layers, preprocessing, scale
        self.stack = LSTMStack(units, layers, dtype=self.dtype_policy, name="stack")

    @property
    def state_size(self) -> int:
        """S, numbers in the state of a coordinate."""
        return self.stack.state_size

    def build(self, gradient_shape: KerasShape | None = None, state_shape: KerasShape | None = None) -> None:
        self.stack.build((None, None, 1 if self.preprocessing is None else 2))
        self.kernel = self.add_weight((self.units, 1), name="kernel")
        self.bias = self.add_weight((1,), "zeros", name="bias")
        self.built = True

    def start(self, weights: tf.Tensor) -> tf.Tensor:
        """The state before any step: `[B, P] -> [B, P, S]`, zeros."""
        return tf.tile(tf.expand_dims(tf.zeros_like(weights), 2), [1, 1, self.state_size])

    def call(self, gradient: tf.Tensor, state: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        p = self.preprocessing
        seen = tf.expand_dims(gradient, 2) if p is None else log_and_sign(gradient, p)  # [B, P, 1 or 2]
        hidden, state = self.stack(seen, state)
        rows = tf.matmul(tf.reshape(hidden, [-1, self.units]), tf.cast(self.kernel, hidden.dtype))  # [B P, 1]
        update = self.scale * (rows + tf.cast(self.bias, rows.dtype))
        return tf.reshape(update, tf.shape(gradient)), state

    def compute_output_shape(self, gradient_shape: KerasShape, state_shape: KerasShape) -> tuple[KerasShape, KerasShape]:
        return tuple(gradient_shape), tuple(state_shape)
