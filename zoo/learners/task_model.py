"""A task model: a learner and one task it has learned, ready to predict, to be saved, and to leave the library."""

from typing import TYPE_CHECKING, Any, final

import numpy as np
import tensorflow as tf

from zoo.learners.endpoint import Endpoint
from zoo.utils import checks
from zoo.utils.errors import ZooError
from zoo.utils.logits import softmax

if TYPE_CHECKING:
    from zoo.learners.meta_learner import MetaLearner


MOST_STEPS = 10_000  # of a rollout


@final
class TaskModel:
    """What a learner made of a support set.

    Args:
        learner: the learner that learned the task.
        learned: the learned task, a flat dict of arrays `[1, ...]`.
        flat: if true, `predict` returns `[M]` instead of `[M, 1]`.
        summary: what a learner that reads a set kept of the support, arrays `[1, ...]`; empty for other learners.
        size: number of examples that `summary` stands for.
        classes: of a classifier, the classes in the order of its logits; empty for other learners.
    """

    def __init__(
        self,
        learner: "MetaLearner",
        learned: dict[str, np.ndarray],
        flat: bool = False,
        summary: dict[str, np.ndarray] | None = None,
        size: int = 0,
        classes: tuple = (),
    ):
        self.learner = learner
        self.learned = learned
        self.flat = flat
        self.summary = summary or {}
        self.size = size
        self.classes = tuple(classes)

    def __repr__(self) -> str:
        return f"<TaskModel of {self.learner.name}: {len(self.learned)} tensors, {self.nbytes:,} bytes>"

    @property
    def title(self) -> str:
        """What exports call it."""
        return f"task of {self.learner.name}"

    @property
    def weights_in_order(self) -> list:
        """The learner's weights, in the order they were built."""
        return self.learner.weights_in_order

    @property
    def input_range(self) -> tuple[float, float] | None:
        """The learner's lowest and highest number of training's examples, where an entry says so."""
        return self.learner.input_range

    @property
    def nbytes(self) -> int:
        """Size of the learned task in bytes."""
        return sum(value.nbytes for value in self.learned.values())

    def predict(self, x: Any) -> np.ndarray:
        """Predict labels of new examples.

        Args:
            x: examples `[M, *query_shape]`, or a plain list of M numbers where an example is one number.

        Returns:
            float32 `[M, label_width]`, or `[M]` where the task was learned from a plain list of labels; of a classifier the
            class of each, `[M]`, as it was named.

        Raises:
            ZooError: for a wrong shape, no rows, or NaN or infinity among them.
        """
        prediction = self._apply(x)
        if self.classes:
            return np.array(self.classes)[prediction.argmax(axis=1)]
        return prediction[:, 0] if self.flat else prediction

    def logits(self, x: Any) -> np.ndarray:
        """A classifier's logits of new examples, float32 `[M, ways]`, in the order of `classes`; `x` as for `predict`.

        Raises:
            ZooError: as `predict`, and for a task that has no classes.
        """
        if not self.classes:
            raise ZooError(
                f"this task of {self.learner.name} has no classes, and so neither logits nor probabilities; use predict."
            )
        return self._apply(x)

    def predict_proba(self, x: Any) -> np.ndarray:
        """A classifier's probabilities of the classes, float32 `[M, ways]`, each row adding up to 1; otherwise as `logits`."""
        return softmax(self.logits(x))

    def ood_score(self, x: Any) -> np.ndarray:
        """How much each new example looks like none of the classes, float32 `[M]`; `x` as for `predict`.

        It is minus the largest logit, in an export too. For a prototypical network that is the squared distance to the nearest
        prototype over the task's temperature, which grows with the distances of the support's examples to their own classes.
        From `ood_threshold` on, none of the classes is the better answer.

        Raises:
            ZooError: as `logits`.
        """
        return -self.logits(x).max(axis=1)

    @property
    def ood_threshold(self) -> float:
        """The ood_score that 95 % of the examples of known classes stay below; infinity where none was measured."""
        return self.learner.calibration.ood_threshold if self.classes else float("inf")

    def classify(self, x: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What `predict`, `predict_proba` and `ood_score` say of new examples, in one pass."""
        logits = self.logits(x)
        return np.array(self.classes)[logits.argmax(axis=1)], softmax(logits), -logits.max(axis=1)

    def _apply(self, x: Any) -> np.ndarray:
        query_x = checks.as_rows("x", x, self.learner.query_shape)
        return self.learner.compiled_apply(self.learned, query_x[None]).numpy()[0]

    def rollout(self, x: Any, steps: int) -> np.ndarray:
        """Predict step after step, each from the predictions before it.

        Args:
            x: where to begin, `[M, *example_shape]`.
            steps: how many steps, 1 to `MOST_STEPS`.

        Returns:
            float32 `[M, steps, label_width]`.

        Raises:
            ZooError: if the learner is not one of time series, for another number of steps, or as `predict`.
        """
        if not getattr(self.learner, "past_outputs", 0):
            raise ZooError(f"{self.learner.name} has no rollout: its examples are not past outputs; use predict.")
        if not 1 <= steps <= MOST_STEPS:
            raise ZooError(f"steps={steps}: ask for 1 to {MOST_STEPS} steps.")
        query_x = checks.as_rows("x", x, self.learner.example_shape)
        return self.learner.compiled_rollout(self.learned, query_x[None], [steps]).numpy()[0]

    @property
    def influence(self) -> np.ndarray:
        """How much each example of the support counted, float32 `[N]` in the order they came in; see `SetLearner.influence`.

        Raises:
            ZooError: for a task that holds no summary of its support.
        """
        return self._set_learner("influence").shares_of(self)

    def update(self, x: Any, y: Any) -> "TaskModel":
        """Learn from more examples besides those that this task was learned from, which are not needed again.

        Args:
            x, y: the new examples, as for the learner's `learn`; a classifier's may be of classes that are new.

        Returns:
            A new task model, the same as one learned from all examples at once; gradient steps of this one are not carried over.

        Raises:
            ZooError: as `learn`, and for a task that holds no summary of its support.
        """
        if self.classes:
            classifier: Any = self.learner
            return classifier.updated(self, x, y)
        learner = self._set_learner("update")
        return learner.updated(self, *learner.support(x, y, stacklevel=2))

    def _set_learner(self, what: str) -> Any:
        if not self.summary:
            name = self.learner.name
            raise ZooError(
                f"this task of {name} has no {what}: it holds no summary of its support; learners that read a set, as MeLA's "
                "entries do, keep one, and a task saved by an older version must be learned again."
            )
        return self.learner

    def endpoints(self) -> dict[str, Endpoint]:
        """One endpoint, `query_x [M, ...] -> prediction [M, n]`, with the learned task inside as constants."""
        spec = tf.TensorSpec([None, *self.learner.query_shape], tf.float32)

        def predict(query_x):
            task = {name: tf.constant(value) for name, value in self.learned.items()}
            return {"prediction": tf.squeeze(self.learner.apply(task, tf.expand_dims(query_x, 0)), 0)}

        return {"serving_default": Endpoint(predict, {"query_x": spec}, {"query_x": ("query",)})}

    def served_endpoints(self) -> dict[str, Endpoint]:
        """Those of `endpoints`, and of a classifier `classify`, `query_x [M, ...]` to what `classify` says of each.

        That is `class [M]`, the name of the most likely one, a string, which of all formats SavedModel alone can hold;
        `probability [M, ways]`; and `ood_score [M]`.
        """
        endpoints = self.endpoints()
        if not self.classes:
            return endpoints
        default = endpoints["serving_default"]
        names = tuple(str(name).encode(errors="replace") for name in self.classes)

        def classify(query_x):
            logits = tf.ensure_shape(default(query_x=query_x)["prediction"], [None, len(names)])
            best = tf.gather(tf.constant(names), tf.argmax(logits, axis=1))
            return {"class": best, "probability": tf.nn.softmax(logits), "ood_score": -tf.reduce_max(logits, axis=1)}

        named = Endpoint(classify, default.inputs, default.axes, names={"class": ("probability", names)})
        return endpoints | {"classify": named}
