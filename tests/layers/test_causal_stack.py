"""A stack of causal layers: step by step it is the whole sequence, in float64's precision too, and it sees all of it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import CausalAttention, CausalStack, TCBlock

G = np.random.default_rng(0)


def stack(length=9, blocks=2, reach=None):
    keras.utils.set_random_seed(0)
    made = CausalStack(length, blocks, filters=4, keys=3, values=5, reach=reach)
    made.build((None, None, 3))
    return made


def stepped(layer, x):
    kept, found = layer.start(tf.constant(len(x)), x.shape[2]), []
    for place in range(x.shape[1]):
        out, kept = layer.step(tf.constant(x[:, place]), kept, tf.fill([len(x)], place))
        found.append(out.numpy())
    return np.stack(found, axis=1)


@pytest.mark.parametrize(("length", "blocks", "reach"), [(9, 2, None), (9, 2, 3), (8, 1, None), (1, 1, None), (2, 0, None)])
def test_step_by_step_is_the_whole_sequence(length, blocks, reach):
    layer, x = stack(length, blocks, reach), G.normal(size=[2, length, 3]).astype(np.float32)
    np.testing.assert_allclose(stepped(layer, x), layer(x), rtol=1e-5, atol=1e-5)


def test_what_is_kept_has_one_size_for_every_step():
    layer = stack()
    kept = layer.start(tf.constant(2), 3)
    assert {name: part.shape.as_list() for name, part in kept.items()} == {
        "past_0": [2, 8, 15],
        "past_1": [2, 8, 31],
        "keys": [2, 9, 3],
        "values": [2, 9, 5],
    }
    _, after = layer.step(tf.zeros([2, 3]), kept, tf.zeros([2], tf.int32))
    assert {name: part.shape for name, part in after.items()} == {name: part.shape for name, part in kept.items()}


@pytest.mark.parametrize("reach", [None, 2])
def test_the_last_place_depends_on_the_first(reach):
    """Where the convolutions do not reach, by attention."""
    layer, x = stack(reach=reach), G.normal(size=[1, 9, 3]).astype(np.float32)
    changed = x.copy()
    changed[:, 0] += 1.0
    assert np.abs(stepped(layer, changed)[0, -1] - stepped(layer, x)[0, -1]).max() > 1e-4


def test_attention_beyond_its_places_forgets_the_oldest():
    keras.utils.set_random_seed(0)
    layer, x = CausalAttention(3, 4), G.normal(size=[1, 7, 2]).astype(np.float32)
    layer.build((None, None, 2))
    keys, values = tf.zeros([1, 4, 3]), tf.zeros([1, 4, 4])
    for place in range(7):
        out, keys, values = layer.step(tf.constant(x[:, place]), keys, values, tf.constant([place]))
    np.testing.assert_allclose(out, layer(x[:, 3:])[:, -1], rtol=1e-5, atol=1e-6)


def test_temporal_convolutions_step_by_step():
    keras.utils.set_random_seed(0)
    layer, x = TCBlock(6, 4, first_dilation=2), G.normal(size=[2, 20, 3]).astype(np.float32)  # longer than it was made for
    layer.build((None, None, 3))
    past, found = tf.zeros([2, layer.reach, 3 + 2 * 4]), []
    for place in range(20):
        out, past = layer.step(tf.constant(x[:, place]), past)
        found.append(out)
    np.testing.assert_allclose(tf.stack(found, axis=1), layer(x), rtol=1e-5, atol=1e-5)
