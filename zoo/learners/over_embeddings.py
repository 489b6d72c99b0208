"""A classifier that embeds, as a learner of embeddings: what was embedded before, or elsewhere, needs no encoder again."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, final

import numpy as np

from zoo.learners.array_spec import ArraySpec
from zoo.learners.labels import Labels
from zoo.learners.learner import Learner
from zoo.learners.shape import Shape
from zoo.learners.tabulated import Categorical
from zoo.learners.task_model import TaskModel
from zoo.learners.ways import pad_ways


@final
class OverEmbeddings(Learner):
    """The same tasks as the learner that it is made of, learned and asked by embeddings `[N, D]`.

    Args:
        learner: with `embedding_width`, and of graphs `adapt_embedded`, `apply_embedded` and `update_embedded`.
    """

    knows = ""
    input_range = label_range = None

    def __init__(self, learner: Any):
        self.learner = learner
        self.title, self.origin, self.ood_threshold = learner.title, learner.origin, learner.ood_threshold
        self.graphs = SimpleNamespace(apply=learner.graphs.apply_embedded, update=learner.graphs.update_embedded)

    @property
    def example(self) -> Shape:
        return Shape((self.learner.embedding_width(),))

    def embedding_width(self) -> int:
        return 0  # its examples are embedded before they come here

    @property
    def labels(self) -> Labels:
        return self.learner.labels

    @property
    def can_update(self) -> bool:
        return True

    def task_arrays(self) -> Mapping[str, ArraySpec]:
        return self.learner.task_arrays()

    def summary_arrays(self) -> Mapping[str, ArraySpec]:
        return {}

    def adapt_and_summarise(self, support_x: Any, support_y: Any, support_size: Any) -> tuple[Any, Any]:
        return self.learner.graphs.adapt_embedded(support_x, support_y, support_size), {}

    def learn(self, x: Any, y: Any, *, categorical: Categorical = None) -> TaskModel:
        """Learn one task of embeddings; as `MetaLearner.learn`."""
        given, columns, support = self.given(x, y, categorical)
        return self.learned_from(*self.adapt_and_summarise(*support), given, support, int(support[2][0]), columns)

    def updated(self, task: TaskModel, x: Any, y: Any) -> TaskModel:
        """The task of a task's examples and more; see `TaskModel.update`."""
        labels: Any = self.labels
        given = labels.with_more(task.given, y)
        support = self.support(x, y, given)
        axes = {name: (None, *spec.names) for name, spec in self.task_arrays().items()}
        known = pad_ways(task.learned, axes, len(given.classes))
        learned = {name: np.asarray(value) for name, value in self.graphs.update(known, *support).items()}
        return self.learned_from(learned, {}, given, support, task.size + len(support[0][0]))

    def over(self, task: TaskModel) -> TaskModel:
        """A task of the learner, asked by embeddings."""
        return TaskModel(self, task.learned, task.given, {}, task.size)

    def whole(self, task: TaskModel) -> TaskModel:
        """A task of embeddings as the learner's own, asked by examples."""
        return TaskModel(self.learner, task.learned, task.given, {}, task.size)
