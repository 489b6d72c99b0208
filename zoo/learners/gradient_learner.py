"""Learners by gradients: a task network, a rule of steps, and how many steps `adapt` takes from weights that are shared.

C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, algorithm 1. Methods of
this family differ in the three, and in what training minimises (`objective`).
"""

from typing import final

import tensorflow as tf

from zoo.learners.endpoint import Tensors
from zoo.learners.fine_tuning import Refiner, RuleRefiner
from zoo.learners.network_learner import NetworkLearner
from zoo.learners.padding import clear_rows
from zoo.learners.rules.rule import LossRule, Rule


class GradientLearner(NetworkLearner):
    """A subclass sets `task_network`, with weights to start from, and `rule` in `__init__`; its config has `inner_steps`."""

    rule: Rule | LossRule

    @property
    @final
    def adapt_steps(self) -> int:
        return self.config.inner_steps

    @property
    def training_steps(self) -> int:
        """Gradient steps that training takes; as many as `adapt` unless a learner says so."""
        return self.config.inner_steps

    @final
    def refiners(self) -> dict[str, Refiner]:
        """One way: the inner steps themselves, counted from the shared weights."""
        return {"inner": self.inner_loop()}

    @final
    def adapt(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        return self.adapted(support_x, support_y, support_size, self.adapt_steps)[-1]

    @final
    def training_adapt(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        return self.adapted(support_x, support_y, support_size, self.training_steps)[-1]

    @final
    def adapted(
        self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor, steps: int, every: bool = False
    ) -> list[Tensors]:
        """The learned tasks after the last of so many gradient steps; with `every`, those after each of them."""
        inner = self.inner_loop()
        support = clear_rows(support_x, support_size), clear_rows(support_y, support_size), support_size
        state = inner.start(*support)
        found = []
        for step in range(1, steps + 1):
            state = inner.step(state, *support)
            if every and step < steps:
                found.append(inner.task(state, *support))
        return [*found, inner.task(state, *support)]

    @final
    def inner_loop(self) -> RuleRefiner:
        """The steps of the rule on the weights of the network."""
        network = self.task_network
        return RuleRefiner(
            begin=lambda support_x, support_y, support_size: network.initial(support_y),
            predict=network.training_run,
            finish=network.settled,
            slope=self.inner_slope,
            rule=self.rule,
            loss=self.labels.task_loss,
        )

    def inner_slope(self, answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        """Derivative by the answers of the loss of inner steps; see `Labels.slope`, which it is unless a learner says so."""
        return self.labels.slope(answers, labels, support_size)
