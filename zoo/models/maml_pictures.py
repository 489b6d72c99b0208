"""MAML on pictures: weights of a convolutional network from which a gradient step or three make a classifier of new classes.

C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, section 5.2; with
`first_order` its first-order approximation. Departures: those of `PictureGradients`.
"""

from dataclasses import dataclass
from typing import Any, final

import keras

from zoo.learners.picture_gradients import PictureGradients, PictureGradientsConfig
from zoo.learners.rules.descent import Descent


@dataclass(frozen=True)
class PictureMAMLConfig(PictureGradientsConfig):
    """Hyper-parameters of MAML on pictures; the defaults are the paper's for 5-way Omniglot.

    Attributes:
        training_steps: gradient steps of training, of which `adapt` may take more.
        inner_rate: their learning rate (alpha), for the loss summed over the classes of a task and averaged over the examples of
            each, as in the authors' code, so that an example counts the same whatever the number of classes.
        first_order: if true, training takes inner gradients for constants.
    """

    finish: str = "mean"
    inner_steps: int = 3
    training_steps: int = 1
    inner_rate: float = 0.4
    first_order: bool = False


@final
@keras.saving.register_keras_serializable("zoo")
class PictureMAML(PictureGradients):
    """Learned task: that of `PictureGradients`."""

    config_class = PictureMAMLConfig

    def __init__(self, config: PictureMAMLConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        self.rule = Descent(self.config.inner_rate, first_order=self.config.first_order)
        self.built = True

    @property
    def training_steps(self) -> int:
        return self.config.training_steps


def tiny() -> dict[str, PictureMAML]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 9, "filters": (4, 5), "inner_steps": 2}
    pooled = PictureMAMLConfig(**small, shrink="pool", finish="flatten", ways=3, first_order=True)
    return {"any ways": PictureMAML(PictureMAMLConfig(**small)), "pools, three ways": PictureMAML(pooled)}
