"""MAML++: MAML on pictures with learned rates for each layer and step, and a loss after every inner step.

A. Antoniou, H. Edwards, A. Storkey, "How to train your MAML", 2019, section 4. The weights of the losses move from all steps
alike to the last step alone. Departures: normalisation has the moments of the support at its last step and one offset for all
steps, in place of running moments and an offset for each; derivatives are of second order from the first step on, as the authors'
shipped configurations have it; logarithms of the rates are learned; and those of `PictureGradients`.
"""

import math
from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from zoo.learners.endpoint import Tensors
from zoo.learners.meta_learner import support_of
from zoo.learners.picture_gradients import PictureGradients, PictureGradientsConfig
from zoo.learners.rules.stepwise import Stepwise

LEAST = 0.03  # of the first weight, that a step before the last keeps while the losses of all steps count


@dataclass(frozen=True)
class MAMLPlusPlusConfig(PictureGradientsConfig):
    """Hyper-parameters of MAML++; the defaults are those of the authors' configurations for Omniglot.

    Attributes:
        inner_steps: in training as in `adapt`. Steps beyond them take the rates of the last one.
        inner_rate: the rate that learning starts from, for a loss that is summed over classes as that of `PictureMAML`.
        convolution_rate: the same of the convolutions; None for the same number.
        multi_step: training steps over which the weights of the losses move to the last step; 0 for its loss alone.
    """

    shrink: str = "pool"
    inner_rate: float = 0.1
    convolution_rate: float | None = None
    multi_step: int = 5000


@final
@keras.saving.register_keras_serializable("zoo")
class MAMLPlusPlus(PictureGradients):
    """Learned task: that of `PictureGradients`."""

    config_class = MAMLPlusPlusConfig

    def __init__(self, config: MAMLPlusPlusConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        self.logarithms = {name: self._logarithms(name) for name in self.convnet.initial(1, 1)}
        self.trained = self.add_weight((), "zeros", "int32", trainable=False, name="trained")
        self.rule = Stepwise(self.logarithms)
        self.built = True

    def _logarithms(self, name: str) -> Any:
        """Learned logarithms of the rates of a tensor of weights, one for each step."""
        c = self.config
        rate = c.inner_rate if name.endswith("_out") or c.convolution_rate is None else c.convolution_rate
        start = keras.initializers.Constant(math.log(rate))
        return self.add_weight((c.inner_steps,), start, "float32", name=f"log_rate_{name}")

    def training_forward(self, episode: Tensors) -> tf.Tensor:
        """Predictions after every step that a loss counts of, `[S, B, M, ways]`."""
        c = self.config
        if not c.multi_step:
            return tf.expand_dims(super().training_forward(episode), 0)
        tasks = self.adapted(*support_of(episode), steps=c.inner_steps, every=True)
        return tf.stack([self.apply(task, episode["query_x"]) for task in tasks])

    def objective(self, outputs: tf.Tensor, truth: tf.Tensor) -> tf.Tensor:
        """The mean cross-entropy after every step, weighted."""
        losses = tf.nn.softmax_cross_entropy_with_logits(tf.zeros_like(outputs) + truth, outputs)  # [S, B, M]
        weights = step_weights(outputs.shape[0], tf.cast(self.trained, tf.float32) / max(1, self.config.multi_step))
        self.trained.assign_add(1)
        return tf.reduce_sum(weights * tf.reduce_mean(losses, axis=[1, 2]))


def step_weights(steps: int, progress: tf.Tensor) -> tf.Tensor:
    """Weights of the losses after each step, `[steps]`, at a progress from 0, all alike, to 1 and on, the last alone."""
    share = 1.0 / steps
    before = tf.where(progress < 1.0, tf.maximum(share * (1.0 - progress), LEAST * share), 0.0)
    return tf.stack([*[before] * (steps - 1), 1.0 - (steps - 1) * before])


def tiny() -> dict[str, MAMLPlusPlus]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 9, "filters": (4, 5), "inner_steps": 2}
    fixed = MAMLPlusPlusConfig(**small, shrink="stride", finish="mean", ways=3, multi_step=0)
    return {"any ways": MAMLPlusPlus(MAMLPlusPlusConfig(**small)), "three ways, last loss": MAMLPlusPlus(fixed)}
