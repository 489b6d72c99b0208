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

PLACE = "place"  # a name in the memory


@dataclass(frozen=True)
class LSTMPolicyConfig(PolicyConfig):
    """Hyper-parameters; the paper's.

    Attributes:
        units: of the LSTM.
        chrono: whether the units begin with memories of 1 to `length` steps, evenly spread; with False all forget within a few
            steps, until training has taught them not to.
        by_state: whether the last action and its reward are shown once more, in the column of the state that it was taken in,
            and actions and values are read by a map of the present state; the papers' network has to learn both products.
    """

    units: int = 256
    chrono: bool = False
    by_state: bool = False


@final
@keras.saving.register_keras_serializable("zoo")
class LSTMPolicy(Policy):
    """Memory, beside what every `Policy` has: `hidden`, `cell [B, units]`; by state `place [B, states]`, the last state."""

    config_class = LSTMPolicyConfig

    def __init__(self, config: LSTMPolicyConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.shown = dense("shown", self.seen_width + c.by_state * 2 * c.states * c.actions, 4 * c.units)
        kept = np.log(np.linspace(1.0, max(c.length - 1, 1), c.units)) if c.chrono else np.ones([c.units])
        entered = -kept if c.chrono else 0.0 * kept
        self.shown.bias.assign(np.concatenate([entered, kept, np.zeros([2 * c.units])]))  # in, forget, candidate, out
        self.recurrent = dense("recurrent", c.units, 4 * c.units, "orthogonal", use_bias=False)
        maps = c.states if c.by_state else 1
        self.to_actions = dense("to_actions", c.units, maps * c.actions, keras.initializers.Orthogonal(0.01))
        self.to_value = dense("to_value", c.units, maps)
        self.built = True

    def begin(self, trials: tf.Tensor) -> Tensors:
        c = self.config
        sizes = {"hidden": c.units, "cell": c.units, **({PLACE: c.states} if c.by_state else {})}
        return {name: tf.ensure_shape(tf.zeros(tf.stack([trials, size])), [None, size]) for name, size in sizes.items()}

    def advance(self, memory: Tensors, seen: tf.Tensor) -> tuple[Tensors, tf.Tensor, tf.Tensor]:
        gates = self.shown(self._with_pairs(seen, memory.get(PLACE))) + self.recurrent(memory["hidden"])
        hidden, cell = lstm(gates, memory["cell"])
        place = {PLACE: seen[:, : self.config.states]} if self.config.by_state else {}
        return {"hidden": hidden, "cell": cell, **place}, *self._answer(hidden, seen)

    def sequence(self, seen: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        place = tf.pad(seen[:, :-1, : self.config.states], [[0, 0], [1, 0], [0, 0]])
        # Unrolled: a `while_loop` takes eight times as long, which is most of a training (128 trials of 100 steps, 64 units).
        shown = tf.unstack(self.shown(self._with_pairs(seen, place)), axis=1)  # of every step, [B, 4 units]
        memory = self.begin(tf.shape(seen)[0])
        hidden, cell, found = memory["hidden"], memory["cell"], []
        for step in shown:
            hidden, cell = lstm(step + self.recurrent(hidden), cell)
            found.append(hidden)
        return self._answer(tf.stack(found, axis=1), seen)

    def _with_pairs(self, seen: tf.Tensor, place: tf.Tensor) -> tf.Tensor:
        """What is shown `[..., D]`, and the products of the last state `[..., states]` with its action and with the reward."""
        c = self.config
        if not c.by_state:
            return seen
        acted = seen[..., c.states : c.states + 2 * c.actions]  # the action one-hot, and its reward in the same column
        pairs = tf.expand_dims(place, -1) * tf.expand_dims(acted, -2)
        flat = tf.reshape(pairs, tf.concat([tf.shape(seen)[:-1], [2 * c.states * c.actions]], axis=0))
        return tf.concat([seen, tf.ensure_shape(flat, [*seen.shape[:-1], 2 * c.states * c.actions])], axis=-1)

    def _answer(self, hidden: tf.Tensor, seen: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        value = self._of_state(self.to_value(hidden), seen, 1)
        return self._of_state(self.to_actions(hidden), seen, self.config.actions), self.value_unit * tf.squeeze(value, -1)

    def _of_state(self, read: tf.Tensor, seen: tf.Tensor, width: int) -> tf.Tensor:
        """Of what all maps read, `[..., maps width]`, that of the state that is shown: `[..., width]`."""
        c = self.config
        if not c.by_state:
            return read
        by_state = tf.reshape(read, tf.concat([tf.shape(read)[:-1], [c.states, width]], axis=0))
        return tf.squeeze(tf.matmul(tf.expand_dims(seen[..., : c.states], -2), by_state), -2)


def tiny() -> dict[str, LSTMPolicy]:
    """The smallest of every variant of the graph."""
    return {
        "bandit": LSTMPolicy(LSTMPolicyConfig(actions=3, length=6, units=4)),
        "by_state": LSTMPolicy(LSTMPolicyConfig(states=4, actions=2, length=6, units=4, chrono=True, by_state=True)),
    }
