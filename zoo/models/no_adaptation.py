"""One network for all tasks: learns nothing from the support, and shows what learning to learn is worth.

The "pretrained" baseline of T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, and, where the examples
tell which task they belong to, its "oracle".
"""

from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import MLP
from zoo.learners.endpoint import Tensors
from zoo.learners.network_learner import NetworkLearner
from zoo.learners.networks.vectors import Vectors


@dataclass(frozen=True)
class NoAdaptationConfig:
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
@keras.saving.register_keras_serializable("zoo", name="Joint")  # as shipped weights name it
class NoAdaptation(NetworkLearner):
    """Learned task: `kernel_l [B, d_(l-1), d_l]` and `bias_l [B, d_l]`, the same for all tasks until gradient steps part them."""

    config_class = NoAdaptationConfig

    def __init__(self, config: NoAdaptationConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        penalty = keras.regularizers.L1(c.l1) if c.l1 else None
        widths = (*c.task_widths, c.outputs)
        self.network = MLP(widths, c.activation, kernel_regularizer=penalty, dtype=self.dtype_policy, name="network")
        self.network.build((None, c.inputs))
        self.task_network = Vectors(c, c.activation, self.network)
        self.built = True

    def adapt(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        return self.task_network.initial(support_y)


def tiny() -> dict[str, NoAdaptation]:
    """The smallest of every variant of the graph."""
    flight: dict[str, Any] = {"inputs": 6, "outputs": 2, "task_widths": (6,), "history": 3, "inertial": True}
    return {"flight": NoAdaptation(NoAdaptationConfig(**flight))}
