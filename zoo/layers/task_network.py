"""Task networks: the weights of one multi-layer perceptron per task, in the flat dict that is a learned task.

The dict holds `kernel_l [B, d_(l-1), d_l]` and `bias_l [B, d_l]` of every layer l from 0. MeLA generates them, MAML adapts them.
"""

from collections.abc import Callable, Mapping

import tensorflow as tf

from zoo.layers.differentiable import task_dense
from zoo.layers.mlp import MLP


def run_task_network(task: Mapping[str, tf.Tensor], x: tf.Tensor, activation: Callable[[tf.Tensor], tf.Tensor]) -> tf.Tensor:
    """Run the network of every task on its own rows, the last layer linear: `dict of [B, ...], [B, M, d_0] -> [B, M, d_last]`.

    Args:
        task: `kernel_l` and `bias_l` of every layer, and nothing else.
        x: `[B, M, d_0]`.
        activation: between the layers, from `zoo.layers.activations`.
    """
    last = len(task) // 2 - 1
    h = tf.cast(x, task["kernel_0"].dtype)
    for layer in range(last):
        h = activation(task_dense(h, task[f"kernel_{layer}"], task[f"bias_{layer}"]))  # [B, M, d_layer]
    return task_dense(h, task[f"kernel_{last}"], task[f"bias_{last}"])


def same_network(mlp: MLP, tasks: int | tf.Tensor) -> dict[str, tf.Tensor]:
    """Give every task the weights of one network.

    Args:
        mlp: a built network.
        tasks: their number B.

    Returns:
        `kernel_l` and `bias_l` of every layer, float32 `[B, ...]`, equal for all tasks.
    """
    shared = {}
    for layer, dense in enumerate(mlp.stack):
        for name, variable in (("kernel", dense.kernel), ("bias", dense.bias)):
            one = tf.expand_dims(tf.cast(variable, tf.float32), 0)  # [1, ...]
            shared[f"{name}_{layer}"] = tf.tile(one, [tasks, *[1] * (one.shape.rank - 1)])  # [B, ...]
    return shared
