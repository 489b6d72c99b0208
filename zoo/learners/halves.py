"""A classifier in two halves, for many tasks that share one encoder: the encoder alone, and a task as its head alone.

The head answers embeddings, in kilobytes; the encoder makes them of examples, once. Each half is exported as any model is.
"""

from collections.abc import Mapping
from typing import Any, final

import keras
import numpy as np
import tensorflow as tf

from zoo.learners.capabilities import Embeds, Updates
from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.padding import clamped
from zoo.learners.task_endpoints import Constants, named
from zoo.learners.task_model import TaskModel
from zoo.utils.errors import ZooError

UNIT = (-1.0, 1.0)  # numbers that a head is compared on


def head_of(task: Any) -> "HeadOnly":
    """A learned task without its encoder.

    Raises:
        ZooError: for a task whose learner has no encoder to leave out.
    """
    if not isinstance(task, TaskModel) or not isinstance(task.learner, Embeds):
        raise ZooError(f"{_title(task)} has no head of its own; only a learned task of a classifier that embeds has one.")
    return HeadOnly(task)


def encoder_of(learner: Any) -> "EncoderOnly":
    """The encoder of a learner, or of a task's learner.

    Raises:
        ZooError: for a learner without one.
    """
    learner = getattr(learner, "learner", learner)
    if not isinstance(learner, Embeds):
        raise ZooError(f"{_title(learner)} has no encoder of its own; only a classifier that embeds has one.")
    return EncoderOnly(learner)


def _title(model: Any) -> str:
    return getattr(model, "title", type(model).__name__)


class _Half:
    """What both halves are to an exporter."""

    input_range: tuple[float, float] | None = UNIT
    columns: None = None
    learned: Mapping[str, np.ndarray] | None = None
    classes: tuple = ()
    ood_threshold = float("inf")

    def __init__(self, learner: Any):
        self.learner = learner
        self.licence = learner.licence

    @property
    def weights_in_order(self) -> list[keras.Variable]:
        """The weights of the learner, of which an export keeps those that it reads."""
        return self.learner.weights_in_order

    def endpoints(self) -> dict[str, Endpoint]:
        """One endpoint, `serving_default`."""
        raise NotImplementedError

    def served_endpoints(self) -> dict[str, Endpoint]:
        """Those that a SavedModel has."""
        return self.endpoints()


@final
class EncoderOnly(_Half):
    """`query_x [M, ...] -> embedding [M, D]`, what every head of this learner reads."""

    def __init__(self, learner: Any):
        super().__init__(learner)
        self.title, self.input_range = f"encoder of {learner.title}", learner.input_range

    def endpoints(self) -> dict[str, Endpoint]:
        spec = tf.TensorSpec([None, *self.learner.example.sizes], tf.float32)

        def embed(query_x: tf.Tensor) -> Tensors:
            return {"embedding": self.learner.embed(query_x, training=False)}

        return {"serving_default": Endpoint(embed, {"query_x": spec}, {"query_x": ("query",)})}


@final
class HeadOnly(_Half):
    """`query_x [M, D] -> prediction [M, ways]`: the logits of embeddings, which the encoder of the same learner made.

    Attributes:
        learner: whose endpoint `apply` answers embeddings, `dict of [B, ...], [B, M, D] -> [B, M, ways]`.
    """

    def __init__(self, task: TaskModel):
        super().__init__(task.learner)
        self.classifier: Any = task.learner
        self.learner = Halves(self.classifier)
        self.title, self.classes, self.ood_threshold = f"head of {task.title}", task.classes, task.ood_threshold
        self.learned = task.learned

    @property
    def weights_in_order(self) -> list[keras.Variable]:
        return self.classifier.weights_in_order

    def endpoints(self) -> dict[str, Endpoint]:
        spec = tf.TensorSpec([None, self.classifier.embedding_width()], tf.float32)

        def predict(query_x: tf.Tensor) -> Tensors:
            learned: Any = Constants(self.learned)
            return {"prediction": tf.squeeze(self.classifier.calibrated(learned, tf.expand_dims(query_x, 0)), 0)}

        return {"serving_default": Endpoint(predict, {"query_x": spec}, {"query_x": ("query",)})}

    def served_endpoints(self) -> dict[str, Endpoint]:
        """And `classify`, which names the classes; see `zoo.learners.task_endpoints`."""
        found = self.endpoints()
        return found | ({"classify": named(found["serving_default"], self.classes)} if self.classes else {})


@final
class Halves(_Half):
    """All that a classifier does, in halves: `embed`, `adapt` and `apply` of embeddings, and `update` of one that updates."""

    def __init__(self, learner: Any):
        super().__init__(learner)
        self.title = f"halves of {learner.title}"

    def endpoints(self) -> dict[str, Endpoint]:
        learner, task, axes = self.learner, self.learner.graphs.task_spec, dict(self.learner.task_axes())
        rows = tf.TensorSpec([None, None, learner.embedding_width()], tf.float32)
        support = {**learner.support_spec, "support_x": rows}
        axes |= {"query_x": ("tasks", "query"), "support_x": ("tasks", "support"), "support_size": ("tasks",)}
        axes["support_y"] = ("tasks", "support", *learner.labels.shape.names)

        def adapt(support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
            return learner.adapt_embedded(support_x, support_y, clamped(support_size, support_x))

        def apply(query_x: tf.Tensor, **known: tf.Tensor) -> Tensors:
            return {"prediction": learner.calibrated(known, query_x)}

        def update(support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor, **known: tf.Tensor) -> Tensors:
            learned = learner.merge(known, adapt(support_x, support_y, support_size))
            return {f"updated_{name}": value for name, value in learned.items()}

        found = {
            "embed": EncoderOnly(learner).endpoints()["serving_default"],
            "adapt": Endpoint(adapt, support, axes),
            "apply": Endpoint(apply, task | {"query_x": rows}, axes),
        }
        return found | ({"update": Endpoint(update, task | support, axes)} if learner.offers(Updates) else {})
