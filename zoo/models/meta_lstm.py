"""The meta-learner LSTM: learned weights to start from, and learned gates that say how far every weight steps and what it keeps.

S. Ravi, H. Larochelle, "Optimization as a model for few-shot learning", 2017, section 3. As in the paper the gates read the
gradient of the whole support, which is a constant to training. Departure: weights start Glorot-normal.
"""

from dataclasses import dataclass
from typing import Any, final

import keras

from zoo.layers import MLP, CoordinatewiseGates
from zoo.learners.gradient_learner import GradientLearner
from zoo.learners.networks.vectors import Vectors
from zoo.learners.rules.gated import Gated


@dataclass(frozen=True)
class MetaLSTMConfig:
    """Hyper-parameters of the meta-learner LSTM, by default the paper's at five examples a class.

    Attributes:
        inputs, outputs: width of an example and of a label.
        task_widths: hidden widths of the network.
        activation: between its layers.
        inner_steps: steps that `adapt` takes (T).
        units: of the LSTM that reads gradient and loss.
        preprocessing: p of `zoo.layers.log_and_sign`.
        feedback: what a gate reads of itself one step before, "sigmoid" as in the paper's equations, or "logit" as in its code.
        history: how many past outputs an example starts with, oldest first; 0 where it is no time series.
        inertial: if true, the network sees positions as a body in flight does (see `zoo.layers.coordinates.Inertial`).
    """

    inputs: int = 1
    outputs: int = 1
    task_widths: tuple[int, ...] = (40, 40)
    activation: str = "relu"
    inner_steps: int = 5
    units: int = 20
    preprocessing: float = 10.0
    feedback: str = "sigmoid"
    history: int = 0
    inertial: bool = False


@final
@keras.saving.register_keras_serializable("zoo")
class MetaLSTM(GradientLearner):
    """Learned task: `kernel_l [B, d_(l-1), d_l]` and `bias_l [B, d_l]` of every layer l, after `inner_steps` steps."""

    config_class = MetaLSTMConfig

    def __init__(self, config: MetaLSTMConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.initial = MLP((*c.task_widths, c.outputs), c.activation, dtype=self.dtype_policy, name="initial")
        self.initial.build((None, c.inputs))
        self.gates = CoordinatewiseGates(c.units, c.preprocessing, c.feedback, dtype="float32", name="gates")
        self.gates.build()
        self.task_network = Vectors(c, c.activation, self.initial)
        self.rule = Gated(self.gates)
        self.built = True


def tiny() -> dict[str, MetaLSTM]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"inputs": 6, "outputs": 2, "task_widths": (6,), "inner_steps": 2, "units": 3}
    flight = MetaLSTMConfig(**small, history=3, inertial=True, feedback="logit")
    return {
        "logits fed back, flight": MetaLSTM(flight),
        "sigmoids fed back": MetaLSTM(MetaLSTMConfig(**small, activation="tanh")),
    }
