"""Networks of vectors with parts for the gradient steps alone: a learned input beside the examples, a head for the inner loss.

C. Finn, T. Yu, T. Zhang, P. Abbeel, S. Levine, "One-shot visual imitation learning via meta-learning", 2017, section 4.
A learned task is a plain network all the same: what the learned input adds is a bias of the first layer.
"""

from dataclasses import dataclass
from typing import final

import keras
import tensorflow as tf

from zoo.layers.differentiable import task_dense
from zoo.layers.mlp import MLP
from zoo.layers.task_network import same_network
from zoo.learners.endpoint import Tensors
from zoo.learners.networks.vectors import Vectors


@final
@dataclass(frozen=True, eq=False)
class InnerVectors(Vectors):
    """As `Vectors`; gradient steps move `context [B, c]` and `kernel_context [B, c, d_1]` too.

    Attributes:
        context: the learned input c that all tasks start from, `[c]`; None for none.
        context_kernel: its weights W_2 to the first layer, `[c, d_1]`.
        answering: the last layer that answers queries, which no gradient step moves; None where the moved one does.
    """

    context: keras.Variable | None = None
    context_kernel: keras.Variable | None = None
    answering: MLP | None = None

    def initial(self, support_y: tf.Tensor) -> Tensors:
        weights, tasks = super().initial(support_y), tf.shape(support_y)[0]
        if self.context is None:
            return weights
        assert self.context_kernel is not None
        return weights | {"context": _shared(self.context, tasks), "kernel_context": _shared(self.context_kernel, tasks)}

    def training_run(self, task: Tensors, x: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
        return self.run(_folded(task), x)

    def settled(self, weights: Tensors, x: tf.Tensor, size: tf.Tensor) -> Tensors:
        task = _folded(weights)
        if self.answering is None:
            return task
        last = len(task) // 2 - 1
        head = same_network(self.answering, tf.shape(x)[0])
        return task | {f"kernel_{last}": head["kernel_0"], f"bias_{last}": head["bias_0"]}


def _shared(variable: keras.Variable, tasks: tf.Tensor) -> tf.Tensor:
    """The same for every task: `[...] -> [B, ...]`."""
    one = tf.expand_dims(tf.cast(variable, tf.float32), 0)
    return tf.tile(one, [tasks, *[1] * (one.shape.rank - 1)])


def _folded(weights: Tensors) -> Tensors:
    """A plain network that answers alike: what the learned input adds to the first layer, W_2 c, goes to its bias."""
    if "context" not in weights:
        return weights
    plain = dict(weights)
    context, kernel, bias = plain.pop("context"), plain.pop("kernel_context"), plain["bias_0"]
    added = task_dense(tf.expand_dims(context, 1), kernel, bias)  # [B, 1, d_1]
    return plain | {"bias_0": tf.reshape(added, tf.shape(bias))}
