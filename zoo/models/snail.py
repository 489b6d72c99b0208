"""SNAIL: temporal convolutions bring what lies a few steps back, attention what lies anywhere, over a support read as a sequence.

N. Mishra, M. Rohaninejad, X. Chen, P. Abbeel, "A simple neural attentive meta-learner", 2018, section 3. Departures: several
queries continue one support, each on its own; classes are numbered by their first appearance, see `SequenceHead`; dilations start
at 1 where the paper's pseudo-code starts at 2; convolutions of the encoder have no bias.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, final

import keras
import tensorflow as tf

from zoo.layers import CausalAttention, ConvolutionalEncoder, TCBlock
from zoo.learners.embedding_classifier import EmbeddingClassifier
from zoo.learners.heads.sequence import SequenceHead
from zoo.learners.pictures import Pictures


@dataclass(frozen=True)
class SnailConfig:
    """Hyper-parameters; the paper's of 5 ways and 1 shot.

    Attributes:
        size, channels, filters, shrink, views: see `Pictures` and `ConvolutionalEncoder`.
        width: of an embedding, which a linear layer after the encoder makes.
        ways: most classes of a task.
        length: places of the longest sequence, the query's included, that the convolutions see whole. Of a longer one they see
            the last places only; attention reads all of them.
        keys, values: of each attention block; they stand before, between and after the blocks of convolutions.
        convolutions: filters of each dense block.
    """

    size: int = 28
    channels: int = 1
    filters: tuple[int, ...] = (64, 64, 64, 64)
    shrink: tuple[str, ...] = ("padded_pool", "padded_pool", "padded_pool", "padded_pool")
    views: int = 0
    width: int = 64
    ways: int = 5
    length: int = 6
    keys: tuple[int, ...] = (64, 256, 512)
    values: tuple[int, ...] = (32, 128, 256)
    convolutions: int = 128


@final
@keras.saving.register_keras_serializable("zoo")
class Snail(EmbeddingClassifier):
    """An encoder, and causal blocks over the embedded support and its labels; for the learned task see `SequenceHead`."""

    config_class = SnailConfig
    ordered: ClassVar[bool] = True

    def __init__(self, config: SnailConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.most_classes = c.ways
        shape = (None, c.size, c.size, c.channels)
        self.encoder = ConvolutionalEncoder(c.filters, c.shrink, dtype=self.dtype_policy, name="encoder")
        self.encoder.build(shape)
        self.narrow = keras.layers.Dense(c.width, dtype=self.dtype_policy, name="narrow")
        self.narrow.build(self.encoder.compute_output_shape(shape))
        self.blocks = self._blocks()
        between: tuple[int | None, ...] = (None, None, c.width + c.ways)
        for block in self.blocks:
            block.build(between)
            between = block.compute_output_shape(between)
        self.readout = keras.layers.Dense(c.ways, dtype="float32", name="readout")
        self.readout.build(between)
        head = SequenceHead(self.blocks, self.readout, c.ways, self.compute_dtype)
        self.compose(Pictures(c.size, c.channels, self._features, c.views), head)

    def _blocks(self) -> list[Any]:
        """Attention, convolutions, attention, ..., attention."""
        c, blocks = self.config, []
        for number, (keys, values) in enumerate(zip(c.keys, c.values, strict=True)):
            if number:
                blocks.append(TCBlock(c.length, c.convolutions, dtype=self.dtype_policy, name=f"convolutions_{number}"))
            blocks.append(CausalAttention(keys, values, dtype=self.dtype_policy, name=f"attention_{number}"))
        return blocks

    def _features(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        return self.narrow(self.encoder(x, training=training))


def tiny() -> dict[str, Snail]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 12, "filters": (4, 6), "shrink": ("stride", "padded_pool"), "width": 6, "convolutions": 3}
    return {"blocks": Snail(SnailConfig(**small, ways=3, length=8, keys=(4, 5), values=(3, 4)))}
