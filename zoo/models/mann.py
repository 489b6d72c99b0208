"""MANN: a recurrent controller that binds pictures to labels in a memory, and finds them again by content.

A. Santoro, S. Bartunov, M. Botvinick, D. Wierstra, T. Lillicrap, "Meta-learning with memory-augmented neural networks", 2016.
Departures: see `LeastRecentlyUsedMemory`; the forget gate's bias starts at 1. Without slots in its memory it is the LSTM that the
paper compares with.
"""

from dataclasses import dataclass
from typing import Any, final

import keras
import numpy as np
import tensorflow as tf

from zoo.layers import LeastRecentlyUsedMemory
from zoo.layers.lstm_cell import lstm
from zoo.learners.endpoint import Tensors
from zoo.learners.sequence_learner import SequenceLearner
from zoo.learners.shape import Shape


@dataclass(frozen=True)
class MannConfig:
    """Hyper-parameters; the paper's.

    Attributes:
        size, channels: of a picture.
        ways: most classes of a task.
        controller: width of the LSTM.
        memory: slots of the memory; 0 for an LSTM without one.
        width, heads, decay: see `LeastRecentlyUsedMemory`.
    """

    size: int = 20
    channels: int = 1
    ways: int = 5
    controller: int = 200
    memory: int = 128
    width: int = 40
    heads: int = 4
    decay: float = 0.95


@final
@keras.saving.register_keras_serializable("zoo")
class Mann(SequenceLearner):
    """Learned task, beside what every `SequenceLearner` has: the states of an LSTM and of a memory.

    `hidden` and `cell [B, controller]`; `read [B, heads * width]`, `memory [B, slots, width]`, `read_weights [B, heads, slots]`
    and `usage [B, slots]`.
    """

    config_class = MannConfig

    def __init__(self, config: MannConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.most_classes = c.ways
        read = c.heads * c.width if c.memory else 0
        pixels, gates = c.size * c.size * c.channels, 4 * c.controller
        limit = (6.0 / (pixels + c.ways + read + gates)) ** 0.5  # of one kernel that reads all three
        joint = keras.initializers.RandomUniform(-limit, limit)
        self.looked = self._dense("looked", pixels, gates, joint, bias=True)
        self.looked.bias.assign(np.repeat([0.0, 1.0, 0.0, 0.0], c.controller))  # in, forget, candidate, out
        self.told = self._dense("told", c.ways, gates, joint)
        self.recurrent = self._dense("recurrent", c.controller, gates, "glorot_uniform")
        if c.memory:
            self.recalled = self._dense("recalled", read, gates, joint)
            self.memory = LeastRecentlyUsedMemory(c.memory, c.width, c.heads, c.decay, dtype="float32", name="memory")
            self.memory.build((None, c.controller))
        self.readout = self._dense("readout", c.controller + read, c.ways, "glorot_uniform", bias=True)
        self.built = True

    def _dense(self, name: str, inputs: int, units: int, start: Any, bias: bool = False) -> keras.layers.Dense:
        """A linear map, in single precision: its rounding would add up from step to step."""
        layer = keras.layers.Dense(units, use_bias=bias, kernel_initializer=start, dtype="float32", name=name)
        layer.build((None, inputs))
        return layer

    @property
    def example(self) -> Shape:
        return Shape((self.config.size, self.config.size, self.config.channels))

    @property
    def slots(self) -> int:
        return self.config.ways

    def begin(self, tasks: tf.Tensor) -> Tensors:
        c = self.config
        state = {"hidden": tf.zeros([tasks, c.controller]), "cell": tf.zeros([tasks, c.controller])}
        return state | {"read": tf.zeros([tasks, c.heads * c.width]), **self.memory.start(tasks)} if c.memory else state

    def seen(self, x: tf.Tensor) -> tf.Tensor:
        pixels = self.looked.kernel.shape[0]
        rows = self.looked(tf.reshape(tf.cast(x, tf.float32), [-1, pixels]))
        return tf.reshape(rows, tf.stack([tf.shape(x)[0], tf.shape(x)[1], rows.shape[1]]))

    def step(self, state: Tensors, seen: tf.Tensor, label: tf.Tensor) -> tuple[Tensors, tf.Tensor]:
        gates = seen + self.told(label) + self.recurrent(state["hidden"])
        if not self.config.memory:
            hidden, cell = lstm(gates, state["cell"])
            return {"hidden": hidden, "cell": cell}, self.readout(hidden)
        hidden, cell = lstm(gates + self.recalled(state["read"]), state["cell"])
        read, memory, read_weights, usage = self.memory(hidden, state["memory"], state["read_weights"], state["usage"])
        after = {"read": read, "memory": memory, "read_weights": read_weights, "usage": usage}
        return {"hidden": hidden, "cell": cell, **after}, self.readout(tf.concat([hidden, read], axis=1))


def tiny() -> dict[str, Mann]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 6, "ways": 3, "controller": 5}
    return {"memory": Mann(MannConfig(**small, memory=8, width=3, heads=2)), "LSTM": Mann(MannConfig(**small, memory=0))}
