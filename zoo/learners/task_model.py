"""A task model: a learner and one task it has learned, ready to predict, to be saved, and to leave the library."""

from typing import Any, final

import keras
import numpy as np
import tensorflow as tf

from zoo.learners.capabilities import Influences, Updates, rolls_out
from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.labels import Given
from zoo.learners.parts import in_parts
from zoo.utils.errors import ZooError
from zoo.utils.logits import softmax

MOST_STEPS = 10_000  # of a rollout


@final
class TaskModel:
    """What a learner made of a support set.

    Args:
        learner: the learner that learned the task; a `MetaLearner`.
        learned: the learned task, a flat dict of arrays `[1, ...]`.
        given: how the labels were given, and so how answers come back.
        summary: what a learner that reads a set kept of the support, arrays `[1, ...]`; empty for other learners.
        size: number of examples that the task was learned from.
    """

    def __init__(
        self,
        learner: Any,
        learned: dict[str, np.ndarray],
        given: Given | None = None,
        summary: dict[str, np.ndarray] | None = None,
        size: int = 0,
    ):
        self.learner = learner
        self.learned = learned
        self.given = given or Given()
        self.summary = summary or {}
        self.size = size

    def __repr__(self) -> str:
        return f"<TaskModel of {self.learner.title}: {len(self.learned)} tensors, {self.nbytes:,} bytes>"

    @property
    def nbytes(self) -> int:
        """Size of the learned task in bytes."""
        return sum(value.nbytes for value in self.learned.values())

    @property
    def classes(self) -> tuple:
        """The classes in the order of the logits; empty where labels are no classes."""
        return self.given.classes

    @property
    def title(self) -> str:
        """A name for metadata and messages."""
        return f"task of {self.learner.title}"

    @property
    def weights_in_order(self) -> list[keras.Variable]:
        """Variables of the learner that no task changes, such as an encoder, in the order they were built in."""
        return self.learner.weights_in_order

    @property
    def input_range(self) -> tuple[float, float] | None:
        """Lowest and highest number of training; None where that is not known."""
        return self.learner.input_range

    def predict(self, x: Any) -> np.ndarray:
        """Predict labels of new examples.

        Args:
            x: examples `[M, *query]`, or a plain list of M numbers where an example is one number.

        Returns:
            Labels as they were given, float32 `[M, width]`, or `[M]` where they came as a plain list; the names of classes.

        Raises:
            ZooError: for a wrong shape, no rows, or NaN or infinity among them.

        Warns:
            UserWarning: where an example lies outside `input_range`.
        """
        return self.learner.labels.decode(self.answers(x), self.given)

    def logits(self, x: Any) -> np.ndarray:
        """A classifier's logits of new examples, float32 `[M, ways]`, in the order of `classes`; `x` as for `predict`.

        Raises:
            ZooError: as `predict`, and for a task that has no classes.
        """
        if not self.classes:
            raise ZooError(
                f"this task of {self.learner.title} has no classes, and so neither logits nor probabilities; use predict."
            )
        return self.answers(x)[..., : len(self.classes)]

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
        return -self.logits(x).max(axis=-1)

    @property
    def ood_threshold(self) -> float:
        """The OOD score that 95 % of the examples of known classes stay below; infinity where none was measured."""
        return self.learner.ood_threshold

    def classify(self, x: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What `predict`, `predict_proba` and `ood_score` say of new examples, in one pass."""
        logits = self.logits(x)
        return self.learner.labels.decode(logits, self.given), softmax(logits), -logits.max(axis=-1)

    def answers(self, x: Any) -> np.ndarray:
        """What the learner answers to new examples, float32 `[M, *answer]`: of classes the logits; `x` as for `predict`."""
        apply = self.learner.graphs.apply
        return in_parts(lambda part: apply(self.learned, part[None])[0], self.learner.queries("x", x), self.nbytes)

    def rollout(self, x: Any, steps: int) -> np.ndarray:
        """Predict step after step, each from the predictions before it.

        Args:
            x: where to begin, `[M, *example]`.
            steps: how many steps, 1 to `MOST_STEPS`.

        Returns:
            float32 `[M, steps, width]`.

        Raises:
            ZooError: if the learner is not one of time series, for another number of steps, or as `predict`.
        """
        if not rolls_out.offered(self.learner):
            raise ZooError(f"{self.learner.title} has no rollout: its examples are not past outputs; use predict.")
        if not 1 <= steps <= MOST_STEPS:
            raise ZooError(f"steps={steps}: ask for 1 to {MOST_STEPS} steps.")
        roll = self.learner.graphs.rollout
        return in_parts(lambda part: roll(self.learned, part[None], [steps])[0], self.learner.queries("x", x), self.nbytes)

    @property
    def influence(self) -> np.ndarray:
        """How much each example of the support counted, float32 `[N]` in the order they came in; see `SetLearner.influence`.

        Raises:
            ZooError: for a task that holds no summary of its support.
        """
        if not (self.learner.offers(Influences) and self.summary):
            raise self._keeps_nothing("influence")
        return self.learner.shares_of(self)

    def update(self, x: Any, y: Any) -> "TaskModel":
        """Learn from more examples besides those that this task was learned from, which are not needed again.

        Args:
            x, y: the new examples, as for the learner's `learn`; of a learner of classes some may be of classes that are new.

        Returns:
            A new task model, the same as one learned from all examples at once; gradient steps of this one are not carried over.

        Raises:
            ZooError: as `learn`, and for a task that keeps nothing to go on from.
        """
        if not (self.learner.offers(Updates) and (self.classes or self.summary)):
            raise self._keeps_nothing("update")
        return self.learner.updated(self, x, y)

    def _keeps_nothing(self, what: str) -> ZooError:
        return ZooError(
            f"this task of {self.learner.title} has no {what}: it holds no summary of its support; learners that read a set, as "
            "MeLA's entries do, keep one, and a task saved by an older version must be learned again."
        )

    def endpoints(self) -> dict[str, Endpoint]:
        """One endpoint, `query_x [M, ...] -> prediction [M, n]`, with the learned task inside as constants."""
        query = self.learner.query
        spec = tf.TensorSpec([None, *query.sizes], tf.float32)

        def predict(query_x: tf.Tensor) -> Tensors:
            task = {name: tf.constant(value) for name, value in self.learned.items()}
            return {"prediction": tf.squeeze(self.learner.apply(task, tf.expand_dims(query_x, 0)), 0)}

        return {"serving_default": Endpoint(predict, {"query_x": spec}, {"query_x": ("query", *query.names)})}

    def served_endpoints(self) -> dict[str, Endpoint]:
        """Those of `endpoints`, and of a classifier `classify`, `query_x [M, ...]` to what `classify` says of each.

        That is `class [M]`, the name of the most likely one, a string, which of all formats SavedModel alone can hold;
        `probability [M, ways]`; and `ood_score [M]`.
        """
        endpoints = self.endpoints()
        if not self.classes or len(self.learner.labels.shape.axes) > 1:  # a mask has no one name
            return endpoints
        default = endpoints["serving_default"]
        names = tuple(str(name).encode(errors="replace") for name in self.classes)

        def classify(query_x: tf.Tensor) -> Tensors:
            answers = default(query_x=query_x)["prediction"]
            known = answers if answers.shape[1] is None else answers[:, : len(names)]  # a fixed head may have more columns
            logits = tf.ensure_shape(known, [None, len(names)])
            best = tf.gather(tf.constant(names), tf.argmax(logits, axis=1))
            return {"class": best, "probability": tf.nn.softmax(logits), "ood_score": -tf.reduce_max(logits, axis=1)}

        named = Endpoint(classify, default.inputs, default.axes, names={"class": ("probability", names)})
        return endpoints | {"classify": named}
