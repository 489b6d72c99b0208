"""Prototypical networks without examples: a class is what is said of it, embedded where examples are.

J. Snell, K. Swersky, R. Zemel, "Prototypical networks for few-shot learning", 2017, section 2.6: the prototype of a class is g(v)
of its attributes v, g linear and g(v) of length 1, while the embedding f of a query is not held to any length. There f is linear,
on features of a network that was trained elsewhere; `hidden` puts layers before.
"""

from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import MLP, PrototypeLogits, unit_rows
from zoo.learners.class_learner import ClassLearner
from zoo.learners.endpoint import Tensors
from zoo.learners.fine_tuning import Refiner
from zoo.learners.heads.means import Means
from zoo.learners.shape import Shape


@dataclass(frozen=True)
class ZeroShotConfig:
    """Hyper-parameters of the network; the defaults are the paper's for CUB-200.

    Attributes:
        attributes: numbers that describe a class.
        features: numbers of an example.
        hidden: widths of layers of f before its linear one.
        width: of the embeddings.
    """

    attributes: int = 312
    features: int = 1024
    hidden: tuple[int, ...] = ()
    width: int = 1024


@final
@keras.saving.register_keras_serializable("zoo")
class ZeroShotPrototypes(ClassLearner):
    """Learned task: `prototype [B, ways, D]`, and `count [B, ways]`, the descriptions that each stands for; see `Means`.

    Support are rows of attributes, one of each class (the mean where there are several); queries are features of examples.
    """

    config_class = ZeroShotConfig
    reads_unlabelled = True

    def __init__(self, config: ZeroShotConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.describe = keras.layers.Dense(c.width, dtype=self.dtype_policy, name="describe")
        self.describe.build((None, None, c.attributes))
        self.embed = MLP((*c.hidden, c.width), dtype=self.dtype_policy, name="embed")
        self.embed.build((None, None, c.features))
        self.logits = PrototypeLogits(dtype="float32", name="logits")
        self.task_head = Means(self.logits)
        self.built = True

    @property
    def example(self) -> Shape:
        return Shape((self.config.attributes,))

    @property
    def query(self) -> Shape:
        return Shape((self.config.features,))

    def adapt(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        described = unit_rows(tf.cast(self.describe(support_x), tf.float32))
        return self.task_head.adapt(described, support_y, support_size)

    def apply(self, task: Tensors, query_x: tf.Tensor) -> tf.Tensor:
        return self.task_head.logits(task, tf.cast(self.embed(query_x), tf.float32))

    def extended(self, task: Tensors, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        return self.merge(task, self.adapt(support_x, support_y, support_size))

    def merge(self, task: Tensors, other: Tensors) -> Tensors:
        """The learned tasks of the examples of two together; both have the same classes, with or without examples."""
        return self.task_head.merge(task, other)

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        return self.task_head.task_axes()

    def refiners(self) -> dict[str, Refiner]:
        """None: there are no examples to take steps on."""
        return {}


def tiny() -> dict[str, ZeroShotPrototypes]:
    """The smallest of every variant of the graph."""
    return {"attributes": ZeroShotPrototypes(ZeroShotConfig(attributes=3, features=4, hidden=(6,), width=5))}
