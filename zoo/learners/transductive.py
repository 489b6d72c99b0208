"""Answers of a learner by gradients where all queries of a task help to answer each, as MAML's and Reptile's papers evaluate.

C. Finn et al., 2017, and A. Nichol et al., 2018 ("Reptile + transduction"), normalise the queries of a task by their own moments.
Such an answer depends on what else is asked, so it is for comparing with the papers only, and in no export.
"""

from collections.abc import Sequence
from typing import Any, final

import tensorflow as tf

from zoo.learners.endpoint import Tensors
from zoo.learners.meta_learner import support_of
from zoo.learners.network_learner import NetworkLearner
from zoo.learners.zoo_model import Condition
from zoo.utils.errors import ZooError


@final
class Transductive:
    """Answers in evaluation as a learner does, all queries of a task together.

    Args:
        learner: whose network takes statistics of the queries.

    Raises:
        ZooError: of a learner that answers each query alone whatever else is asked.
    """

    def __init__(self, learner: Any):
        if not isinstance(learner, NetworkLearner) or not learner.task_network.takes_statistics:
            raise ZooError(
                f"--transductive: {learner.title} takes no statistics of its queries, so that they have nothing to do with each "
                "other; leave it out."
            )
        self.learner = learner
        self._apply = tf.function(learner.task_network.transductive_run, autograph=False, reduce_retracing=True)

    def answers(self, episode: Tensors, horizon: int = 1, on: str | None = None, steps: int = 0) -> tf.Tensor:
        """As `MetaLearner.answers`."""
        support, query_x = support_of(episode), tf.convert_to_tensor(episode["query_x"])
        graphs = self.learner.graphs
        task = graphs.adapt(*support) if on is None else graphs.fine_tuned[on](*support, tf.fill([len(query_x)], steps))
        return self._apply(task, query_x)

    def variants(self, gradient_steps: Sequence[int] = ()) -> list[tuple[Condition, dict[str, Any]]]:
        """Those of the learner, named as transductive."""
        return [({**condition, "transductive": True}, how) for condition, how in self.learner.variants(gradient_steps)]
