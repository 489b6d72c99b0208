"""The cell of the meta-learner LSTM: weights are its cell state, its gates say how much of each to keep and how far to step.

S. Ravi, H. Larochelle, "Optimization as a model for few-shot learning", 2017, equations 3 to 6, in the two stages of the authors'
code: an LSTM reads loss and gradient, and the gates read its output, the weight, and what they were before.
"""

from typing import Any

import keras
import tensorflow as tf

from zoo.layers.gradient_preprocessing import log_and_sign
from zoo.layers.lstm_stack import LSTMStack
from zoo.layers.shapes import KerasShape

FEEDBACK = ("sigmoid", "logit")


@keras.saving.register_keras_serializable("zoo")
class CoordinatewiseGates(keras.layers.Layer):
    """One step: `gradient [B, P], loss [B, 1], weights [B, P], state [B, P, S] -> (weights after it [B, P], next state)`.

    weights after it = f weights - i gradient, with a forget gate f and an input gate i for each coordinate. The parameters of the
    gates are shared by all coordinates; a state holds that of the LSTM and both gates, S = 2 units + 2, and starts at zeros.

    Args:
        units: of the LSTM.
        preprocessing: p of `log_and_sign`, of gradient and loss.
        feedback: what a gate reads of itself one step before: "sigmoid", its value, as in the paper's equations; "logit", the
            number before the sigmoid, as in the authors' code.

    Raises:
        ValueError: for no units, or another feedback.
    """

    def __init__(self, units: int = 20, preprocessing: float = 10.0, feedback: str = "sigmoid", **kwargs: Any):
        super().__init__(**kwargs)
        if feedback not in FEEDBACK:
            raise ValueError(f"CoordinatewiseGates(feedback={feedback!r}): choose {' or '.join(FEEDBACK)}.")
        self.units, self.preprocessing, self.feedback = units, preprocessing, feedback
        self.stack = LSTMStack(units, 1, spread=0.01, dtype=self.dtype_policy, name="stack")

    @property
    def state_size(self) -> int:
        """S, numbers in the state of a coordinate."""
        return self.stack.state_size + 2

    def build(
        self,
        gradient_shape: KerasShape | None = None,
        loss_shape: KerasShape | None = None,
        weights_shape: KerasShape | None = None,
        state_shape: KerasShape | None = None,
    ) -> None:
        self.stack.build((None, None, 4))
        near, low, high = (keras.initializers.RandomUniform(*span) for span in ((-0.01, 0.01), (-5.0, -4.0), (4.0, 5.0)))
        # The authors' start: steps of about 0.01 times the gradient, and nearly nothing forgotten.
        self.input_kernel = self.add_weight((self.units + 2, 1), near, name="input_kernel")
        self.input_bias = self.add_weight((1,), low, name="input_bias")
        self.forget_kernel = self.add_weight((self.units + 2, 1), near, name="forget_kernel")
        self.forget_bias = self.add_weight((1,), high, name="forget_bias")
        self.built = True

    def start(self, weights: tf.Tensor) -> tf.Tensor:
        """The state before any step: `[B, P] -> [B, P, S]`, zeros."""
        return tf.tile(tf.expand_dims(tf.zeros_like(weights), 2), [1, 1, self.state_size])

    def gates(
        self, gradient: tf.Tensor, loss: tf.Tensor, weights: tf.Tensor, state: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Input gate and forget gate, each `[B, P]`, and the next state `[B, P, S]`."""
        loss = loss + tf.zeros_like(gradient)
        seen = tf.concat([log_and_sign(part, self.preprocessing) for part in (loss, gradient)], axis=-1)  # [B, P, 4]
        memory, enter_before, forget_before = tf.split(state, [self.stack.state_size, 1, 1], axis=-1)
        hidden, memory = self.stack(seen, memory)
        common = tf.concat([hidden, tf.expand_dims(weights, 2)], axis=-1)  # [B, P, units + 1]
        enter = self._logit(common, enter_before, self.input_kernel, self.input_bias)
        forget = self._logit(common, forget_before, self.forget_kernel, self.forget_bias)
        values = tf.sigmoid(enter), tf.sigmoid(forget)  # [B, P, 1] each
        fed_back = (enter, forget) if self.feedback == "logit" else values
        return tf.squeeze(values[0], 2), tf.squeeze(values[1], 2), tf.concat([memory, *fed_back], axis=-1)

    def call(self, gradient: tf.Tensor, loss: tf.Tensor, weights: tf.Tensor, state: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        enter, forget, state = self.gates(gradient, loss, weights, state)
        return forget * weights - enter * gradient, state

    def compute_output_shape(
        self, gradient_shape: KerasShape, loss_shape: KerasShape, weights_shape: KerasShape, state_shape: KerasShape
    ) -> tuple[KerasShape, KerasShape]:
        return tuple(weights_shape), tuple(state_shape)

    def _logit(self, common: tf.Tensor, before: tf.Tensor, kernel: Any, bias: Any) -> tf.Tensor:
        rows = tf.reshape(tf.concat([common, before], axis=-1), [-1, self.units + 2])  # [B P, units + 2]
        logit = tf.matmul(rows, tf.cast(kernel, rows.dtype)) + tf.cast(bias, rows.dtype)
        return tf.reshape(logit, tf.shape(before))
