"""Task networks: the weights of one multi-layer perceptron per task, as the flat dict that a learned task is.

The dict holds `kernel_l [B, d_(l-1), d_l]` and `bias_l [B, d_l]` of every layer l from 0. MeLA generates them, MAML adapts them.
"""

import tensorflow as tf

from zoo.layers.differentiable import task_dense
from zoo.layers.mlp import MLP


def run_task_network(task, x, activation):
    """Run every task's own network, the last layer linear: `dict of [B, ...], [B, M, d_0] -> [B, M, d_last]`."""
    last = len(task) // 2 - 1
    h = tf.cast(x, task["kernel_0"].dtype)
    for layer in range(last):
        h = activation(task_dense(h, task[f"kernel_{layer}"], task[f"bias_{layer}"]))
    return task_dense(h, task[f"kernel_{last}"], task[f"bias_{last}"])


def same_network(mlp: MLP, tasks):
    """Give every task the weights of one network: an MLP and their number -> dict of `[tasks, ...]`, float32."""
    shared = {}
    for layer, dense in enumerate(mlp.stack):
        for name, variable in (("kernel", dense.kernel), ("bias", dense.bias)):
            one = tf.expand_dims(tf.cast(variable, tf.float32), 0)
            shared[f"{name}_{layer}"] = tf.tile(one, [tasks, *[1] * (one.shape.rank - 1)])
    return shared
