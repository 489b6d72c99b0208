"""Learners by gradients of a whole convolutional network: what they share, and what they depart from their papers in.

C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, section 5.2. Departures
of all of them: a query is normalised by the moments of the support, not of the other queries, in training too, so that answers do
not depend on what else is asked (`zoo evaluate --transductive` measures the papers' way); one column of the last layer, which
every class starts from, in place of one for each; no bias in a convolution.
"""

from dataclasses import dataclass
from typing import Any, final

import tensorflow as tf

from zoo.layers import TaskConvnet
from zoo.learners.gradient_learner import GradientLearner
from zoo.learners.networks.pictures import PictureClassifiers


@dataclass(frozen=True)
class PictureGradientsConfig:
    """The network and the classes; a subclass adds its steps.

    Attributes:
        size, channels: of a picture.
        filters, shrink, finish: of the network, see `TaskConvnet`.
        ways: classes of every task, each with a column of its own in the last layer; None for any number of ways.
        inner_steps: gradient steps that `adapt` takes.
    """

    size: int = 28
    channels: int = 1
    filters: tuple[int, ...] = (64, 64, 64, 64)
    shrink: str = "stride"
    finish: str = "flatten"
    ways: int | None = None
    inner_steps: int = 5


class PictureGradients(GradientLearner):
    """Makes the network; a subclass sets `rule`, and `built` when it has its weights.

    Learned task: the weights of a network after its last step and the moments of its support, see `TaskConvnet`.
    """

    scaled = False  # whether normalisation has a scale beside its offset
    reads_unlabelled = False  # a picture without a label still counts in the moments of the support

    def __init__(self, config: Any = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.convnet = TaskConvnet(c.filters, c.shrink, c.finish, c.ways, scale=self.scaled, dtype="float32", name="convnet")
        self.convnet.build((None, None, c.size, c.size, c.channels))
        self.task_network = PictureClassifiers(c.size, c.channels, self.convnet)

    @property
    @final
    def encoder(self) -> TaskConvnet:
        """What tasks start from, without what a rule has learned: what an entry hands on that another's training starts from."""
        return self.convnet

    @final
    def inner_slope(self, answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        """Of the loss summed over classes, so that an example counts the same whatever their number."""
        ways = tf.cast(tf.shape(labels)[-1], answers.dtype)
        return ways * super().inner_slope(answers, labels, support_size)
