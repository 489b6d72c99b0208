"""RL^2: an LSTM whose memory is what it has learned of the world that it acts in.

Y. Duan, J. Schulman, X. Chen, P. Bartlett, I. Sutskever, P. Abbeel, "RL^2: fast reinforcement learning via slow reinforcement
learning", 2016, with the LSTM that N. Mishra et al., "A simple neural attentive meta-learner", 2018, compare with in place of
gated recurrent units. Departures: trained by `Proximal`, one network for actions and values, and, where `chrono` says so, gates
that begin as in C. Tallec, Y. Ollivier, "Can recurrent neural networks warp time?", 2018, section 3.
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
        chrono: whether the units begin with memories of 1 to `length` steps, evenly spread; with False all forget within a few
            steps, until training has taught them not to.
    """

    units: int = 256
    chrono: bool = False


@final
@keras.saving.register_keras_serializable("zoo")
class LSTMPolicy(Policy):
    """Memory, beside what every `Policy` has: `hidden` and `cell [B, units]`."""

    config_class = LSTMPolicyConfig

    def __init__(self, config: LSTMPolicyConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.shown = dense("shown", self.seen_width, 4 * c.units)
        kept = np.log(np.linspace(1.0, max(c.length - 1, 1), c.units)) if c.chrono else np.ones([c.units])
        entered = -kept if c.chrono else 0.0 * kept
        self.shown.bias.assign(np.concatenate([entered, kept, np.zeros([2 * c.units])]))  # in, forget, candidate, out
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
        # Unrolled: a `while_loop` takes eight times as long, which is most of a training (128 trials of 100 steps, 64 units).
        shown = tf.unstack(self.shown(seen), axis=1)  # of every step, [B, 4 units]
        hidden, cell = self.begin(tf.shape(seen)[0]).values()
        found = []
        for step in shown:
            hidden, cell = lstm(step + self.recurrent(hidden), cell)
            found.append(hidden)
        return self._answer(tf.stack(found, axis=1))

    def _answer(self, hidden: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return self.to_actions(hidden), self.value_unit * tf.squeeze(self.to_value(hidden), -1)


def tiny() -> dict[str, LSTMPolicy]:
    """The smallest of every variant of the graph."""
    return {
        "bandit": LSTMPolicy(LSTMPolicyConfig(actions=3, length=6, units=4)),
        "world": LSTMPolicy(LSTMPolicyConfig(states=4, actions=2, length=6, units=4, chrono=True)),
    }
