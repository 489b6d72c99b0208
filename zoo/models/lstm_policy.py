"""RL^2: an LSTM whose memory is what it has learned of the world that it acts in.

Y. Duan, J. Schulman, X. Chen, P. Bartlett, I. Sutskever, P. Abbeel, "RL^2: fast reinforcement learning via slow reinforcement
learning", 2016, with the LSTM that N. Mishra et al., "A simple neural attentive meta-learner", 2018, compare with in place of
gated recurrent units. Departures: trained by `Proximal`, and one network for actions and values.
"""

from dataclasses import dataclass
from typing import Any, final

import keras
import numpy as np
import tensorflow as tf

from zoo.layers.lstm_cell import lstm
from zoo.learners.acting.policy import Policy, PolicyConfig, dense
from zoo.learners.endpoint import Tensors


@dataclass(frozen=True)
class LSTMPolicyConfig(PolicyConfig):
    """Hyper-parameters; the paper's.

    Attributes:
        units: of the LSTM.
    """

    units: int = 256


@final
@keras.saving.register_keras_serializable("zoo")
class LSTMPolicy(Policy):
    """Memory, beside what every `Policy` has: `hidden` and `cell [B, units]`."""

    config_class = LSTMPolicyConfig

    def __init__(self, config: LSTMPolicyConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.shown = dense("shown", self.seen_width, 4 * c.units)
        self.shown.bias.assign(np.repeat([0.0, 1.0, 0.0, 0.0], c.units))  # in, forget, candidate, out
        self.recurrent = dense("recurrent", c.units, 4 * c.units, "orthogonal", use_bias=False)
        self.to_actions = dense("to_actions", c.units, c.actions, keras.initializers.Orthogonal(0.01))
        self.to_value = dense("to_value", c.units, 1)
        self.built = True

    def begin(self, trials: tf.Tensor) -> Tensors:
        shape = tf.stack([trials, self.config.units])
        return {name: tf.ensure_shape(tf.zeros(shape), [None, self.config.units]) for name in ("hidden", "cell")}

    def advance(self, memory: Tensors, seen: tf.Tensor) -> tuple[Tensors, tf.Tensor, tf.Tensor]:
        hidden, cell = lstm(self.shown(seen) + self.recurrent(memory["hidden"]), memory["cell"])
        return {"hidden": hidden, "cell": cell}, *self._answer(hidden)

    def sequence(self, seen: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        shown = self.shown(seen)  # [B, T, 4 units]
        length, memory = seen.shape[1], self.begin(tf.shape(seen)[0])
        hidden, cell = (tf.ensure_shape(part, [seen.shape[0], self.config.units]) for part in memory.values())
        found = tf.TensorArray(tf.float32, length, element_shape=hidden.shape)

        def body(at: tf.Tensor, hidden: tf.Tensor, cell: tf.Tensor, found: tf.TensorArray) -> tuple[Any, ...]:
            hidden, cell = lstm(tf.gather(shown, at, axis=1) + self.recurrent(hidden), cell)
            return at + 1, hidden, cell, found.write(at, hidden)

        start = (tf.constant(0), hidden, cell, found)
        found = tf.while_loop(lambda at, *_: at < length, body, start, maximum_iterations=length)[-1]
        return self._answer(tf.transpose(found.stack(), [1, 0, 2]))

    def _answer(self, hidden: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return self.to_actions(hidden), self.value_unit * tf.squeeze(self.to_value(hidden), -1)


def tiny() -> dict[str, LSTMPolicy]:
    """The smallest of every variant of the graph."""
    return {"bandit": LSTMPolicy(LSTMPolicyConfig(actions=3, length=6, units=4))}
