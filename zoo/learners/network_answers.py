"""What a card asks of a learner of pictures by gradients: the same answers in less time, or those of queries together.

A convolution with weights of each task is written as patches, which XLA fuses with the product that follows. It compiles anew for
every shape, so that this pays for thousands of tasks, and not for a user's one. C. Finn et al., 2017, and A. Nichol et al., 2018
("Reptile + transduction"), normalise the queries of a task by their own moments; what is answered so depends on what else is
asked, and is for comparing with the papers only.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np
import tensorflow as tf

from zoo.learners.endpoint import Tensors
from zoo.learners.fine_tuning import fine_tuned
from zoo.learners.padding import clamped
from zoo.utils.errors import ZooError


@final
class NetworkAnswers:
    """Answers in evaluation as a learner whose task network takes statistics.

    Args:
        learner: a `NetworkLearner`.
        transductive: whether all queries of a task help to answer each.

    Raises:
        ZooError: for `transductive` of a learner that answers each query alone whatever else is asked.
    """

    def __init__(self, learner: Any, transductive: bool = False):
        network = getattr(learner, "task_network", None)
        if transductive and not (network and network.takes_statistics):
            raise ZooError(
                f"--transductive: {learner.title} takes no statistics of its queries, so that they have nothing to do with each "
                "other; leave it out."
            )
        self.learner, self.transductive = learner, transductive
        self._graph = functools.cache(self._compiled)

    def answers(self, episode: Tensors, horizon: int = 1, on: str | None = None, steps: int = 0) -> tf.Tensor:
        """As `MetaLearner.answers`; such learners roll out no time series, and the learner itself says so."""
        if horizon != 1:
            return self.learner.answers(episode, horizon, on, steps)
        parts = [np.asarray(episode[name]) for name in ("support_x", "support_y", "support_size", "query_x")]
        tasks = len(parts[0])
        most = min(tasks, self.learner.tasks_at_once)
        found = []
        for at in range(0, tasks, most):  # of the last part, the last task stands for those missing: one shape, one compilation
            cut = [tf.convert_to_tensor(part.take(range(at, at + most), axis=0, mode="clip")) for part in parts]
            found.append(self._graph(on)(*cut, tf.constant(steps))[: tasks - at])
        return tf.concat(found, axis=0)

    def variants(self, gradient_steps: Sequence[int] = ()) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Those of the learner; queries that help each other are a condition."""
        more = {"transductive": True} if self.transductive else {}
        return [({**condition, **more}, how) for condition, how in self.learner.variants(gradient_steps)]

    def _compiled(self, on: str | None) -> Callable[..., tf.Tensor]:
        learner = self.learner
        apply = learner.task_network.transductive_run if self.transductive else learner.apply

        def answer(x: tf.Tensor, y: tf.Tensor, size: tf.Tensor, query_x: tf.Tensor, steps: tf.Tensor) -> tf.Tensor:
            size = clamped(size, x)
            if on is None:
                return apply(learner.adapt(x, y, size), query_x)
            return apply(fine_tuned(learner.refiners()[on], x, y, size, tf.fill([tf.shape(x)[0]], steps)), query_x)

        return tf.function(answer, autograph=False, jit_compile=True)
