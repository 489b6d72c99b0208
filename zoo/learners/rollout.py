"""Rollout: a learner of time series predicts step after step from its own predictions."""

import abc
import functools
from typing import final

import tensorflow as tf

from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.meta_learner import MetaLearner


class Rollout(MetaLearner):
    """A learner that can be rolled out: how a query becomes a state, how a state moves on, and what is seen of it."""

    @property
    @abc.abstractmethod
    def past_outputs(self) -> int:
        """Past outputs in an example; 0 where examples are no time series, and then there is no rollout."""

    @abc.abstractmethod
    def begin(self, query_x):
        """The state that a query stands for: `[B, M, ...] -> [B, M, s]`."""

    @abc.abstractmethod
    def advance(self, task: Tensors, state):
        """The state one step later: `dict of [B, ...], [B, M, s] -> [B, M, s]`."""

    @abc.abstractmethod
    def emit(self, state):
        """The newest prediction in a state: `[B, M, s] -> [B, M, n]`."""

    @final
    def rollout(self, task: Tensors, query_x, steps):
        """Predict several steps ahead, each from the predictions before it.

        Args:
            task: learned tasks, `dict of [B, ...]`.
            query_x: where to begin, `[B, M, ...]`.
            steps: how many steps of each task, int32 `[B]`.

        Returns:
            `[B, M, T, n]`, T being the most steps; a task that takes fewer stays where its last step led.
        """
        state = self.begin(query_x)
        most = tf.reduce_max(steps)
        path = tf.tile(tf.expand_dims(tf.zeros_like(self.emit(state)), 2), tf.stack([1, 1, most, 1]))  # [B, M, T, n]

        def step(now, state, path):
            going = tf.reshape(now < steps, [-1, 1, 1])
            state = tf.where(going, self.advance(task, state), state)
            here = tf.reshape(tf.one_hot(now, most, dtype=path.dtype), [1, 1, -1, 1])
            return now + 1, state, path + here * tf.expand_dims(self.emit(state), 2)

        shapes = tf.TensorShape([]), state.shape, path.shape[:2].concatenate([None, path.shape[3]])
        _, _, path = tf.while_loop(lambda now, *_: now < most, step, (tf.constant(0), state, path), shape_invariants=shapes)
        return path

    @functools.cached_property
    def compiled_rollout(self):
        """`rollout` as one compiled function for every number of tasks, queries and steps."""
        signature = [self.task_spec, self.query_spec["query_x"], tf.TensorSpec([None], tf.int32)]
        return tf.function(self.rollout, input_signature=signature, autograph=False)

    def endpoints(self) -> dict[str, Endpoint]:
        """With `rollout`: support, query and `steps [B]` in, `path [B, M, T, n]` out."""
        endpoints = super().endpoints()
        if not self.past_outputs:
            return endpoints
        default = endpoints["serving_default"]
        inputs = default.inputs | {"steps": tf.TensorSpec([None], tf.int32)}
        return endpoints | {"rollout": Endpoint(self._rollout, inputs, {**default.axes, "steps": ("tasks",)})}

    def _rollout(self, query_x, steps, **support) -> Tensors:
        return {"path": self.rollout(self.adapt(**support), query_x, steps)}


class VectorLearner(Rollout):
    """A learner of vectors, `config.inputs` numbers to `config.outputs`.

    With a `config.history`, an example is that many past outputs, oldest first, and after them whatever does not change.
    """

    @property
    def example_shape(self):
        return (self.config.inputs,)

    @property
    def label_width(self):
        return self.config.outputs

    @property
    def past_outputs(self):
        return self.config.history

    @final
    def begin(self, query_x):
        return query_x

    @final
    def advance(self, task, state):
        width, end = self.label_width, self.label_width * self.past_outputs
        return tf.concat([state[..., width:end], self.apply(task, state), state[..., end:]], axis=-1)

    @final
    def emit(self, state):
        width, end = self.label_width, self.label_width * self.past_outputs
        return state[..., end - width : end]
