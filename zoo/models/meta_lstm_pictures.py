"""The meta-learner LSTM on pictures: learned gates say how far every weight of a convolutional network steps and what it keeps.

S. Ravi, H. Larochelle, "Optimization as a model for few-shot learning", 2017, sections 3 and 5. As in the paper the gates read
the gradient of the whole support, which is a constant to training. Departures: queries are normalised by the moments of the
support, in training too; the normalisation has one offset for all tasks and no scale; one column of the last layer, which every
class starts from, in place of one for each; the gradient is that of `PictureMAML`, of a loss summed over classes.
"""

from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import CoordinatewiseGates, TaskConvnet
from zoo.learners.gradient_learner import GradientLearner
from zoo.learners.networks.pictures import PictureClassifiers
from zoo.learners.rules.gated import Gated


@dataclass(frozen=True)
class PictureMetaLSTMConfig:
    """Hyper-parameters of the meta-learner LSTM on pictures, by default the authors' at five examples a class.

    Attributes:
        size, channels: of a picture.
        filters, shrink, finish: of the network, see `TaskConvnet`.
        ways: classes of every task, each with a column of its own in the last layer; None for any number of ways.
        inner_steps: steps that `adapt` takes (T).
        units: of the LSTM that reads gradient and loss.
        preprocessing: p of `zoo.layers.log_and_sign`.
        feedback: what a gate reads of itself one step before, "sigmoid" as in the paper's equations, or "logit" as in its code.
    """

    size: int = 28
    channels: int = 1
    filters: tuple[int, ...] = (32, 32, 32, 32)
    shrink: str = "pool"
    finish: str = "flatten"
    ways: int | None = None
    inner_steps: int = 5
    units: int = 20
    preprocessing: float = 10.0
    feedback: str = "logit"


@final
@keras.saving.register_keras_serializable("zoo")
class PictureMetaLSTM(GradientLearner):
    """Learned task: the weights of a network after `inner_steps` steps and the moments of its support, see `TaskConvnet`."""

    config_class = PictureMetaLSTMConfig
    tasks_at_once = 10  # each has a state of 42 numbers, and 80 gates, for every one of its weights
    reads_unlabelled = False  # a picture without a label still counts in the moments of the support

    def __init__(self, config: PictureMetaLSTMConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.convnet = TaskConvnet(c.filters, c.shrink, c.finish, c.ways, dtype="float32", name="convnet")
        self.convnet.build((None, None, c.size, c.size, c.channels))
        self.gates = CoordinatewiseGates(c.units, c.preprocessing, c.feedback, dtype="float32", name="gates")
        self.gates.build()
        self.task_network = PictureClassifiers(c.size, c.channels, self.convnet)
        self.rule = Gated(self.gates)
        self.built = True

    @property
    def encoder(self) -> TaskConvnet:
        """All that tasks start from but the gates: what an entry hands on that another one's training starts from."""
        return self.convnet

    def inner_slope(self, answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        ways = tf.cast(tf.shape(labels)[-1], answers.dtype)
        return ways * super().inner_slope(answers, labels, support_size)


def tiny() -> dict[str, PictureMetaLSTM]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 9, "filters": (4, 5), "inner_steps": 2, "units": 3}
    fixed = PictureMetaLSTMConfig(**small, finish="mean", ways=3, feedback="sigmoid")
    return {
        "any ways": PictureMetaLSTM(PictureMetaLSTMConfig(**small, shrink="stride")),
        "three ways, sigmoids fed back": PictureMetaLSTM(fixed),
    }
