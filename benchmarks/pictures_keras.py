"""A training step of a prototypical network in Keras: our layers as `fit` runs them and by hand, and stock layers."""

import keras
import numpy as np
import tensorflow as tf

from zoo.layers import ConvolutionalEncoder, FusedBatchNormalization, PrototypeLogits
from zoo.models.prototypical import PrototypicalNetwork

WAYS_OF_TASK, SHOTS, QUERIES, SIDE, FILTERS = 60, 5, 5, 28, 64
FUSED = 5  # steps of one execution of `fit`


def episode() -> tuple[np.ndarray, np.ndarray]:
    """Support `[300, 28, 28, 1]` and query of the same shape; the pictures of a class stand together."""
    rng = np.random.default_rng(0)
    return tuple(rng.random([WAYS_OF_TASK * each, SIDE, SIDE, 1], np.float32) for each in (SHOTS, QUERIES))


def fit(precision: str):
    """Keras' `fit` of the zoo's learner, episodes from `tf.data`."""
    learner = PrototypicalNetwork(dtype=_policy(precision))
    learner.compile(keras.optimizers.Adam(1e-3), _loss(), jit_compile=False, steps_per_execution=FUSED)
    support, query = episode()
    labels = np.eye(WAYS_OF_TASK, dtype=np.float32)
    batch = {
        "support_x": support[None],
        "support_y": np.repeat(labels, SHOTS, axis=0)[None],
        "support_size": np.array([len(support)], np.int32),
        "query_x": query[None],
    }
    stream = tf.data.Dataset.from_tensors((batch, np.repeat(labels, QUERIES, axis=0)[None])).cache().repeat().prefetch(2)

    def steps() -> int:
        learner.fit(stream, steps_per_epoch=2 * FUSED, verbose=0, shuffle=False)
        return 2 * FUSED

    return steps


def ours(precision: str):
    """One step per call of our encoder."""
    return _by_hand(ConvolutionalEncoder(dtype=_policy(precision)))


def published(precision: str):
    """The same with the ReLU before the pool, as published: our normalisation in PyTorch's stock graph."""
    policy = _policy(precision)
    return _by_hand(_blocks(lambda: FusedBatchNormalization(dtype=policy), policy))


def stock(precision: str):
    """The same of Keras' own layers."""
    policy = _policy(precision)
    return _by_hand(_blocks(lambda: keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, dtype=policy), policy))


def _blocks(normalisation, policy: str) -> keras.Sequential:
    layers = []
    for _ in range(4):
        layers += [
            keras.layers.Conv2D(FILTERS, 3, padding="same", dtype=policy),
            normalisation(),
            keras.layers.ReLU(dtype=policy),
            keras.layers.MaxPooling2D(2, dtype=policy),
        ]
    return keras.Sequential([*layers, keras.layers.Flatten(dtype=policy)])


def _by_hand(encoder):
    support, query = episode()
    together = tf.constant(np.concatenate([support, query]))
    label = tf.constant(np.repeat(np.eye(WAYS_OF_TASK, dtype=np.float32), QUERIES, axis=0)[None])
    encoder.build(together.shape)
    optimizer, loss, logits = keras.optimizers.Adam(1e-3), _loss(), PrototypeLogits()
    variables = encoder.trainable_variables
    optimizer.build(variables)

    @tf.function(jit_compile=False)
    def step():
        with tf.GradientTape() as tape:
            embedded = tf.cast(encoder(together, training=True), tf.float32)
            shots = tf.reshape(embedded[: len(support)], [WAYS_OF_TASK, SHOTS, -1])
            found = logits(embedded[None, len(support) :], tf.reduce_mean(shots, axis=1)[None])
            value = loss(label, found)
        optimizer.apply(tape.gradient(value, variables), variables)
        return value

    def steps() -> int:
        step().numpy()
        return 1

    return steps


def _loss():
    return keras.losses.CategoricalCrossentropy(from_logits=True)


def _policy(precision: str) -> str:
    return "float32" if precision == "float32" else f"mixed_{precision}"


WAYS = {"fit": fit, "ours": ours, "published": published, "stock": stock}
