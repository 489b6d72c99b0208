"""MAML on pictures: weights of a convolutional network from which a gradient step or three make a classifier of new classes.

C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, section 5.2; with
`first_order` its first-order approximation. Departures: a query is normalised by the moments of the support, not of the other
queries, in training too, so that answers do not depend on what else is asked (`zoo evaluate --transductive` measures the paper's
way); one column of the last layer, which every class starts from, in place of one for each; no bias in a convolution.
"""

from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import TaskConvnet
from zoo.learners.gradient_learner import GradientLearner
from zoo.learners.networks.pictures import PictureClassifiers
from zoo.learners.rules.descent import Descent


@dataclass(frozen=True)
class PictureMAMLConfig:
    """Hyper-parameters of MAML on pictures; the defaults are the paper's for 5-way Omniglot.

    Attributes:
        size, channels: of a picture.
        filters, shrink, finish: of the network, see `TaskConvnet`.
        ways: classes of every task, each with a column of its own in the last layer; None for any number of ways.
        training_steps: gradient steps of training.
        inner_steps: gradient steps that `adapt` takes.
        inner_rate: their learning rate (alpha), for the loss summed over the classes of a task and averaged over the examples of
            each, as in the authors' code, so that an example counts the same whatever the number of classes.
        first_order: if true, training takes inner gradients for constants.
    """

    size: int = 28
    channels: int = 1
    filters: tuple[int, ...] = (64, 64, 64, 64)
    shrink: str = "stride"
    finish: str = "mean"
    ways: int | None = None
    training_steps: int = 1
    inner_steps: int = 3
    inner_rate: float = 0.4
    first_order: bool = False


@final
@keras.saving.register_keras_serializable("zoo")
class PictureMAML(GradientLearner):
    """Learned task: the weights of a network after `inner_steps` steps and the moments of its support, see `TaskConvnet`."""

    config_class = PictureMAMLConfig
    reads_unlabelled = False  # a picture without a label still counts in the moments of the support

    def __init__(self, config: PictureMAMLConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.convnet = TaskConvnet(c.filters, c.shrink, c.finish, c.ways, dtype="float32", name="convnet")
        self.convnet.build((None, None, c.size, c.size, c.channels))
        self.task_network = PictureClassifiers(c.size, c.channels, self.convnet)
        self.rule = Descent(c.inner_rate, first_order=c.first_order)
        self.built = True

    @property
    def encoder(self) -> TaskConvnet:
        """All that tasks start from: what an entry hands on that another one's training starts from."""
        return self.convnet

    @property
    def training_steps(self) -> int:
        return self.config.training_steps

    def inner_slope(self, answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        ways = tf.cast(tf.shape(labels)[-1], answers.dtype)
        return ways * super().inner_slope(answers, labels, support_size)


def tiny() -> dict[str, PictureMAML]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 9, "filters": (4, 5), "inner_steps": 2}
    pooled = PictureMAMLConfig(**small, shrink="pool", finish="flatten", ways=3, first_order=True)
    return {"any ways": PictureMAML(PictureMAMLConfig(**small)), "pools, three ways": PictureMAML(pooled)}
