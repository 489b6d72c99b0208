"""Reptile on pictures: move a convolutional network towards those that a few steps of Adam on one task after the other lead to.

A. Nichol, J. Achiam, J. Schulman, "On first-order meta-learning algorithms", 2018, section 6.1. Second moments of Adam are
carried from task to task and shipped, as the authors' code has them in evaluation. Departures: those of `Reptile` and of
`PictureGradients`; all tasks of a step begin with the same second moments, whose mean after them the next ones take; a rate of
its own for the last layer.
"""

from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import across_workers
from zoo.learners.endpoint import Tensors
from zoo.learners.picture_gradients import PictureGradients, PictureGradientsConfig
from zoo.learners.rules.warm_adam import WarmAdam
from zoo.learners.towards import half_squared_distance, passed_over


@dataclass(frozen=True)
class PictureReptileConfig(PictureGradientsConfig):
    """Hyper-parameters of Reptile on pictures; the defaults are the paper's for 5-way Omniglot.

    Attributes:
        training_steps: gradient steps of training (k), each on one of as many batches of a task's examples; 2 or more.
        inner_steps: gradient steps that `adapt` takes, each on the whole support.
        inner_rate: of Adam, whose first moments do not count (beta_1 = 0).
        head_rate: the same of the last layer; None for the same number.
    """

    inner_steps: int = 50
    training_steps: int = 5
    inner_rate: float = 1e-3
    head_rate: float | None = None

    def __post_init__(self) -> None:
        if self.training_steps < 2:
            raise ValueError(f"training_steps={self.training_steps}: Reptile with one step is ordinary training; take 2 or more.")


@final
@keras.saving.register_keras_serializable("zoo")
class PictureReptile(PictureGradients):
    """Learned task: that of `PictureGradients`; scales and offsets of the normalisation are a task's own."""

    config_class = PictureReptileConfig
    scaled = True

    def __init__(self, config: PictureReptileConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.moments = {
            name: self.add_weight(value.shape[1:], "ones", "float32", trainable=False, name=f"second_{name}")
            for name, value in self.convnet.initial(1, 1).items()
        }
        head = c.inner_rate if c.head_rate is None else c.head_rate
        rates = {"kernel_out": head, "bias_out": head}
        self.rule = WarmAdam(c.inner_rate, self.moments, rates)
        self.built = True

    def training_forward(self, episode: Tensors) -> tuple[Tensors, Tensors]:
        """How far the start is from where tasks lead, and what Adam keeps after them, two dicts of `[B, ...]`."""
        return passed_over(self, episode, self.config.training_steps)

    def objective(self, outputs: tuple[Tensors, Tensors], truth: tf.Tensor) -> tf.Tensor:
        way, kept = outputs
        for name, variable in self.moments.items():
            variable.assign(_mean_like(kept[f"second_{name}"], variable.shape))
        if self.config.ways is None:  # the one column of all classes moves to the mean of theirs, not by their sum
            ways = tf.cast(tf.shape(truth)[-1], tf.float32)
            way = {name: part * tf.math.rsqrt(ways) if name.endswith("_out") else part for name, part in way.items()}
        return half_squared_distance(way, truth)


def _mean_like(moments: tf.Tensor, shape: tuple[int, ...]) -> tf.Tensor:
    """The mean over tasks, and over classes where all have one column: `[B, ..., n] -> [..., n]` or `[..., 1]`."""
    mean = across_workers.row_mean(moments, [0])
    return mean if mean.shape[-1] == shape[-1] else tf.reduce_mean(mean, axis=-1, keepdims=True)


def tiny() -> dict[str, PictureReptile]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 9, "filters": (4, 5), "inner_steps": 2, "training_steps": 2}
    fixed = PictureReptileConfig(**small, shrink="pool", finish="mean", ways=3, head_rate=0.02)
    return {"any ways": PictureReptile(PictureReptileConfig(**small)), "pools, three ways": PictureReptile(fixed)}
