"""Pictures to embeddings: float32 whatever the features, and a mean over shifts outside training only."""

import numpy as np
import tensorflow as tf

from zoo.learners.pictures import Pictures
from zoo.learners.shape import Shape

X = np.random.default_rng(0).uniform(size=[3, 4, 4, 1]).astype(np.float32)


def corner(pictures, training=False):
    """Two pixels, and whether this is training."""
    rows = tf.reshape(tf.cast(pictures, tf.bfloat16), [-1, 16])
    return tf.concat([rows[:, :1], rows[:, 6:7], tf.cast(tf.fill([len(rows), 1], training), rows.dtype)], axis=1)


def test_an_example_is_a_picture_and_an_embedding_single_precision():
    pictures = Pictures(4, 1, corner)
    assert pictures.example == Shape((4, 4, 1))
    got = pictures(X)
    assert got.dtype == tf.float32
    np.testing.assert_allclose(got[:, 0], X[:, 0, 0, 0], rtol=1e-2)
    assert got[:, 2].numpy().tolist() == [0.0] * 3
    assert pictures(X, training=True)[:, 2].numpy().tolist() == [1.0] * 3


def test_views_are_the_picture_and_its_four_shifts_outside_training():
    pictures = Pictures(4, 1, corner, views=1)
    around = (X[:, 1, 2] + X[:, 0, 2] + X[:, 2, 2] + X[:, 1, 1] + X[:, 1, 3])[:, 0] / 5
    np.testing.assert_allclose(pictures(X)[:, 1], around, rtol=2e-2)
    np.testing.assert_allclose(pictures(X)[:, 0], X[:, [0, 0, 1], [0, 1, 0], 0].sum(axis=1) / 5, rtol=2e-2)  # zeros come in
    np.testing.assert_array_equal(pictures(X, training=True), Pictures(4, 1, corner)(X, training=True))
