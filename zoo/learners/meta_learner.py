"""The seam: a meta-learner is two pure functions, adapt (support -> learned task) and apply (learned task, query -> prediction).

Everything else here follows from the two: training with Keras' `fit`, learning from a user's own arrays, evaluation, and the
endpoints that export and serving publish.
"""

import abc
from collections.abc import Callable, Mapping, Sequence
from typing import Any, final

import numpy as np
import tensorflow as tf

from zoo.datasets.tables.columns import Columns
from zoo.learners import capabilities
from zoo.learners.array_spec import ArraySpec
from zoo.learners.capabilities.influences import most_influential
from zoo.learners.capabilities.refines import fine_tuned
from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.fine_tuning import Refiner, RuleRefiner
from zoo.learners.graphs import compiled
from zoo.learners.labels import Given
from zoo.learners.learner import Learner, Support
from zoo.learners.padding import clamped
from zoo.learners.rules.adam import Adam
from zoo.learners.rules.rule import Rule
from zoo.learners.tabulated import Categorical
from zoo.learners.task_model import TaskModel
from zoo.learners.zoo_model import Condition, ZooModel
from zoo.utils.errors import ZooError

WEIGHT_RATE = 1e-3  # of Adam on the weights of a learned task; MeLA's


class MetaLearner(Learner, ZooModel):
    """A Keras model that turns a support set into a learned task.

    A subclass gives `example`, `labels`, `adapt` and `apply`. An episode batch is an ordinary Keras example, so `compile()` and
    `fit()` train it:

        ({"support_x": [B, N, ...], "support_y": [B, N, n], "support_size": int32 [B], "query_x": [B, M, ...]},
         query_y [B, M, n])

    Two conventions hold over all of it. A row of the support within `support_size` whose label is all zero has no label: a
    learner with `reads_unlabelled` learns the same as without the row, unless it says what else it makes of it. And a NaN in an
    example is a missing number where `example.missing` says so, and an error elsewhere.
    """

    @abc.abstractmethod
    def adapt(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        """Learn tasks: `[B, N, ...], [B, N, n], int32 [B] -> dict of [B, ...]`. Rows from `support_size` on are padding.

        `support_size` is within 1 … N: whoever lets other numbers in clamps them first (see `zoo.learners.padding`).
        """

    @abc.abstractmethod
    def apply(self, task: Tensors, query_x: tf.Tensor) -> tf.Tensor:
        """Predict with learned tasks: `dict of [B, ...], [B, M, ...] -> [B, M, n]`."""

    @final
    def forward(self, episode: Tensors) -> tf.Tensor:
        return self.apply(self.adapt(*support_of(episode)), episode["query_x"])

    def refiners(self) -> dict[str, Refiner]:
        """Ways to improve a learned task by gradient steps on its support, by name; the first one is the default.

        None where a learner returns an empty dict.
        """
        return {"weights": self.steps_on(self.adapt, lambda task: task, Adam(WEIGHT_RATE))}

    @final
    def steps_on(self, begin: Callable[..., Tensors], make: Callable[[Tensors], Tensors], rule: Rule) -> RuleRefiner:
        """A refiner that moves what `begin` makes of a support, of which `make` makes the learned task."""
        return RuleRefiner(
            begin=begin,
            predict=lambda moved, x, size: self.apply(make(moved), x),
            finish=lambda moved, x, size: make(moved),
            slope=self.labels.fine_tuning_slope,
            rule=rule,
        )

    @property
    def adapt_steps(self) -> int:
        """How many of the default refiner's steps `adapt` is worth; none unless a learner says so."""
        return 0

    @final
    def learn(
        self,
        x: Any,
        y: Any,
        *,
        categorical: Categorical = None,
        keep: int | None = None,
        gradient_steps: int | None = None,
        on: str | None = None,
    ) -> TaskModel:
        """Learn one task from labelled examples, in one pass of `adapt` or by gradient steps of your own number.

        Args:
            x: examples `[N, *example]`; a plain list of N numbers where an example is one number; of a learner that reads tables
                any table: a data frame, a dict of columns, an array, rows, of any types, with gaps. See `zoo.datasets.tables`.
            y: labels `[N, *label]`; a plain list of N numbers where a label is one number; of a learner of classes a list of N
                classes, strings or whole numbers.
            categorical: of a learner that reads tables, names or places of columns of numbers that are codes of categories.
            keep: learn from so many of the most influential examples only; for learners that read a set.
            gradient_steps: how many steps on these examples, 0 to 1000, counted as on the cards: from the start of the way `on`,
                which for MAML is the weights before its inner steps. By default as many as `adapt` is worth.
            on: what the steps move, a name in `refiners()`; the first one by default.

        Returns:
            A `TaskModel`, which answers in labels as they were given.

        Raises:
            ZooError: for wrong shapes, different lengths, no examples, NaN or infinity among them, a table or `categorical` that
                `zoo.datasets.tables.rule` refuses, `keep` below 1 or above N or with a learner that has no influence, gradient
                steps below 0 or above 1000, or an unknown `on`.

        Warns:
            UserWarning: where an example lies outside `input_range`, or a label outside `label_range`, and where a learner whose
                entry says what it knows misses these examples by far.
        """
        given, columns, support = self.given(x, y, categorical)
        if keep is not None:
            support = most_influential(self, support, keep)
        task, summary = self.adapt_and_summarise(*support)
        if gradient_steps is not None or on is not None:
            task = fine_tuned(self, support, gradient_steps, on)
        return self.learned_from(task, summary, given, support, int(support[2][0]), columns)

    def adapt_and_summarise(self, support_x: Any, support_y: Any, support_size: Any) -> tuple[Tensors, Tensors]:
        return self.graphs.adapt(support_x, support_y, support_size), {}

    @property
    @final
    def can_update(self) -> bool:
        return self.offers(capabilities.Updates)

    def steps_taken(self, on: str, support: Support, steps: np.ndarray) -> Tensors:
        """The learned task of one support after so many steps, int32 `[1]`, of a refiner."""
        return self.graphs.fine_tuned[on](*support, steps)

    def functions(self) -> Mapping[str, Callable[[], Any]]:
        """`adapt` and `apply`, `task_spec`, and what the capabilities of the learner add."""
        return {
            "adapt": lambda: compiled(self._adapt, *self.support_spec.values()),
            "apply": lambda: compiled(self.apply, self.graphs.task_spec, self.query_spec["query_x"]),
            "task_spec": self._task_spec,
            **capabilities.functions(self),
        }

    @final
    def answers(self, episode: Tensors, horizon: int = 1, on: str | None = None, steps: int = 0) -> tf.Tensor:
        """Adapt, or take so many gradient steps of a refiner, then apply, or roll out; of a stream an answer at every place.

        Raises:
            ZooError: for a horizon above 1 of a learner that has no rollout, or a stream of one that answers none.
        """
        if "stream_x" in episode:
            if not capabilities.streams.offered(self):
                raise ZooError(f"{self.title} answers no streams: it reads no labels while it answers; choose another benchmark.")
            return self.graphs.stream(episode["stream_x"], episode["stream_y"])
        support, query_x = support_of(episode), episode["query_x"]
        tasks = len(query_x)
        task = self.graphs.adapt(*support) if on is None else self.graphs.fine_tuned[on](*support, tf.fill([tasks], steps))
        if horizon == 1:
            return self.graphs.apply(task, query_x)
        if not capabilities.rolls_out.offered(self):
            raise ZooError(f"{self.title} learns no time series, so it cannot predict {horizon} steps; choose another benchmark.")
        return self.graphs.rollout(task, query_x, tf.fill([tasks], horizon))

    @final
    def variants(self, gradient_steps: Sequence[int] = ()) -> list[tuple[Condition, dict[str, Any]]]:
        ways = [(on, steps) for on in self.refiners() for steps in gradient_steps if steps != self.adapt_steps]
        tuned: list[Any] = [({"steps": steps, "on": on}, {"on": on, "steps": steps}) for on, steps in ways]
        return [({"steps": self.adapt_steps}, {}), *tuned]

    def task_models(self, drawn: Any) -> list[TaskModel]:
        learned = []
        for x, y, size in zip(drawn.support_x, drawn.support_y, drawn.support_size, strict=True):
            labels = self.labels.examples_of(y[:size])
            given, columns = self.labels.given(labels), Columns.trivial(x.shape[-1]) if self.reads_tables else None
            learned.append(self._learned(given, self.support(x[:size], labels, given, columns), columns))
        return learned

    def _learned(self, given: Given, support: Support, columns: Columns | None) -> TaskModel:
        task, summary = self.adapt_and_summarise(*support)
        return self.learned_from(task, summary, given, support, int(support[2][0]), columns)

    @property
    def support_spec(self) -> dict[str, tf.TensorSpec]:
        """Name, shape and dtype of the arguments of `adapt`, in order."""
        return {
            "support_x": tf.TensorSpec([None, None, *self.example.sizes], tf.float32),
            "support_y": tf.TensorSpec([None, None, *self.labels.shape.sizes], tf.float32),
            "support_size": tf.TensorSpec([None], tf.int32),
        }

    @property
    def query_spec(self) -> dict[str, tf.TensorSpec]:
        """Name, shape and dtype of the query of `apply`."""
        return {"query_x": tf.TensorSpec([None, None, *self.query.sizes], tf.float32)}

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        """Name of each axis of a learned task that may have any size; beyond the first there is none unless a learner says so."""
        return dict.fromkeys(self.graphs.task_spec, ("tasks",))

    @final
    def task_arrays(self) -> dict[str, ArraySpec]:
        axes = self.task_axes()
        return {name: ArraySpec.of(spec, axes.get(name, ())) for name, spec in self.graphs.task_spec.items()}

    @final
    def summary_arrays(self) -> dict[str, ArraySpec]:
        known = "summary_spec" in self.functions()
        return {name: ArraySpec.of(spec) for name, spec in self.graphs.summary_spec.items()} if known else {}

    @final
    def endpoints(self) -> dict[str, Endpoint]:
        """The pure functions that export and serving publish, by signature name, those of its capabilities included."""
        axes: dict[str, tuple[str | None, ...]] = {
            "support_x": ("tasks", "support", *self.example.names),
            "support_y": ("tasks", "support", *self.labels.shape.names),
            "support_size": ("tasks",),
            "query_x": ("tasks", "query", *self.query.names),
            **self.task_axes(),
        }
        default = Endpoint(self._predict, self.support_spec | self.query_spec, axes)
        return {
            "serving_default": default,
            "adapt": Endpoint(self._adapt, self.support_spec, axes),
            "apply": Endpoint(self._apply, self.graphs.task_spec | self.query_spec, axes),
            **capabilities.endpoints(self, default),
            **self.further_endpoints(),
        }

    def further_endpoints(self) -> dict[str, Endpoint]:
        """Pure functions that belong to one learner only; none unless it says so."""
        return {}

    def _adapt(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        return self.adapt(support_x, support_y, clamped(support_size, support_x))

    def _predict(self, query_x: tf.Tensor, **support: tf.Tensor) -> Tensors:
        return {"prediction": self.apply(self._adapt(**support), query_x)}

    def _apply(self, query_x: tf.Tensor, **task: tf.Tensor) -> Tensors:
        return {"prediction": self.apply(task, query_x)}

    def _task_spec(self) -> dict[str, tf.TensorSpec]:
        """Name, shape `[None, ...]` and dtype of every tensor of a learned task."""
        learned = self.graphs.adapt.get_concrete_function().structured_outputs
        return {name: tf.TensorSpec([None, *spec.shape[1:]], spec.dtype) for name, spec in learned.items()}


def support_of(episode: Tensors) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """The three arguments of `adapt` out of an episode batch."""
    return episode["support_x"], episode["support_y"], episode["support_size"]
