"""The task network of encoded pictures: an encoder that all tasks share, and a dense layer that is a task's own.

A. Raghu, M. Raghu, S. Bengio, O. Vinyals, "Rapid learning or feature reuse? Towards understanding the effectiveness of MAML",
2020, section 4 (ANIL).
"""

from dataclasses import dataclass
from typing import final

import tensorflow as tf

from zoo.layers.differentiable import task_dense
from zoo.learners.endpoint import Tensors
from zoo.learners.labels import Classes
from zoo.learners.networks.task_network import TaskNetwork
from zoo.learners.pictures import Pictures
from zoo.learners.shape import Shape


@final
@dataclass(frozen=True, eq=False)
class EncodedPictures(TaskNetwork):
    """Pictures `[B, M, size, size, channels]` to logits of the classes of their task.

    A learned task is `kernel_out [B, D, ways]` and `bias_out [B, ways]`, which start at zero: whatever column all classes start
    from, the softmax of their logits is the same, and so is every step.

    Attributes:
        embedder: pictures to embeddings of D numbers.
        width: D.
    """

    embedder: Pictures
    width: int

    @property
    def example(self) -> Shape:
        return self.embedder.example

    @property
    def labels(self) -> Classes:
        return Classes()

    def initial(self, support_y: tf.Tensor) -> Tensors:
        tasks, ways = tf.shape(support_y)[0], tf.shape(support_y)[2]
        return {"kernel_out": tf.zeros(tf.stack([tasks, self.width, ways])), "bias_out": tf.zeros(tf.stack([tasks, ways]))}

    def run(self, task: Tensors, x: tf.Tensor) -> tf.Tensor:
        return classified(task, self.embedded(x))

    def embedded(self, x: tf.Tensor) -> tf.Tensor:
        """Pictures of many tasks, each on its own: `[B, M, size, size, channels] -> [B, M, D]`."""
        x = tf.convert_to_tensor(x)
        rows = self.embedder(tf.reshape(x, [-1, *self.example.sizes]))
        return tf.reshape(rows, [tf.shape(x)[0], tf.shape(x)[1], self.width])

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        return {"kernel_out": ("tasks", None, "ways"), "bias_out": ("tasks", "ways")}


def classified(task: Tensors, embedded: tf.Tensor) -> tf.Tensor:
    """Logits of embedded pictures: `[B, M, D] -> [B, M, ways]`."""
    return task_dense(embedded, task["kernel_out"], task["bias_out"])
