"""MeLA: one network reads a support set into a code, another writes the weights of the task's own network from it.

T. Wu, J. Peurifoy, I. L. Chuang, M. Tegmark, "Meta-learning autoencoders for few-shot prediction", 2018.
Defaults are the sizes of the authors' sinusoid figure. Departures, all off by default: inputs and outputs may be scaled,
the pool may hold the mean beside the maximum, and the generators may start from a common base.
"""

import itertools
from dataclasses import dataclass
from typing import Any, final

import keras
from keras import ops

from zoo.layers import HyperDense, SetEncoder
from zoo.learners.endpoint import Tensors
from zoo.learners.networks.vectors import Vectors
from zoo.learners.set_learner import SetLearner


@dataclass(frozen=True)
class MeLAConfig:
    """Hyper-parameters of MeLA; the names in brackets are the paper's.

    Attributes:
        inputs, outputs: width of an example (m) and of a label (n).
        row_widths: hidden widths of recognition block 1 (phi).
        pool: width of the pool (s_pool).
        pooling: "max", "mean" or "max+mean".
        code_widths: hidden widths of recognition block 2 (rho).
        code: width of the code z (s_code).
        generator_widths: hidden widths of each generator (gW, gb).
        task_widths: hidden widths of the task network (f).
        activation, task_activation: between layers of the meta-networks and of the task network.
        input_scale, output_scale: the task network and the encoder see `x / input_scale` and `y / output_scale`.
        output_gain, base: start of the generators, see `HyperDense`.
        history: how many past outputs an example starts with, oldest first; 0 where it is no time series.
        inertial: if true, the networks see positions as a body in flight does (see `zoo.layers.coordinates.Inertial`).
        l1: weight of the L1 penalty on the recognition network and on the generated parameters.
    """

    inputs: int = 1
    outputs: int = 1
    row_widths: tuple[int, ...] = (60, 60, 60)
    pool: int = 200
    pooling: str = "max"
    code_widths: tuple[int, ...] = (60, 60)
    code: int = 2
    generator_widths: tuple[int, ...] = (60, 60)
    task_widths: tuple[int, ...] = (40, 40)
    activation: str = "leaky_relu"
    task_activation: str = "leaky_relu"
    input_scale: float = 1.0
    output_scale: float = 1.0
    output_gain: float = 1.0
    base: bool = False
    history: int = 0
    inertial: bool = False
    l1: float = 0.0


@final
@keras.saving.register_keras_serializable("zoo")
class MeLA(SetLearner):
    """Learned task: `kernel_l [B, d_(l-1), d_l]` and `bias_l [B, d_l]` of every layer l of the task network."""

    config_class = MeLAConfig

    def __init__(self, config: MeLAConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        penalty = keras.regularizers.L1(c.l1) if c.l1 else None
        options = {"dtype": self.dtype_policy}
        rows, code = (*c.row_widths, c.pool), (*c.code_widths, c.code)
        self.recognition = SetEncoder(rows, code, c.pooling, c.activation, penalty, name="recognition", **options)
        self.generators = [
            HyperDense(
                *(d_in, d_out, c.generator_widths, c.output_gain, c.base, c.activation), name=f"generator_{layer}", **options
            )
            for layer, (d_in, d_out) in enumerate(itertools.pairwise((c.inputs, *c.task_widths, c.outputs)))
        ]
        self.recognition.build((None, None, c.inputs + c.outputs))
        for generator in self.generators:
            generator.build((None, c.code))
        self.task_network = Vectors(c, c.task_activation)
        self.built = True

    def auxiliary_losses(self, task: Tensors, episode: Tensors) -> list:
        """L1 of the generated parameters, per task; that of the recognition network belongs to its layers."""
        tasks = ops.cast(ops.shape(task["bias_0"])[0], "float32")
        return [self.config.l1 * ops.sum(ops.abs(value)) / tasks for value in task.values()] if self.config.l1 else []


def tiny() -> dict[str, MeLA]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"row_widths": (8,), "pool": 8, "code_widths": (8,), "code": 3, "generator_widths": (8,)}
    flight = MeLAConfig(**small, pooling="max+mean", inputs=6, outputs=2, task_widths=(6,), history=3, inertial=True, base=True)
    wave = MeLAConfig(**small, task_widths=(6,), task_activation="tanh", input_scale=5.0, output_scale=5.0, l1=1e-3)
    return {"flight": MeLA(flight), "wave": MeLA(wave)}
