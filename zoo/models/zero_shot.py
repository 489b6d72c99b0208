"""Prototypical networks without examples: a class is what is said of it, embedded where examples are.

J. Snell, K. Swersky, R. Zemel, "Prototypical networks for few-shot learning", 2017, section 2.6: the prototype of a class is g(v)
of its attributes v, g linear and g(v) of length 1, while the embedding f of a query is not held to any length. There f is linear,
on features of a network that was trained elsewhere; `hidden` puts layers before.
"""

from dataclasses import dataclass
from typing import final

import keras
import tensorflow as tf

from zoo.layers import MLP, PrototypeLogits, class_means, merge_means, padded_ways, unit_rows, without_empty
from zoo.learners.class_learner import ClassLearner


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
    """Learned task: `prototype [B, ways, D]`, and `count [B, ways]`, the descriptions that each stands for.

    Support are rows of attributes, one of each class (the mean where there are several); queries are features of examples.
    """

    config_class = ZeroShotConfig

    def __init__(self, config: ZeroShotConfig | None = None, **kwargs):
        super().__init__(config, **kwargs)
        c = self.config
        self.describe = keras.layers.Dense(c.width, dtype=self.dtype_policy, name="describe")
        self.describe.build((None, None, c.attributes))
        self.embed = MLP((*c.hidden, c.width), dtype=self.dtype_policy, name="embed")
        self.embed.build((None, None, c.features))
        self.logits = PrototypeLogits(dtype="float32", name="logits")
        self.built = True

    @property
    def example_shape(self):
        return (self.config.attributes,)

    @property
    def query_shape(self):
        return (self.config.features,)

    def adapt(self, support_x, support_y, support_size):
        described = unit_rows(tf.cast(self.describe(support_x), tf.float32))
        prototype, count = class_means(described, support_y, support_size)
        return {"prototype": prototype, "count": count}

    def apply(self, task, query_x):
        query = tf.cast(self.embed(query_x), tf.float32)
        return without_empty(self.logits(query, task["prototype"]), task["count"])

    def merge(self, task, other):
        prototype, count = merge_means(task["prototype"], task["count"], other["prototype"], other["count"])
        return {"prototype": prototype, "count": count}

    def pad_ways(self, learned, ways):
        return padded_ways(learned, ways)

    def refiners(self):
        """None: there are no examples to take steps on."""
        return {}
