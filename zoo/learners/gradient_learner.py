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

    @final
    def refiners(self) -> dict[str, Refiner]:
        """One way: the inner steps themselves, counted from the shared weights."""
        return {"inner": self._inner_steps()}

    @final
    def adapt(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        inner = self._inner_steps()
        support = clear_rows(support_x, support_size), clear_rows(support_y, support_size), support_size
        state = inner.start(*support)
        for _ in range(self.config.inner_steps):
            state = inner.step(state, *support)
        return inner.task(state, *support)

    def _inner_steps(self) -> RuleRefiner:
        network = self.task_network
        return RuleRefiner(
            begin=lambda support_x, support_y, support_size: network.initial(tf.shape(support_size)[0]),
            predict=network.training_run,
            finish=network.settled,
            slope=self.labels.slope,
            rule=self.rule,
            loss=self.labels.task_loss,
        )
