"""MANN: a recurrent controller that binds pictures to labels in a memory, and finds them again by content.

A. Santoro, S. Bartunov, M. Botvinick, D. Wierstra, T. Lillicrap, "Meta-learning with memory-augmented neural networks", 2016.
Departures: see `LeastRecentlyUsedMemory`; the forget gate's bias starts at 1. Without slots in its memory it is the LSTM that the
paper compares with. And an encoder that others were trained with may stand before it: it stays as it is, and the controller reads
embeddings in place of pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import keras
import numpy as np
import tensorflow as tf

from zoo.datasets.episodes.class_streams import ClassStreams
from zoo.layers import ConvolutionalEncoder, LeastRecentlyUsedMemory, across_workers, unit_rows
from zoo.layers.lstm_cell import lstm
from zoo.learners import embedded_streams
from zoo.learners.endpoint import Tensors
from zoo.learners.pictures import Pictures
from zoo.learners.sequence_learner import SequenceLearner
from zoo.learners.shape import Shape

LOUDER = 10.0  # the weights of labels to begin with, where they are balanced
MOMENTUM = 0.9  # of the moving average of pictures, of which a step shows hundreds


@dataclass(frozen=True)
class MannConfig:
    """Hyper-parameters; the paper's.

    Attributes:
        size, channels: of a picture.
        filters, shrink, views: of an encoder, see `ConvolutionalEncoder` and `Pictures`; no filters leave the pixels as they are.
        ways: most classes of a task.
        controller: width of the LSTM.
        memory: slots of the memory; 0 for an LSTM without one.
        width, heads, decay, sharpness, reads_first, adds: see `LeastRecentlyUsedMemory`.
        balanced: whether pictures are centred on the mean of training and brought to one length, and the weights of labels start
            ten times as large, so that the controller hears a label beside a picture. Not the paper's: with it the binding is
            found in a fraction of the steps.
    """

    size: int = 20
    channels: int = 1
    filters: tuple[int, ...] = ()
    shrink: tuple[str, ...] = ()
    views: int = 0
    ways: int = 5
    controller: int = 200
    memory: int = 128
    width: int = 40
    heads: int = 4
    decay: float = 0.95
    sharpness: float = 1.0
    reads_first: bool = False
    adds: bool = False
    balanced: bool = False


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
        numbers, gates = self._made_encoder(), 4 * c.controller
        limit = (6.0 / (numbers + c.ways + read + gates)) ** 0.5  # of one kernel that reads all three
        joint = keras.initializers.RandomUniform(-limit, limit)
        self.looked = self._dense("looked", numbers, gates, joint, bias=True)
        self.looked.bias.assign(np.repeat([0.0, 1.0, 0.0, 0.0], c.controller))  # in, forget, candidate, out
        self.told = self._dense("told", c.ways, gates, joint)
        if c.balanced:
            self.told.kernel.assign(LOUDER * self.told.kernel)
            self.center = self.add_weight((numbers,), "zeros", "float32", trainable=False, name="center")
        self.recurrent = self._dense("recurrent", c.controller, gates, "glorot_uniform")
        if c.memory:
            self.recalled = self._dense("recalled", read, gates, joint)
            self.memory = LeastRecentlyUsedMemory(
                *(c.memory, c.width, c.heads, c.decay, c.sharpness, c.reads_first, c.adds), dtype="float32", name="memory"
            )
            self.memory.build((None, c.controller))
        self.readout = self._dense("readout", c.controller + read, c.ways, "glorot_uniform", bias=True)
        self.built = True

    def _made_encoder(self) -> int:
        """Make the encoder, if there is one; the numbers that a picture is to the controller."""
        c, self.encoder = self.config, None
        if not c.filters:
            return c.size * c.size * c.channels
        shape = (None, c.size, c.size, c.channels)
        self.encoder = ConvolutionalEncoder(c.filters, c.shrink, dtype=self.dtype_policy, name="encoder")
        self.encoder.build(shape)
        self.encoder.trainable = False
        return int(self.encoder.compute_output_shape(shape)[-1])

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

    def embed(self, x: tf.Tensor) -> tf.Tensor:
        c = self.config
        if self.encoder is None:
            return tf.reshape(tf.cast(x, tf.float32), [-1, c.size * c.size * c.channels])
        rows = Pictures(c.size, c.channels, self.encoder, c.views)(x)
        return tf.stop_gradient(rows)

    def seen(self, embedded: tf.Tensor, training: bool = False) -> tf.Tensor:
        tasks, rows, numbers = tf.shape(embedded)[0], tf.shape(embedded)[1], self.looked.kernel.shape[0]
        flat = tf.reshape(embedded, [-1, numbers])
        if self.config.balanced:
            if training:
                mean = across_workers.row_mean(flat, [0])
                self.center.assign(MOMENTUM * self.center + (1.0 - MOMENTUM) * mean)
            flat = numbers**0.5 * tf.squeeze(unit_rows(tf.expand_dims(flat - self.center, 0)), 0)
        return tf.reshape(self.looked(flat), tf.stack([tasks, rows, 4 * self.config.controller]))

    def for_training(self, benchmarks: Sequence[Any]) -> Sequence[Any]:
        if not all(self._embeds(each) for each in benchmarks):
            return benchmarks
        return embedded_streams.for_training(self, benchmarks)

    def for_evaluation(self, benchmark: Any, many: bool = False) -> tuple[Any, Any]:
        return embedded_streams.for_evaluation(self, benchmark, many) if self._embeds(benchmark) else (self, benchmark)

    def _embeds(self, benchmark: Any) -> bool:
        """Whether a benchmark is better shown as embeddings."""
        return self.encoder is not None and isinstance(benchmark, ClassStreams)

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
    memory: dict[str, Any] = {"memory": 8, "width": 3, "heads": 2}
    encoder: dict[str, Any] = {"filters": (4, 5), "shrink": ("stride", "padded_pool")}
    return {
        "memory": Mann(MannConfig(**small, **memory)),
        "LSTM": Mann(MannConfig(**small, memory=0)),
        "embedded": Mann(MannConfig(**small, **memory, **encoder, sharpness=5.0, reads_first=True, adds=True, balanced=True)),
    }
