"""A stack of causal layers: temporal convolutions, and attention over what they make of a sequence.

N. Mishra, M. Rohaninejad, X. Chen, P. Abbeel, "A simple neural attentive meta-learner", 2018, section 5: what acts by SNAIL is
two blocks of temporal convolutions with an attention block on top.
"""

from typing import Any

import keras
import tensorflow as tf

from zoo.layers.causal import CausalAttention, TCBlock
from zoo.layers.shapes import KerasShape

Kept = dict[str, tf.Tensor]


@keras.saving.register_keras_serializable("zoo")
class CausalStack(keras.layers.Layer):
    """Temporal convolutions, then attention: `[B, T, C] -> [B, T, C + blocks L filters + values]`, with L = ceil(log2 length).

    Args:
        length: places of the longest sequence, all of which the attention sees.
        blocks: of temporal convolutions.
        filters: of each dense block.
        keys, values: of the attention, see `CausalAttention`.
        reach: places that each block of convolutions sees; `length` where it is not given.
    """

    def __init__(self, length: int, blocks: int, filters: int, keys: int, values: int, reach: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.reach = reach
        self.length, self.filters, self.keys, self.values = length, filters, keys, values
        self.convolutions = [
            TCBlock(reach or length, filters, dtype=self.dtype_policy, name=f"convolutions_{at}") for at in range(blocks)
        ]
        self.attention = CausalAttention(keys, values, dtype=self.dtype_policy, name="attention")
        self.blocks = blocks

    @property
    def layers_in_order(self) -> list[keras.layers.Layer]:
        """The convolutions, and the attention above them."""
        return [*self.convolutions, self.attention]

    def build(self, input_shape: KerasShape) -> None:
        for block in self.layers_in_order:
            block.build(input_shape)
            input_shape = block.compute_output_shape(input_shape)
        self.built = True

    def call(self, x: tf.Tensor) -> tf.Tensor:
        for block in self.layers_in_order:
            x = block(x)
        return x

    def start(self, sequences: tf.Tensor, channels: int) -> Kept:
        """What is kept before the first place of so many sequences of so many channels; see `step`."""
        kept = {}
        for number, block in enumerate(self.convolutions):
            width = channels + (len(block.blocks) - 1) * self.filters
            kept[f"past_{number}"] = tf.zeros(tf.stack([sequences, block.reach, width]))
            channels = width + self.filters
        return kept | {
            "keys": tf.zeros(tf.stack([sequences, self.length, self.keys])),
            "values": tf.zeros(tf.stack([sequences, self.length, self.values])),
        }

    def step(self, x: tf.Tensor, kept: Kept, taken: tf.Tensor) -> tuple[tf.Tensor, Kept]:
        """The next place `[B, C]`, at the same cost wherever it is: its output `[B, C']`, and what is kept after it.

        Args:
            x: what stands there.
            kept: as `start` and the step before gave it: `past_0`, ... of the convolutions, `keys` and `values`.
            taken: int32 `[B]`, how many places there were before.
        """
        after = {}
        for number, block in enumerate(self.convolutions):
            x, after[f"past_{number}"] = block.step(x, kept[f"past_{number}"])
        x, after["keys"], after["values"] = self.attention.step(x, kept["keys"], kept["values"], taken)
        return x, after

    def compute_output_shape(self, input_shape: KerasShape) -> KerasShape:
        for block in self.layers_in_order:
            input_shape = block.compute_output_shape(input_shape)
        return input_shape
