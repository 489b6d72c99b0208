"""The task network of pictures: a convolutional classifier for every task, whose queries are normalised by its support."""

from dataclasses import dataclass
from typing import final

import tensorflow as tf

from zoo.layers import TaskConvnet
from zoo.learners.endpoint import Tensors
from zoo.learners.labels import Classes
from zoo.learners.networks.task_network import TaskNetwork
from zoo.learners.shape import Shape


@final
@dataclass(frozen=True, eq=False)
class PictureClassifiers(TaskNetwork):
    """Pictures `[B, M, size, size, channels]` to logits of the classes of their task.

    Attributes:
        size, channels: of a picture.
        convnet: built; it has the weights that all tasks start from.
    """

    size: int
    channels: int
    convnet: TaskConvnet

    @property
    def takes_statistics(self) -> bool:
        return True

    @property
    def example(self) -> Shape:
        return Shape((self.size, self.size, self.channels))

    @property
    def labels(self) -> Classes:
        return Classes(self.convnet.ways)

    def initial(self, support_y: tf.Tensor) -> Tensors:
        return self.convnet.initial(tf.shape(support_y)[0], tf.shape(support_y)[2])

    def run(self, task: Tensors, x: tf.Tensor) -> tf.Tensor:
        return self.convnet.run(x, task)

    def training_run(self, task: Tensors, x: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
        return self.convnet.with_moments(x, task, size)[0]

    def settled(self, weights: Tensors, x: tf.Tensor, size: tf.Tensor) -> Tensors:
        return {**weights, **self.convnet.with_moments(x, weights, size)[1]}

    def transductive_run(self, task: Tensors, x: tf.Tensor) -> tf.Tensor:
        pictures = tf.fill([tf.shape(x)[0]], tf.shape(x)[1])
        return self.convnet.with_moments(x, task, pictures)[0]

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        if self.convnet.ways is not None:
            return {}
        return {"kernel_out": ("tasks", None, "ways"), "bias_out": ("tasks", "ways")}
