"""The meta-learner LSTM on pictures: learned gates say how far every weight of a convolutional network steps and what it keeps.

S. Ravi, H. Larochelle, "Optimization as a model for few-shot learning", 2017, sections 3 and 5. As in the paper the gates read
the gradient of the whole support, which is a constant to training. Departures: those of `PictureGradients`; the normalisation has
one offset for all tasks and no scale.
"""

from dataclasses import dataclass
from typing import Any, final

import keras

from zoo.layers import CoordinatewiseGates
from zoo.learners.picture_gradients import PictureGradients, PictureGradientsConfig
from zoo.learners.rules.gated import Gated


@dataclass(frozen=True)
class PictureMetaLSTMConfig(PictureGradientsConfig):
    """Hyper-parameters of the meta-learner LSTM on pictures, by default the authors' at five examples a class.

    Attributes:
        units: of the LSTM that reads gradient and loss.
        preprocessing: p of `zoo.layers.log_and_sign`.
        feedback: what a gate reads of itself one step before, "sigmoid" as in the paper's equations, or "logit" as in its code.
    """

    filters: tuple[int, ...] = (32, 32, 32, 32)
    shrink: str = "pool"
    units: int = 20
    preprocessing: float = 10.0
    feedback: str = "logit"


@final
@keras.saving.register_keras_serializable("zoo")
class PictureMetaLSTM(PictureGradients):
    """Learned task: that of `PictureGradients`."""

    config_class = PictureMetaLSTMConfig
    tasks_at_once = 10  # each has a state of 42 numbers, and 80 gates, for every one of its weights

    def __init__(self, config: PictureMetaLSTMConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.gates = CoordinatewiseGates(c.units, c.preprocessing, c.feedback, dtype="float32", name="gates")
        self.gates.build()
        self.rule = Gated(self.gates)
        self.built = True


def tiny() -> dict[str, PictureMetaLSTM]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 9, "filters": (4, 5), "inner_steps": 2, "units": 3}
    fixed = PictureMetaLSTMConfig(**small, finish="mean", ways=3, feedback="sigmoid")
    return {
        "any ways": PictureMetaLSTM(PictureMetaLSTMConfig(**small, shrink="stride")),
        "three ways, sigmoids fed back": PictureMetaLSTM(fixed),
    }
