"""A memory outside the weights, written where it was used least or read last, and read by content.

A. Santoro, S. Bartunov, M. Botvinick, D. Wierstra, T. Lillicrap, "Meta-learning with memory-augmented neural networks", 2016,
equations 2 to 8: least recently used access. Head j takes the j-th of the least used slots, as T. Deleu's public code does.
Departure: slots whose usage differs by less than a thousandth are used alike, and the first of them is taken, so that every
runtime takes the same one, however it rounds.
"""

from typing import Any

import keras
import tensorflow as tf

from zoo.layers.shapes import KerasShape, known_sizes

START = 1e-6  # of every number of an empty memory
PARTS = 1024.0  # of a use of a slot, that are told apart
TAKEN = 1e9


@keras.saving.register_keras_serializable("zoo")
class LeastRecentlyUsedMemory(keras.layers.Layer):
    """One step of a memory: write, then read.

    `hidden [B, H], memory [B, slots, width], read_weights [B, heads, slots], usage [B, slots]` to `read [B, heads * width]` and
    the three others as they are afterwards. It computes in float32.

    Args:
        slots: rows of the memory.
        width: numbers of a row.
        heads: that write, and read, at once.
        decay: of usage from step to step.
        sharpness: times a cosine is what the softmax over slots takes; the paper's is 1, with which a read is a blend of all
            slots, as no weight is more than e^2 times another. A. Graves et al., "Neural Turing machines", 2014, call it the
            key strength.
        reads_first: whether a key is compared with the memory as it was before this step's write, and reads that. Otherwise, as
            in the paper, what is most alike to a key is what it has just written, and sharp reads find little else.
        adds: whether what is written is a vector of its own, as in the public codes of T. Deleu and of "snowkylin", and not the
            key: a head then looks for one thing and writes another.

    Raises:
        ValueError: for more heads than slots, or numbers below 1; when it is built, if H is unknown.
    """

    def __init__(
        self,
        slots: int = 128,
        width: int = 40,
        heads: int = 4,
        decay: float = 0.95,
        sharpness: float = 1.0,
        reads_first: bool = False,
        adds: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if not 1 <= heads <= slots or width < 1:
            raise ValueError(
                f"LeastRecentlyUsedMemory(slots={slots}, width={width}, heads={heads}): give 1 head or more, at most as many as "
                "slots, and rows of 1 number or more."
            )
        self.slots, self.width, self.heads, self.decay = slots, width, heads, decay
        self.sharpness, self.reads_first, self.adds = sharpness, reads_first, adds

    def build(
        self,
        hidden_shape: KerasShape,
        memory_shape: KerasShape | None = None,
        read_weights_shape: KerasShape | None = None,
        usage_shape: KerasShape | None = None,
    ) -> None:
        (hidden,) = known_sizes(self, hidden_shape, 1)
        for name, each in (("key", self.width), ("gate", 1), *((("add", self.width),) if self.adds else ())):
            limit = (6.0 / (hidden + each)) ** 0.5  # Glorot's, of each head's map on its own
            start, units = keras.initializers.RandomUniform(-limit, limit), self.heads * each
            setattr(self, f"{name}_kernel", self.add_weight(name=f"{name}_kernel", shape=(hidden, units), initializer=start))
            setattr(self, f"{name}_bias", self.add_weight(name=f"{name}_bias", shape=(units,), initializer="zeros"))
        self.built = True

    def start(self, tasks: int | tf.Tensor) -> dict[str, tf.Tensor]:
        """An empty memory of so many tasks, whose first slot was just used."""
        first = tf.one_hot(tf.zeros([tasks], tf.int32), self.slots)  # [B, slots]
        return {
            "memory": tf.fill(tf.stack([tasks, self.slots, self.width]), START),
            "read_weights": tf.tile(tf.expand_dims(first, 1), [1, self.heads, 1]),
            "usage": first,
        }

    def call(
        self, hidden: tf.Tensor, memory: tf.Tensor, read_weights: tf.Tensor, usage: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
        hidden, memory, read_weights, usage = (tf.cast(each, tf.float32) for each in (hidden, memory, read_weights, usage))
        key, gate = tf.tanh(self._heads("key", hidden)), tf.sigmoid(self._heads("gate", hidden))
        added = tf.tanh(self._heads("add", hidden)) if self.adds else key  # [B, heads, width]; a gate is [B, heads, 1]
        least = self._least_used(usage)  # [B, heads, slots]
        write = gate * read_weights + (1.0 - gate) * least  # equation 7
        kept = memory * (1.0 - tf.expand_dims(least[:, 0], 2))  # the least used of all is erased
        written = kept + tf.matmul(write, added, transpose_a=True)  # equation 8
        shown = memory if self.reads_first else written
        read_weights = tf.nn.softmax(self.sharpness * _alike(key, shown))  # equations 2 and 3
        usage = self.decay * usage + tf.reduce_sum(read_weights + write, axis=1)  # equation 5
        read = tf.reshape(tf.matmul(read_weights, shown), [-1, self.heads * self.width])  # equation 4
        read, memory, read_weights, usage = (tf.cast(each, self.compute_dtype) for each in (read, written, read_weights, usage))
        return read, memory, read_weights, usage

    def compute_output_shape(
        self, hidden_shape: KerasShape, memory_shape: KerasShape, read_weights_shape: KerasShape, usage_shape: KerasShape
    ) -> tuple[KerasShape, ...]:
        read_shape = (hidden_shape[0], self.heads * self.width)
        return read_shape, tuple(memory_shape), tuple(read_weights_shape), tuple(usage_shape)

    def _heads(self, name: str, hidden: tf.Tensor) -> tf.Tensor:
        """A linear map of each head: `[B, H] -> [B, heads, units]`."""
        kernel, bias = (tf.cast(getattr(self, f"{name}_{part}"), tf.float32) for part in ("kernel", "bias"))
        return tf.reshape(tf.matmul(hidden, kernel) + bias, [-1, self.heads, kernel.shape[1] // self.heads])

    def _least_used(self, usage: tf.Tensor) -> tf.Tensor:
        """One-hot, of each head the slot that it may write to, the least used one first: `[B, slots] -> [B, heads, slots]`."""
        usage, chosen = tf.round(tf.stop_gradient(usage) * PARTS), []
        for _ in range(self.heads):
            chosen.append(tf.one_hot(tf.argmin(usage, axis=1, output_type=tf.int32), self.slots))
            usage += TAKEN * chosen[-1]
        return tf.stack(chosen, axis=1)


def _alike(key: tf.Tensor, memory: tf.Tensor) -> tf.Tensor:
    """Cosines, `[B, heads, width], [B, slots, width] -> [B, heads, slots]`; 0 for a row of zeros."""
    lengths = tf.matmul(_length(key), _length(memory), transpose_b=True)
    return tf.matmul(key, memory, transpose_b=True) / (lengths + 1e-8)


def _length(rows: tf.Tensor) -> tf.Tensor:
    return tf.sqrt(tf.maximum(tf.reduce_sum(tf.square(rows), axis=2, keepdims=True), 1e-16))
