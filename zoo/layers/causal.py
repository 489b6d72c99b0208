"""Causal layers over a sequence: what stands at a place depends on that place and those before it.

N. Mishra, M. Rohaninejad, X. Chen, P. Abbeel, "A simple neural attentive meta-learner", 2018, section 3: dense blocks of dilated
convolutions, and attention. Every layer also has `last`: its output for several queries, each alone behind the same sequence, in
one step; and `step`: its output at the next place, from what it keeps of the places before, at the same cost at every place.
Shifts and products only, so that every runtime has them.
"""

import math
from typing import Any

import keras
import tensorflow as tf

from zoo.layers.attention_kernel import NO_ROW
from zoo.layers.shapes import KerasShape, known_sizes


@keras.saving.register_keras_serializable("zoo")
class CausalConvolution(keras.layers.Layer):
    """A convolution of kernel size 2: `[B, T, C] -> [B, T, filters]`, from each place and the one `dilation` before it.

    Places before the first one count as zeros.

    Args:
        filters: channels of the output.
        dilation: how far back it looks.

    Raises:
        ValueError: when it is built, if C is unknown.
    """

    def __init__(self, filters: int, dilation: int = 1, **kwargs: Any):
        super().__init__(**kwargs)
        self.filters, self.dilation = filters, dilation

    def build(self, input_shape: KerasShape) -> None:
        (channels,) = known_sizes(self, input_shape, 1)
        # One kernel of two places, so that its initial spread is that of a convolution.
        self.kernel = self.add_weight(name="kernel", shape=(2, channels, self.filters), initializer="glorot_uniform")
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")
        self.built = True

    def call(self, x: tf.Tensor) -> tf.Tensor:
        before = tf.pad(x, [[0, 0], [self.dilation, 0], [0, 0]])[:, : tf.shape(x)[1]]
        return self._combined(x, before)

    def last(self, query: tf.Tensor, sequence: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
        """For queries `[B, M, C]`, each behind the first `size [B]` places of a sequence `[B, N, C]`: `[B, M, filters]`."""
        places = tf.expand_dims(tf.range(tf.shape(sequence)[1]), 0)
        chosen = tf.cast(tf.equal(places, tf.expand_dims(size - self.dilation, 1)), sequence.dtype)  # [B, N]
        return self._combined(query, tf.matmul(tf.expand_dims(chosen, 1), sequence))

    def step(self, x: tf.Tensor, before: tf.Tensor) -> tf.Tensor:
        """At one place `[B, C]`, from it and from the one `dilation` before it, zeros where there is none: `[B, filters]`."""
        return self._combined(x, before)

    def compute_output_shape(self, input_shape: KerasShape) -> KerasShape:
        return (*input_shape[:-1], self.filters)

    def _combined(self, now: tf.Tensor, before: tf.Tensor) -> tf.Tensor:
        kernel = tf.cast(self.kernel, now.dtype)
        return tf.matmul(now, kernel[1]) + tf.matmul(before, kernel[0]) + tf.cast(self.bias, now.dtype)


@keras.saving.register_keras_serializable("zoo")
class DenseBlock(keras.layers.Layer):
    """Appends a gated convolution, tanh(F) sigmoid(G), to what it reads: `[B, T, C] -> [B, T, C + filters]`.

    Args:
        filters, dilation: of both convolutions, see `CausalConvolution`.
    """

    def __init__(self, filters: int, dilation: int = 1, **kwargs: Any):
        super().__init__(**kwargs)
        self.filters, self.dilation = filters, dilation
        self.both = CausalConvolution(2 * filters, dilation, dtype=self.dtype_policy, name="both")

    def build(self, input_shape: KerasShape) -> None:
        self.both.build(input_shape)
        self.built = True

    def call(self, x: tf.Tensor) -> tf.Tensor:
        return self._appended(x, self.both(x))

    def last(self, query: tf.Tensor, sequence: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
        """See `CausalConvolution.last`."""
        return self._appended(query, self.both.last(query, sequence, size))

    def step(self, x: tf.Tensor, before: tf.Tensor) -> tf.Tensor:
        """See `CausalConvolution.step`."""
        return self._appended(x, self.both.step(x, before))

    def compute_output_shape(self, input_shape: KerasShape) -> KerasShape:
        (channels,) = known_sizes(self, input_shape, 1)
        return (*input_shape[:-1], channels + self.filters)

    def _appended(self, x: tf.Tensor, both: tf.Tensor) -> tf.Tensor:
        signal, gate = tf.split(both, 2, axis=-1)
        return tf.concat([x, tf.tanh(signal) * tf.sigmoid(gate)], axis=-1)


@keras.saving.register_keras_serializable("zoo")
class TCBlock(keras.layers.Layer):
    """Dense blocks that together see a whole sequence: `[B, T, C] -> [B, T, C + L filters]`, with L = ceil(log2 length).

    Dilations double from one block to the next. They start at 1; the paper's pseudo-code starts at 2, from where places an odd
    number of steps back are out of reach.

    Args:
        length: places of the longest sequence.
        filters: of each dense block.
        first_dilation: of the first one.
    """

    def __init__(self, length: int, filters: int, first_dilation: int = 1, **kwargs: Any):
        super().__init__(**kwargs)
        self.length, self.filters, self.first_dilation = length, filters, first_dilation
        self.blocks = [
            DenseBlock(filters, first_dilation * 2**place, dtype=self.dtype_policy, name=f"block_{place}")
            for place in range(max(1, math.ceil(math.log2(length))))
        ]

    def build(self, input_shape: KerasShape) -> None:
        for block in self.blocks:
            block.build(input_shape)
            input_shape = block.compute_output_shape(input_shape)
        self.built = True

    def call(self, x: tf.Tensor) -> tf.Tensor:
        for block in self.blocks:
            x = block(x)
        return x

    def last(self, query: tf.Tensor, sequence: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
        """See `CausalConvolution.last`."""
        for block in self.blocks:
            query, sequence = block.last(query, sequence, size), block(sequence)
        return query

    @property
    def reach(self) -> int:
        """How many places back the farthest block looks."""
        return self.blocks[-1].dilation

    def step(self, x: tf.Tensor, past: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The next place, `[B, C] -> [B, C + L filters]`, and what is kept of the places before it.

        Args:
            x: what stands there.
            past: what the last block read at the last `reach` places, `[B, reach, C + (L - 1) filters]`; zeros before the first.
        """
        for block in self.blocks[:-1]:
            x = block.step(x, past[:, self.reach - block.dilation, : x.shape[1]])
        after = tf.concat([past[:, 1:], tf.expand_dims(x, 1)], axis=1)
        return self.blocks[-1].step(x, past[:, 0]), after

    def compute_output_shape(self, input_shape: KerasShape) -> KerasShape:
        (channels,) = known_sizes(self, input_shape, 1)
        return (*input_shape[:-1], channels + len(self.blocks) * self.filters)


@keras.saving.register_keras_serializable("zoo")
class CausalAttention(keras.layers.Layer):
    """Appends what each place reads from itself and those before it: `[B, T, C] -> [B, T, C + values]`.

    One head: softmax over places of q k / sqrt(keys), times v; all three are linear in the input.

    Args:
        keys: numbers of a query and a key.
        values: numbers that are read.

    Raises:
        ValueError: when it is built, if C is unknown.
    """

    def __init__(self, keys: int, values: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.keys, self.values = keys, values

    def build(self, input_shape: KerasShape) -> None:
        (channels,) = known_sizes(self, input_shape, 1)
        for name, width in (("query", self.keys), ("key", self.keys), ("value", self.values)):
            setattr(self, f"{name}_kernel", self.add_weight(name=f"{name}_kernel", shape=(channels, width)))
            setattr(self, f"{name}_bias", self.add_weight(name=f"{name}_bias", shape=(width,), initializer="zeros"))
        self.built = True

    def call(self, x: tf.Tensor) -> tf.Tensor:
        key, value = self._seen("key", x), self._seen("value", x)
        places = tf.range(tf.shape(x)[1])
        past = tf.expand_dims(places, 0) <= tf.expand_dims(places, 1)  # [T, T]
        weight = _weights(self._alike(x, key), tf.expand_dims(past, 0))
        return self._appended(x, tf.matmul(weight, tf.cast(value, tf.float32)))

    def last(self, query: tf.Tensor, sequence: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
        """See `CausalConvolution.last`."""
        key, value = self._seen("key", sequence), self._seen("value", sequence)
        own = tf.reduce_sum(self._seen("query", query) * self._seen("key", query), axis=2, keepdims=True)
        alike = tf.concat([self._alike(query, key), tf.cast(own, tf.float32) / self.keys**0.5], axis=2)  # [B, M, N + 1]
        real = tf.sequence_mask(size, tf.shape(sequence)[1])
        real = tf.concat([real, tf.ones_like(real[:, :1])], axis=1)
        weight = _weights(alike, tf.expand_dims(real, 1))
        read = tf.matmul(weight[:, :, :-1], tf.cast(value, tf.float32))
        return self._appended(query, read + weight[:, :, -1:] * tf.cast(self._seen("value", query), tf.float32))

    def step(self, x: tf.Tensor, keys: tf.Tensor, values: tf.Tensor, taken: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """The next place, `[B, C] -> [B, C + values]`, and the keys and values after it. Places that no longer fit are forgotten.

        Args:
            x: what stands there.
            keys, values: of the last N places, `[B, N, keys]` and `[B, N, values]`, the newest last.
            taken: int32 `[B]`, how many places there were before this one.
        """
        keys = tf.concat([keys[:, 1:], tf.cast(tf.expand_dims(self._seen("key", x), 1), keys.dtype)], axis=1)
        values = tf.concat([values[:, 1:], tf.cast(tf.expand_dims(self._seen("value", x), 1), values.dtype)], axis=1)
        places = tf.shape(keys)[1]
        real = tf.expand_dims(tf.range(places), 0) >= tf.expand_dims(places - 1 - taken, 1)  # [B, N]
        weight = _weights(self._alike(tf.expand_dims(x, 1), tf.cast(keys, x.dtype)), tf.expand_dims(real, 1))
        read = tf.squeeze(tf.matmul(weight, tf.cast(values, tf.float32)), 1)
        return self._appended(x, read), keys, values

    def compute_output_shape(self, input_shape: KerasShape) -> KerasShape:
        (channels,) = known_sizes(self, input_shape, 1)
        return (*input_shape[:-1], channels + self.values)

    def _seen(self, name: str, x: tf.Tensor) -> tf.Tensor:
        return tf.matmul(x, tf.cast(getattr(self, f"{name}_kernel"), x.dtype)) + tf.cast(getattr(self, f"{name}_bias"), x.dtype)

    def _alike(self, x: tf.Tensor, key: tf.Tensor) -> tf.Tensor:
        """float32 `[B, T, N]`: softmaxes lose too much in half precision."""
        return tf.cast(tf.matmul(self._seen("query", x), key, transpose_b=True), tf.float32) / self.keys**0.5

    def _appended(self, x: tf.Tensor, read: tf.Tensor) -> tf.Tensor:
        return tf.concat([x, tf.cast(read, x.dtype)], axis=-1)


def _weights(alike: tf.Tensor, allowed: tf.Tensor) -> tf.Tensor:
    """A softmax over the last axis, among the places that are allowed; each place may read at least itself."""
    return tf.nn.softmax(tf.where(allowed, alike, tf.fill(tf.shape(alike), tf.constant(NO_ROW, alike.dtype))))
