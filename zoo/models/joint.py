"""One network for all tasks: learns nothing from the support, and shows what learning to learn is worth.

The "pretrained" baseline of T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, and, where the examples
tell which task they belong to, its "oracle".
"""

from dataclasses import dataclass
from typing import final

import keras
import tensorflow as tf

from zoo.layers import MLP, activations, run_task_network, same_network
from zoo.layers.coordinates import coordinates
from zoo.learners.rollout import VectorLearner


@dataclass(frozen=True)
class JointConfig:
    """Hyper-parameters of the network.

    Attributes:
        inputs, outputs: width of an example and of a label.
        task_widths: hidden widths.
        activation: between layers.
        l1: weight of the L1 penalty on kernels and biases.
        history: how many past outputs an example starts with, oldest first; 0 where it is no time series.
        inertial: if true, the network sees positions as a body in flight does (see `zoo.layers.coordinates.Inertial`).
    """

    inputs: int = 1
    outputs: int = 1
    task_widths: tuple[int, ...] = (40, 40)
    activation: str = "leaky_relu"
    l1: float = 0.0
    history: int = 0
    inertial: bool = False


@final
@keras.saving.register_keras_serializable("zoo")
class Joint(VectorLearner):
    """Learned task: `kernel_l [B, d_(l-1), d_l]` and `bias_l [B, d_l]`, the same for all tasks until gradient steps part them."""

    config_class = JointConfig

    def __init__(self, config: JointConfig | None = None, **kwargs):
        super().__init__(config, **kwargs)
        c = self.config
        penalty = keras.regularizers.L1(c.l1) if c.l1 else None
        widths = (*c.task_widths, c.outputs)
        self.network = MLP(widths, c.activation, kernel_regularizer=penalty, dtype=self.dtype_policy, name="network")
        self.network.build((None, c.inputs))
        self.coordinates = coordinates(c)
        self.task_activation = activations.get(c.activation)
        self.built = True

    def adapt(self, support_x, support_y, support_size):
        return same_network(self.network, tf.shape(support_size)[0])

    def apply(self, task, query_x):
        seen = self.coordinates
        return seen.output(query_x, run_task_network(task, seen.example(query_x), self.task_activation))
