"""Hallucination: a generator imagines further examples of every class, trained by the loss of the classifier that learns of them.

Y.-X. Wang, R. Girshick, M. Hebert, B. Hariharan, "Low-shot learning from imaginary data", 2018: prototypes, matching networks and
prototype matching networks, with a generator and without. Departures: those of `Imagination`; four examples are imagined whatever
the number of real ones; what noise imagines outside training is that of one table, the last of training, so that the same support
gives the same task; an encoder that others were trained with stays as it is, and makes the features.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import (
    AttentionKernel,
    ConvolutionalEncoder,
    Hallucinator,
    LearnedShift,
    PrototypeLogits,
    QueryContext,
    SupportContext,
)
from zoo.learners import embedded_classifier
from zoo.learners.embedding_classifier import EmbeddingClassifier
from zoo.learners.endpoint import Tensors
from zoo.learners.heads.head import Head
from zoo.learners.heads.imagination import Imagination
from zoo.learners.heads.imagined import ImaginedMeans, ImaginedVotes, PrototypeMatching
from zoo.learners.heads.means import Means
from zoo.learners.heads.votes import FullContext
from zoo.learners.meta_learner import support_of
from zoo.learners.pictures import Pictures
from zoo.utils.errors import ZooError

BASES = ("prototypes", "matching", "prototype_matching")
GENERATORS = ("noise", "no_noise", "shift", "none")


@dataclass(frozen=True)
class HallucinationConfig:
    """Hyper-parameters.

    Attributes:
        size, channels, filters, shrink, kernel: of a picture and of the encoder, see `ConvolutionalEncoder`.
        views: if above 0, features are the mean over the picture and its four shifts by so many pixels.
        base: "prototypes", "matching" with full context embeddings, or "prototype_matching".
        generator: "noise" as published; "no_noise" for zeros in its place; "shift" for one learned vector in place of the
            generator; "none" for no imagined examples.
        imagined: how many examples the imagined ones of a class count for.
        width: of the linear layer that looks at features (d').
        steps: of the LSTM that reads a query, see `QueryContext`.
    """

    size: int = 28
    channels: int = 1
    filters: tuple[int, ...] = (64, 64, 64, 64)
    shrink: tuple[str, ...] = ("pool", "pool", "pool", "pool")
    kernel: int = 3
    views: int = 0
    base: str = "prototypes"
    generator: str = "noise"
    imagined: int = 4
    width: int = 128
    steps: int = 3

    def __post_init__(self) -> None:
        for name, given, known in (("base", self.base, BASES), ("generator", self.generator, GENERATORS)):
            if given not in known:
                raise ZooError(f"{name}={given!r}: choose one of {', '.join(map(repr, known))}.")
        if self.imagined < 1:
            raise ZooError(f"imagined={self.imagined}: imagine one example or more; generator='none' imagines nothing.")


@final
@keras.saving.register_keras_serializable("zoo")
class Hallucination(EmbeddingClassifier):
    """A frozen encoder, a generator, and a head that learns of real and imagined features; for the learned task see the head."""

    config_class = HallucinationConfig

    def __init__(self, config: HallucinationConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        pictures = (None, c.size, c.size, c.channels)
        self.encoder = ConvolutionalEncoder(c.filters, c.shrink, c.kernel, dtype=self.dtype_policy, name="encoder")
        self.encoder.build(pictures)
        self.encoder.trainable = False
        features = int(self.encoder.compute_output_shape(pictures)[-1])
        self.look = keras.layers.Dense(c.width, activation="relu", dtype="float32", name="look")
        self.look.build((None, None, None, features))
        self.generate = self._generator()
        if self.generate is not None:
            self.generate.build((None, None, features))
        self.drawn = self.add_weight((), "zeros", "int32", trainable=False, name="drawn")
        imagination = Imagination(self.look, self.generate, c.imagined if self.generate else 0)
        self.compose(Pictures(c.size, c.channels, self.encoder, c.views), self._head(imagination))

    def _generator(self) -> Hallucinator | LearnedShift | None:
        match self.config.generator:
            case "noise":
                return Hallucinator(self.config.imagined, dtype="float32", name="generate")
            case "no_noise":
                return Hallucinator(1, 0.0, dtype="float32", name="generate")
            case "shift":
                return LearnedShift(dtype="float32", name="generate")
        return None

    def _head(self, imagination: Imagination) -> Head:
        c = self.config
        if c.base == "prototypes":
            self.logits = PrototypeLogits(dtype="float32", name="logits")
            return ImaginedMeans(self.logits, imagination) if self.generate else Means(self.logits, imagination.look)
        self.kernel = AttentionKernel("scaled_cosine", dtype="float32", name="kernel")
        self.kernel.build((None, None, 1))
        self.support_context = SupportContext(dtype="float32", name="support_context")
        self.support_context.build((None, None, c.width))
        self.query_context = QueryContext(c.steps, dtype="float32", name="query_context")
        self.query_context.build((None, None, c.width))
        context = FullContext(self.support_context, self.query_context)
        return (ImaginedVotes if c.base == "matching" else PrototypeMatching)(self.kernel, context, imagination)

    def training_forward(self, episode: Tensors) -> tf.Tensor:
        """Of episodes of pictures, or of features as `for_training` makes them; noise is drawn anew."""
        support_x, support_y, size = support_of(episode)
        support, query = (self._features(x) for x in (support_x, episode["query_x"]))
        if isinstance(self.generate, Hallucinator) and self.config.generator == "noise":
            self.drawn.assign_add(1)
            self.generate.draw(tf.stack([tf.convert_to_tensor(self.drawn), 0]))
        return self.task_head.logits(self.task_head.adapt(support, support_y, size), query)

    def _features(self, x: tf.Tensor) -> tf.Tensor:
        x = tf.convert_to_tensor(x)
        return x if x.shape.rank == 3 else self.embedded(x)

    def for_training(self, benchmarks: Sequence[Any]) -> Sequence[Any]:
        return embedded_classifier.for_training(self, benchmarks)


def tiny() -> dict[str, Hallucination]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 12, "filters": (4, 6), "shrink": ("stride", "padded_pool"), "width": 5}
    more: dict[str, dict[str, Any]] = {
        "prototypes": {"views": 1},
        "prototypes, nothing imagined": {"generator": "none"},
        "matching": {"base": "matching", "steps": 2, "imagined": 2},
        "prototype matching": {"base": "prototype_matching", "steps": 2, "generator": "shift"},
    }
    return {name: Hallucination(HallucinationConfig(**small, **options)) for name, options in more.items()}
