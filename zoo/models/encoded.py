"""Prototypes around an encoder of the user's own: any Keras model, its preprocessing, and a centre, in one file.

J. Snell, K. Swersky, R. Zemel, "Prototypical networks for few-shot learning", 2017, on embeddings that are centred and brought
to length 1: Y. Wang, W.-L. Chao, K. Q. Weinberger, L. van der Maaten, "SimpleShot: revisiting nearest-neighbor classification for
few-shot learning", 2019, whose CL2N this is once a centre was measured, and its L2N before.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, final

import keras
import numpy as np
import tensorflow as tf

from zoo.layers import PrototypeLogits, unit_rows
from zoo.learners.embedding_classifier import EmbeddingClassifier
from zoo.learners.graphs import compiled
from zoo.learners.heads.kept_prototypes import KeptPrototypes
from zoo.learners.networks import keras_encoder
from zoo.learners.parts import in_parts
from zoo.learners.preprocessing import NAMED, Given, Preprocessing, preprocessing
from zoo.learners.shape import Shape
from zoo.utils.errors import ZooError, cut
from zoo.utils.ranges import warn

BYTES = "0..255"


@dataclass(frozen=True)
class EncodedConfig:
    """What `encoded` was called with.

    Attributes:
        sizes: of an example.
        encoder: the model as Keras serialises it; empty where examples are embeddings already.
        scale, offset, reversed: see `Preprocessing`.
        licence: of the encoder's weights, as the user names it.
        checksum: SHA-256 of the weights that were given.
    """

    sizes: tuple[int, ...]
    encoder: dict[str, Any] = field(default_factory=dict)
    scale: tuple[float, ...] = (1.0,)
    offset: tuple[float, ...] = (0.0,)
    reversed: bool = False
    licence: str = ""
    checksum: str = ""


@final
@dataclass(frozen=True, eq=False)
class _Examples:
    """How examples are embedded."""

    example: Shape
    embed: Callable[..., tf.Tensor]

    def __call__(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        return self.embed(x, training)


@final
@keras.saving.register_keras_serializable("zoo")
class Encoded(EmbeddingClassifier):
    """An encoder and prototypes of what it makes of examples; for the learned task see `KeptPrototypes`."""

    config_class = EncodedConfig
    in_halves = True

    def __init__(self, config: EncodedConfig, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        example = Shape(tuple(c.sizes))
        self.preprocessing = Preprocessing(tuple(c.scale), tuple(c.offset), c.reversed)
        self.encoder: Any = keras_encoder.built(c.encoder, c.sizes) if c.encoder else None
        self.center = self.add_weight((self._width(),), "zeros", "float32", trainable=False, name="center")
        self.licence = f"{c.licence}; SHA-256 of the encoder's weights {c.checksum}" if c.licence else ""
        # Distances are differences of large numbers, which half precision would not see.
        self.logits = PrototypeLogits(dtype="float32", name="logits")
        if len(c.sizes) == 3:
            self.input_range = (0.0, 1.0)
        self.compose(_Examples(example, self._embed), KeptPrototypes(self.logits, lambda: self._calibration[1]))

    def features(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        """What the encoder makes of examples, the mean over all places: `[rows, ...] -> float32 [rows, D]`."""
        x = tf.cast(x, tf.float32)
        if self.encoder is None:
            return x
        # Imported models may begin names with "_", which a graph takes within another name only.
        with tf.name_scope("encoder"):
            rows = tf.cast(self.encoder(self.preprocessing(x), training=training), tf.float32)
        places = list(range(1, len(rows.shape) - 1))
        return tf.reduce_mean(rows, axis=places) if places else rows

    def functions(self) -> Mapping[str, Callable[[], Any]]:
        spec = tf.TensorSpec([None, *self.example.sizes], tf.float32)
        return {**super().functions(), "features": lambda: compiled(lambda x: self.features(x), spec)}

    def centre_on(self, x: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """See `Centres`; each example passes through the encoder once."""
        rows = in_parts(self.graphs.features, x)
        self.center.assign(np.average(rows, axis=0, weights=weight))
        return in_parts(lambda part: self._unit(tf.constant(part)), rows)

    def _embed(self, x: tf.Tensor, training: bool) -> tf.Tensor:
        return self._unit(self.features(x, training))

    def _unit(self, rows: tf.Tensor) -> tf.Tensor:
        return tf.squeeze(unit_rows(tf.expand_dims(rows - self.center, 0)), 0)

    def _width(self) -> int:
        if self.encoder is None:
            return int(self.config.sizes[-1])
        return int(self.encoder.compute_output_shape((None, *self.config.sizes))[-1])


def encoded(
    model: Any,
    preprocess: Given | None = None,
    *,
    layer: str | None = None,
    shape: int | tuple[int, ...] | None = None,
    licence: str = "",
) -> Encoded:
    """A learner around any Keras model that was trained already: it embeds, and a task is the means of its classes.

    Nothing is trained. The model is left as it is; the learner holds a copy of it, in float32, and saves, exports and is served
    as one. `zoo.calibrate` measures its centre and calibration on pictures of other classes; without it a task calibrates itself
    as soon as its support has two examples of a class.

    Args:
        model: a `keras.Model` or another layer from one array of examples to one of vectors, or of maps or tokens, of which the
            mean is taken; of `keras.applications`, KerasHub's backbones, or your own. None for vectors that something else made.
        preprocess: the numbers that the model wants, where pictures are tones of 0 to 1: "0..1", "0..255", "-1..1", "imagenet"
            (less the mean of ImageNet, over its deviation), "caffe" (of 255, blue first, less the mean), or (scale, offset).
            Where the model begins with a `Rescaling`, that is known already.
        layer: the name of the layer whose output is the embedding; the last one by default.
        shape: of one example, where the model leaves it open: the side of a picture, or all sizes; with None the width.
        licence: of the model's weights, to stand in every export.

    Raises:
        ZooError: for anything that is no such model, an unknown layer or preprocessing, or pictures without one.
    """
    if model is None:
        return Encoded(EncodedConfig(_vector(shape, layer, preprocess), licence=licence))
    found = keras_encoder.accepted(model, layer, shape)
    how = _preprocessing(keras_encoder.leading_rescaling(model), preprocess, found.sizes)
    checksum = hashlib.sha256(b"".join(np.ascontiguousarray(each).tobytes() for each in found.weights)).hexdigest()
    learner = Encoded(
        EncodedConfig(found.sizes, found.plain, how.scale, how.offset, how.reversed, " ".join(licence.split()), checksum)
    )
    learner.encoder.set_weights(found.weights)
    return learner


def _vector(shape: Any, layer: Any, preprocess: Any) -> tuple[int]:
    """Sizes of an example that is an embedding already."""
    width = shape[0] if isinstance(shape, tuple) and len(shape) == 1 else shape
    if not isinstance(width, int) or width < 1:
        raise ZooError(f"shape={cut(shape)}: without a model give the width of the vectors, such as shape=384.")
    if layer is not None or preprocess is not None:
        raise ZooError("layer and preprocess are about a model, and there is none; leave them out.")
    return (width,)


def _preprocessing(rescaling: tuple[float, float] | None, given: Given | None, sizes: tuple[int, ...]) -> Preprocessing:
    """What comes before a model that begins with such a Rescaling, or with none.

    Raises:
        ZooError: as `preprocessing`, and for pictures of which nobody said what the model wants.
    """
    if isinstance(given, str) and given in NAMED and rescaling is not None:
        own = BYTES if abs(rescaling[0]) <= 1 / 32 else "0..1"
        if given != own:
            warn(f"the model begins with Rescaling({rescaling[0]:.5g}, {rescaling[1]:.5g}), so it gets {own} and not {given}.")
        return NAMED[own]
    if given is None and rescaling is not None:
        return NAMED[BYTES if abs(rescaling[0]) <= 1 / 32 else "0..1"]
    if given is None and len(sizes) == 3:
        raise ZooError(
            f"preprocess=None: the model begins with no Rescaling, so say which numbers it was trained on: {', '.join(NAMED)}, "
            "or (scale, offset) of tones from 0 to 1."
        )
    return Preprocessing() if given is None else preprocessing(given, sizes[-1])


def tiny() -> dict[str, Encoded]:
    """The smallest of every variant of the graph."""
    layers = keras.layers
    pictures = keras.Sequential(
        [
            keras.Input((10, 8, 3)),
            layers.Rescaling(1 / 127.5, -1.0, name="_rescaling"),
            layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False, name="_convolution"),
            layers.BatchNormalization(),
            layers.ReLU(6.0),
            layers.Dropout(0.2),
            layers.DepthwiseConv2D(3, activation="silu"),
            layers.GlobalAveragePooling2D(),
        ],
        name="_pictures",
    )
    tokens = keras.Sequential([keras.Input((6, 6, 3)), layers.Conv2D(5, 3), layers.Reshape((16, 5)), layers.LayerNormalization()])
    plain, _ = keras_encoder.described(tokens)
    blue_first = NAMED["caffe"]
    return {
        "pictures that are not square": encoded(pictures),
        "mean over tokens, blue first": Encoded(
            EncodedConfig((6, 6, 3), plain, blue_first.scale, blue_first.offset, blue_first.reversed)
        ),
        "vectors": encoded(None, shape=6),
    }
