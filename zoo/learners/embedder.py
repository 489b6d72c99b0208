"""What a classifier embeds examples by: any object that knows the axes of an example and makes numbers of many."""

from typing import Protocol

import tensorflow as tf

from zoo.learners.shape import Shape


class Embedder(Protocol):
    """A plain object, whose layers are attributes of the model that made it."""

    @property
    def example(self) -> Shape:
        """Axes of one example."""

    def __call__(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Embed examples, `[rows, ...] -> float32 [rows, D]`, each on its own outside training."""
