"""Reptile: move the initial weights towards those that a few gradient steps on one task after the other lead to.

A. Nichol, J. Achiam, J. Schulman, "On first-order meta-learning algorithms", 2018, algorithm 2. No second derivatives, and no
queries in training. Departures: the batches of a task are every K-th of its examples, in place of a random order, so that each
shows all classes of a sorted support alike; `adapt` takes its steps on the whole support.
"""

from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import MLP
from zoo.learners.endpoint import Tensors
from zoo.learners.gradient_learner import GradientLearner
from zoo.learners.networks.vectors import Vectors
from zoo.learners.rules.descent import Descent
from zoo.learners.towards import half_squared_distance, way_to_adapted


@dataclass(frozen=True)
class ReptileConfig:
    """Hyper-parameters of Reptile; the defaults are those of the authors' demonstration on sine waves.

    Attributes:
        inputs, outputs: width of an example and of a label.
        task_widths: hidden widths of the network.
        activation: between its layers.
        training_steps: gradient steps of training (k), each on one of as many batches of a task's examples; 2 or more, since one
            step is ordinary training on all tasks at once.
        inner_steps: gradient steps that `adapt` takes.
        inner_rate: their learning rate.
        history: how many past outputs an example starts with, oldest first; 0 where it is no time series.
        inertial: if true, the network sees positions as a body in flight does (see `zoo.layers.coordinates.Inertial`).
    """

    inputs: int = 1
    outputs: int = 1
    task_widths: tuple[int, ...] = (64, 64)
    activation: str = "tanh"
    training_steps: int = 5
    inner_steps: int = 32
    inner_rate: float = 0.02
    history: int = 0
    inertial: bool = False

    def __post_init__(self) -> None:
        if self.training_steps < 2:
            raise ValueError(f"training_steps={self.training_steps}: Reptile with one step is ordinary training; take 2 or more.")


@final
@keras.saving.register_keras_serializable("zoo")
class Reptile(GradientLearner):
    """Learned task: `kernel_l [B, d_(l-1), d_l]` and `bias_l [B, d_l]` of every layer l, after `inner_steps` steps.

    Stochastic gradient descent at a rate of epsilon on its objective is the paper's step phi += epsilon * mean(adapted - phi).
    """

    config_class = ReptileConfig

    def __init__(self, config: ReptileConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.initial = MLP((*c.task_widths, c.outputs), c.activation, dtype=self.dtype_policy, name="initial")
        self.initial.build((None, c.inputs))
        self.task_network = Vectors(c, c.activation, self.initial)
        self.rule = Descent(c.inner_rate)
        self.built = True

    def training_forward(self, episode: Tensors) -> Tensors:
        return way_to_adapted(self, episode, self.config.training_steps)

    def objective(self, outputs: Tensors, truth: tf.Tensor) -> tf.Tensor:
        return half_squared_distance(outputs, truth)


def tiny() -> dict[str, Reptile]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"task_widths": (6,), "inner_steps": 2, "training_steps": 2}
    flight = ReptileConfig(**small, inputs=6, outputs=2, history=3, inertial=True)
    return {"flight": Reptile(flight), "numbers": Reptile(ReptileConfig(**small))}
