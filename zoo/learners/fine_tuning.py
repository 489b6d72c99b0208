"""Fine-tuning of learned tasks by gradient steps on their own support sets: pure, and one step for all tasks at once.

T. Wu, J. Peurifoy, I. L. Chuang, M. Tegmark, "Meta-learning autoencoders for few-shot prediction", 2018, section 4. A refiner
says what the steps move and by which rule; a learner names its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, final

import tensorflow as tf

from zoo.learners.endpoint import Tensors
from zoo.learners.padding import clear_rows
from zoo.learners.rules.rule import LossRule, Rule

MOST_STEPS = 1000


class Refiner(Protocol):
    """One way to improve a learned task by gradient steps on its support."""

    def start(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        """The state before any step: a flat dict of `[B, ...]`."""

    def step(self, state: Tensors, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        """The state one step later; the rows of padding are zero."""

    def task(self, state: Tensors, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        """The learned task that a state stands for."""


@final
@dataclass(frozen=True, eq=False)
class RuleRefiner:
    """Steps of a rule on whatever a learned task is made of.

    Attributes:
        begin: support to what the steps move, a dict of `[B, ...]`: the weights themselves, or a code.
        predict: what the steps move, examples and support size to predictions.
        finish: what the steps moved, examples and support size to the learned task.
        slope: derivative by the predictions of each task's loss, see `Labels.slope`.
        rule: of the steps.
        loss: each task's loss itself, see `Labels.task_loss`; only a rule that reads it needs it.
    """

    begin: Callable[[tf.Tensor, tf.Tensor, tf.Tensor], Tensors]
    predict: Callable[[Tensors, tf.Tensor, tf.Tensor], tf.Tensor]
    finish: Callable[[Tensors, tf.Tensor, tf.Tensor], Tensors]
    slope: Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]
    rule: Rule | LossRule
    loss: Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor] | None = None

    def start(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        moved = self.begin(support_x, support_y, support_size)
        return _state(moved, self.rule.start(moved))

    def step(self, state: Tensors, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        moved, kept = parts(state)
        with tf.GradientTape() as tape:
            tape.watch(moved)
            prediction = self.predict(moved, support_x, support_size)
        slope = self.slope(prediction, support_y, support_size)
        gradient = tape.gradient(prediction, moved, output_gradients=slope)
        if isinstance(self.rule, LossRule):
            assert self.loss is not None
            return _state(*self.rule.step_with_loss(self.loss(prediction, support_y, support_size), gradient, kept, moved))
        return _state(*self.rule.step(gradient, kept, moved))

    def task(self, state: Tensors, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        return self.finish(parts(state)[0], support_x, support_size)


_RULE = "rule."  # begins the names of what a rule keeps


def _state(moved: Tensors, kept: Tensors) -> Tensors:
    return {**moved, **{f"{_RULE}{name}": part for name, part in kept.items()}}


def parts(state: Tensors) -> tuple[Tensors, Tensors]:
    """Of a state of a `RuleRefiner`, what the steps move, and what the rule keeps."""
    moved = {name: part for name, part in state.items() if not name.startswith(_RULE)}
    return moved, {name.removeprefix(_RULE): part for name, part in state.items() if name.startswith(_RULE)}


def fine_tuned(
    refiner: Refiner, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor, steps: tf.Tensor
) -> Tensors:
    """Learn tasks and improve each by its own number of gradient steps.

    Args:
        refiner: the way.
        support_x, support_y, support_size: as for `adapt`; a task without examples stays as it starts.
        steps: int32 `[B]`; more than `MOST_STEPS` count as `MOST_STEPS`.

    Returns:
        The learned tasks.
    """
    support_x, support_y, support_size = map(tf.convert_to_tensor, (support_x, support_y, support_size))
    support = clear_rows(support_x, support_size), clear_rows(support_y, support_size), support_size
    steps = tf.minimum(steps, MOST_STEPS)

    def body(done: tf.Tensor, state: Tensors) -> tuple[tf.Tensor, Tensors]:
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
    return refiner.task(state, *support)
