"""MAML: learn weights from which a few plain gradient steps on a small support set make a good network for any task.

C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017; with `learned_rates`,
Z. Li, F. Zhou, F. Chen, H. Li, "Meta-SGD: Learning to learn quickly for few-shot learning", 2017; with `context` or `two_heads`,
C. Finn, T. Yu, T. Zhang, P. Abbeel, S. Levine, "One-shot visual imitation learning via meta-learning", 2017. Departures: the norm
of each task's inner gradient is clipped, without which training on waves of amplitude 5 diverges; weights start Glorot-normal.
"""

from dataclasses import dataclass
from typing import Any, final

import keras

from zoo.layers import MLP, same_network
from zoo.learners.gradient_learner import GradientLearner
from zoo.learners.networks.inner_vectors import InnerVectors
from zoo.learners.networks.vectors import Vectors
from zoo.learners.rules.descent import Descent


@dataclass(frozen=True)
class MAMLConfig:
    """Hyper-parameters of MAML; the names in brackets are the paper's.

    Attributes:
        inputs, outputs: width of an example and of a label.
        task_widths: hidden widths of the network.
        activation: between its layers.
        inner_steps: gradient steps that `adapt` takes.
        inner_rate: their learning rate (alpha); with `learned_rates` the rate that learning starts from.
        learned_rates: if true, every weight has a learned rate of its own (Meta-SGD).
        clip: the norm of a task's inner gradient is clipped to this.
        first_order: if true, training takes inner gradients for constants.
        history: how many past outputs an example starts with, oldest first; 0 where it is no time series.
        inertial: if true, the network sees positions as a body in flight does (see `zoo.layers.coordinates.Inertial`).
        context: numbers of a learned input beside every example (bias transformation, c), zeros to begin with; 0 for none.
        two_heads: if true, the inner loss is of a last layer of its own, and another, the same for all tasks, answers.
    """

    inputs: int = 1
    outputs: int = 1
    task_widths: tuple[int, ...] = (40, 40)
    activation: str = "relu"
    inner_steps: int = 5
    inner_rate: float = 0.01
    learned_rates: bool = False
    clip: float = 10.0
    first_order: bool = False
    history: int = 0
    inertial: bool = False
    context: int = 0
    two_heads: bool = False


@final
@keras.saving.register_keras_serializable("zoo")
class MAML(GradientLearner):
    """Learned task: `kernel_l [B, d_(l-1), d_l]` and `bias_l [B, d_l]` of every layer l, after `inner_steps` steps."""

    config_class = MAMLConfig

    def __init__(self, config: MAMLConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.initial = MLP((*c.task_widths, c.outputs), c.activation, dtype=self.dtype_policy, name="initial")
        self.initial.build((None, c.inputs))
        self.rates = {}
        if c.learned_rates:
            shapes = {name: value.shape[1:] for name, value in same_network(self.initial, 1).items()}
            start = keras.initializers.Constant(c.inner_rate)
            self.rates = {name: self.add_weight(shape, start, name=f"rate_{name}") for name, shape in shapes.items()}
        self.task_network = self._network()
        self.rule = Descent(c.inner_rate, self.rates, c.clip, c.first_order)
        self.built = True

    def _network(self) -> Vectors:
        c = self.config
        if not c.context and not c.two_heads:
            return Vectors(c, c.activation, self.initial)
        widths = (*c.task_widths, c.outputs)
        context = kernel = self.answering = None
        if c.context:
            context = self.add_weight((c.context,), "zeros", "float32", name="context")
            kernel = self.add_weight((c.context, widths[0]), "glorot_normal", "float32", name="kernel_context")
        if c.two_heads:
            self.answering = MLP((c.outputs,), dtype=self.dtype_policy, name="answering")
            self.answering.build((None, (c.inputs, *widths)[-2]))
        return InnerVectors(c, c.activation, self.initial, context, kernel, self.answering)


def tiny() -> dict[str, MAML]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"inputs": 6, "outputs": 2, "task_widths": (6,), "inner_steps": 2}
    flight = MAMLConfig(**small, history=3, inertial=True, learned_rates=True)
    wider = MAMLConfig(**small, context=3, two_heads=True)
    return {
        "learned rates, flight": MAML(flight),
        "one rate": MAML(MAMLConfig(**small, activation="tanh")),
        "learned input, two heads": MAML(wider),
    }
