"""Fine-tuning a learned task by gradient steps on its own support set: pure, and one step for all tasks at once.

Wu et al., "Meta-learning autoencoders for few-shot prediction" (2018), section 4: Adam (Kingma & Ba, 2015) on the generated
weights with learning rate 1e-3, Huber loss (delta = 1) on the support.
A `Refiner` says what the steps move; a learner names its own.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, final

import tensorflow as tf

from zoo.layers import clear_padding
from zoo.learners.endpoint import Tensors

MOST_STEPS = 1000
LEARNING_RATE = 1e-3  # on weights; the paper's
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8


class Refiner(Protocol):
    """One way to improve a learned task by gradient steps on its support."""

    def start(self, support_x, support_y, support_size) -> Tensors:
        """The state before any step: a flat dict of `[B, ...]`."""

    def step(self, state: Tensors, support_x, support_y, support_size) -> Tensors:
        """The state one step later; the rows of padding are zero."""

    def task(self, state: Tensors) -> Tensors:
        """The learned task that a state stands for."""


@final
@dataclass(frozen=True)
class AdamRefiner:
    """Adam on whatever a learned task is made of, with the Huber loss (delta = 1) of each task on its own.

    Attributes:
        begin: support to what the steps move, a dict of `[B, ...]`: the weights themselves, or a code.
        make: what the steps move to the learned task.
        apply: the learner's.
        learning_rate: Adam's.
    """

    begin: Callable[..., Tensors]
    make: Callable[[Tensors], Tensors]
    apply: Callable
    learning_rate: float = LEARNING_RATE

    def start(self, support_x, support_y, support_size):
        moved = self.begin(support_x, support_y, support_size)
        zeros = {f"{moment}_{name}": tf.zeros_like(value) for moment in ("first", "second") for name, value in moved.items()}
        return {**moved, **zeros, "steps": tf.zeros_like(support_size, tf.float32)}

    def step(self, state, support_x, support_y, support_size):
        moved = self._moved(state)
        with tf.GradientTape() as tape:
            tape.watch(moved)
            prediction = self.apply(self.make(moved), support_x)
        slope = huber_slope(prediction, support_y, support_size)
        gradients = tape.gradient(prediction, moved, output_gradients=slope)
        after = {"steps": state["steps"] + 1.0}
        for name, gradient in gradients.items():
            first = BETA_1 * state[f"first_{name}"] + (1 - BETA_1) * gradient
            second = BETA_2 * state[f"second_{name}"] + (1 - BETA_2) * tf.square(gradient)
            steps = tf.reshape(after["steps"], [-1] + [1] * (gradient.shape.rank - 1))
            root = tf.sqrt(second / (1 - tf.pow(BETA_2, steps))) + EPSILON
            after[name] = moved[name] - self.learning_rate * first / (1 - tf.pow(BETA_1, steps)) / root
            after[f"first_{name}"], after[f"second_{name}"] = first, second
        return after

    def task(self, state):
        return self.make(self._moved(state))

    def _moved(self, state: Tensors) -> Tensors:
        return {name: value for name, value in state.items() if f"first_{name}" in state}


@final
@dataclass(frozen=True)
class PrototypeRefiner:
    """Adam on prototypes with the cross-entropy of each task on its own, the embedding left as it is.

    With the squared Euclidean distance a prototype classifier is a linear one with weights 2 c and biases -|c|^2 (J. Snell et
    al., "Prototypical networks for few-shot learning", 2017, section 2.4), so this is the fine-tuning of a linear classifier
    that starts at the prototypes. The support is embedded once.

    Attributes:
        begin: support to the learned task: "prototype" `[B, ways, D]`, "count" and "spread" `[B, ways]`, which stay.
        embed: examples `[B, N, ...] -> [B, N, D]`.
        learning_rate: Adam's.
    """

    begin: Callable[..., Tensors]
    embed: Callable
    learning_rate: float = 1e-2

    def start(self, support_x, support_y, support_size):
        task = self.begin(support_x, support_y, support_size)
        zeros = tf.zeros_like(task["prototype"])
        embedded = clear_padding(self.embed(support_x), support_size)
        return {**task, "embedded": embedded, "first": zeros, "second": zeros, "steps": tf.zeros_like(support_size, tf.float32)}

    def step(self, state, support_x, support_y, support_size):
        embedded, prototype = state["embedded"], state["prototype"]
        some = tf.expand_dims(state["count"] > 0.0, 1)
        lengths = tf.expand_dims(tf.reduce_sum(tf.square(prototype), axis=2), 1)
        logits = 2.0 * tf.matmul(embedded, prototype, transpose_b=True) - lengths  # all that differs between classes
        logits = tf.where(some, logits, tf.fill(tf.shape(logits), -1e6))
        count = tf.reshape(tf.cast(tf.maximum(support_size, 1), tf.float32), [-1, 1, 1])
        slope = clear_padding(tf.nn.softmax(logits) - support_y, support_size) / count
        # d logit_mk / d c_k = 2 (f_m - c_k)
        by_class = tf.expand_dims(tf.reduce_sum(slope, axis=1), 2)
        gradient = 2.0 * (tf.matmul(slope, embedded, transpose_a=True) - by_class * prototype)
        steps = state["steps"] + 1.0
        first = BETA_1 * state["first"] + (1 - BETA_1) * gradient
        second = BETA_2 * state["second"] + (1 - BETA_2) * tf.square(gradient)
        power = tf.reshape(steps, [-1, 1, 1])
        root = tf.sqrt(second / (1 - tf.pow(BETA_2, power))) + EPSILON
        moved = prototype - self.learning_rate * first / (1 - tf.pow(BETA_1, power)) / root
        return state | {"prototype": moved, "first": first, "second": second, "steps": steps}

    def task(self, state):
        return {name: state[name] for name in ("prototype", "count", "spread")}


def huber_slope(prediction, target, support_size):
    """Derivative of each task's Huber loss (delta = 1), a mean over real rows and label width, by its prediction: `[B, N, n]`."""
    count = tf.cast(tf.maximum(support_size, 1) * target.shape[2], prediction.dtype)
    slope = tf.clip_by_value(prediction - target, -1.0, 1.0)
    return clear_padding(slope, support_size) / tf.reshape(count, [-1, 1, 1])


