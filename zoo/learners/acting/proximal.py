"""Proximal policy optimisation, by Keras' `fit`: the first step of an iteration plays trials, and its steps learn from them.

J. Schulman, F. Wolski, P. Dhariwal, A. Radford, O. Klimov, "Proximal policy optimization algorithms", 2017, equations 7 and 9,
with advantages of J. Schulman et al., "High-dimensional continuous control using generalized advantage estimation", 2016,
equation 16. It stands in place of the trust region of "RL^2" (Duan et al., 2016). Trials are learned from whole: a minibatch
is of trials and not of steps. What was played lies in weights that are not shipped, so that an interrupted run resumes in the
middle of an iteration.
"""

from typing import final

import keras
import tensorflow as tf

from zoo.datasets.acting.environments import Environments
from zoo.learners.acting.acts import Acts
from zoo.learners.acting.played import play
from zoo.learners.endpoint import Tensors

_KEPT = {
    "observation": "int32",
    "action": "int32",
    **dict.fromkeys(("reward", "done", "chance", "advantage", "target"), "float32"),
}
_ORDER = 1 << 20  # of the random numbers of an iteration, those that order its trials


@final
class Proximal:
    """The trials of an iteration, and the losses of its steps.

    Args:
        policy: who acts and learns.
        environments: where.
        minibatch: trials in a step of training; an iteration plays as many for each of its minibatches.
    """

    def __init__(self, policy: Acts, environments: Environments, minibatch: int):
        self.policy, self.environments, self.minibatch = policy, environments, minibatch
        self.trials = minibatch * policy.config.minibatches
        self.carried = keras.layers.Layer(name="carried")
        for name, kind in _KEPT.items():
            shape = (self.trials, environments.length)
            setattr(self.carried, f"last_{name}", self.carried.add_weight(shape, "zeros", kind, trainable=False, name=name))
        self.carried.built = True

    def losses(self, number: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """The loss of every trial of the minibatch of a step, by its number, int64: `[minibatch]`."""
        c = self.policy.config
        within = number % (c.passes * c.minibatches)

        def fresh() -> tf.Tensor:
            self._iterate(tf.stack([seed, number]))
            return tf.constant(0)

        tf.cond(tf.equal(within, 0), fresh, lambda: tf.constant(0))
        word = tf.stack([seed + _ORDER, number - number % c.minibatches])
        order = tf.argsort(tf.random.stateless_uniform([self.trials], word))
        rows = tf.reshape(order, [c.minibatches, self.minibatch])[tf.cast(number % c.minibatches, tf.int32)]
        kept = {name: tf.convert_to_tensor(getattr(self.carried, f"last_{name}")) for name in _KEPT}
        return self._loss({name: tf.gather(part, rows) for name, part in kept.items()})

    def _iterate(self, word: tf.Tensor) -> None:
        """Play, and keep what happened."""
        c = self.policy.config
        happened = play(self.policy, self.environments, self.environments.trials(self.trials, word))
        happened["advantage"] = advantages(happened["reward"], happened["value"], c.discount, c.trace)
        happened["target"] = happened["advantage"] + happened["value"]
        for name in _KEPT:
            getattr(self.carried, f"last_{name}").assign(happened[name])

    def _loss(self, trials: Tensors) -> tf.Tensor:
        """Of each trial, the mean over its steps: `[B, T]` each, `-> [B]`."""
        c = self.policy.config
        logits, value = self.policy.sequence(self._seen(trials))
        each = tf.nn.log_softmax(logits)
        chance = tf.gather(each, trials["action"], axis=2, batch_dims=2)
        advantage = trials["advantage"] - tf.reduce_mean(trials["advantage"])
        advantage /= tf.math.reduce_std(advantage) + 1e-8
        ratio = tf.exp(chance - trials["chance"])
        gained = tf.minimum(ratio * advantage, tf.clip_by_value(ratio, 1.0 - c.clip, 1.0 + c.clip) * advantage)
        entropy = -tf.reduce_sum(tf.exp(each) * each, axis=2)
        missed = 0.5 * tf.square((value - trials["target"]) / self.policy.value_unit)
        return tf.reduce_mean(missed - gained - c.entropy * entropy, axis=1)

    def _seen(self, trials: Tensors) -> tf.Tensor:
        """What was shown at every step, `[B, T, D]`: rewards and actions come one step later."""
        size = self.policy.config.actions
        places = tf.expand_dims(trials["action"], 2)
        action = tf.cast(tf.equal(places, tf.range(size)), tf.float32)
        last = tf.pad(action, [[0, 0], [1, 0], [0, 0]])[:, :-1]
        reward = tf.pad(trials["reward"], [[0, 0], [1, 0]])[:, :-1]
        done = tf.pad(trials["done"], [[0, 0], [1, 0]], constant_values=1.0)[:, :-1]
        return self.policy.seen(trials["observation"], last, reward, done)


def advantages(reward: tf.Tensor, value: tf.Tensor, discount: float, trace: float) -> tf.Tensor:
    """How much better than expected each step was, `[B, T], [B, T] -> [B, T]`; nothing is expected after the last one.

    The sum of (discount trace)^k delta_(t+k), with delta_t = reward_t + discount value_(t+1) - value_t.
    """
    after = tf.pad(value, [[0, 0], [0, 1]])[:, 1:]
    delta = reward + discount * after - value
    length = reward.shape[1]
    ahead = tf.expand_dims(tf.range(length), 0) - tf.expand_dims(tf.range(length), 1)  # [T, T], of steps from t to k
    weight = tf.where(ahead >= 0, tf.pow(discount * trace, tf.cast(tf.maximum(ahead, 0), tf.float32)), 0.0)
    return tf.matmul(delta, weight, transpose_b=True)
