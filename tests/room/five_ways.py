"""Five-way classification by gradient steps: a fixed head, and batch normalisation of every task on its own."""

from dataclasses import dataclass
from typing import final

import keras
import tensorflow as tf

from zoo.layers import MLP, activations, clear_padding, same_network, task_dense
from zoo.layers.differentiable import added, product
from zoo.learners.gradient_learner import GradientLearner
from zoo.learners.labels import Classes
from zoo.learners.networks.task_network import TaskNetwork
from zoo.learners.rules.descent import Descent
from zoo.learners.shape import Shape


class Normalised(TaskNetwork):
    example, labels = Shape((3,)), Classes(5)

    def __init__(self, shared):
        self.shared = shared

    def initial(self, support_y):
        return same_network(self.shared, tf.shape(support_y)[0])

    def settled(self, weights, x, size):  # the statistics of a task are those of its support, and part of the learned task
        hidden = tf.stop_gradient(task_dense(x, weights["kernel_0"], weights["bias_0"]))
        count = tf.reshape(tf.cast(size, tf.float32), [-1, 1, 1])
        mean = tf.reduce_sum(clear_padding(hidden, size), axis=1, keepdims=True) / count
        variance = tf.reduce_sum(clear_padding(tf.square(hidden - mean), size), axis=1, keepdims=True) / count
        return weights | {"mean": mean, "scale": tf.math.rsqrt(variance + 1e-3)}

    def training_run(self, task, x, size):
        return self.run(self.settled(task, x, size), x)

    def run(self, task, x):
        hidden = task_dense(x, task["kernel_0"], task["bias_0"])
        none = tf.zeros_like(hidden)
        hidden = activations.relu(product(added(hidden, none - task["mean"]), none + task["scale"]))
        return task_dense(hidden, task["kernel_1"], task["bias_1"])


@dataclass(frozen=True)
class FiveWaysConfig:
    width: int = 8
    inner_steps: int = 3


@final
@keras.saving.register_keras_serializable("tests")
class FiveWays(GradientLearner):
    config_class = FiveWaysConfig

    def __init__(self, config=None, **kwargs):
        super().__init__(config, **kwargs)
        self.initial = MLP((self.config.width, 5), "relu", name="initial")
        self.initial.build((None, 3))
        self.task_network, self.rule = Normalised(self.initial), Descent(0.1)
        self.built = True