def refined(refiner: Refiner, support_x, support_y, support_size, steps) -> Tensors:
    """Learn tasks and improve each by its own number of gradient steps.

    Args:
        refiner: the way.
        support_x, support_y, support_size: as for `adapt`; a task without examples stays as it starts.
        steps: int32 `[B]`; more than `MOST_STEPS` count as `MOST_STEPS`.

    Returns:
        The learned tasks.
    """
    support_x, support_y, support_size = map(tf.convert_to_tensor, (support_x, support_y, support_size))
    support = cleared(support_x, support_size), cleared(support_y, support_size), support_size
    steps = tf.minimum(steps, MOST_STEPS)

    def body(done, state):
        moved = refiner.step(state, *support)
        after = {}
        for name, value in state.items():
            if moved[name] is value:  # what no step changes is not copied
                after[name] = value
                continue
            going = tf.reshape(done < steps, [-1] + [1] * (value.shape.rank - 1))
            after[name] = tf.ensure_shape(tf.where(going, moved[name], value), value.shape)
        return done + 1, after

    most = tf.reduce_max(steps)
    _, state = tf.while_loop(lambda done, _: done < most, body, (tf.constant(0), refiner.start(*support)))
    return refiner.task(state)


def cleared(x, support_size):
    """`clear_padding` for rows of any shape: `[B, N, ...]`."""
    if x.shape.rank == 3:
        return clear_padding(x, support_size)
    rows = tf.reshape(x, [tf.shape(x)[0], tf.shape(x)[1], math.prod(x.shape[2:])])
    return tf.reshape(clear_padding(rows, support_size), tf.shape(x))
