"""Convolutional networks of many tasks: the paper's counts, one network in Keras' layers, padding, classes without an order."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import TaskConvnet

SIZE = np.array([3, 3], np.int32)


def make(**options):
    keras.utils.set_random_seed(3)
    layer = TaskConvnet(**{"filters": (4, 5), **options})
    layer.build((None, None, 9, 9, 1))
    for name, variable in layer.start.items():
        if name.startswith(("offset", "scale", "bias")):
            variable.assign(keras.random.normal(variable.shape))
    return layer


def pictures(tasks=2, rows=3, size=9):
    return np.random.default_rng(0).uniform(size=(tasks, rows, size, size, 1)).astype(np.float32)


def test_the_paper_has_so_many_weights():
    """111,749 and 256 offsets at 5 ways, of which 256 are biases of convolutions, which these have not."""
    layer = TaskConvnet(ways=5)
    layer.build((None, None, 28, 28, 1))
    assert layer.count_params() == 111_749 + 256 - 256
    own = layer.initial(1, 5)
    assert sum(np.prod(value.shape) for value in own.values()) == 111_749 - 256


@pytest.mark.parametrize("options", [{"shrink": ("stride", "pool")}, {"shrink": "pool", "finish": "flatten", "scale": True}])
def test_one_task_is_an_ordinary_network(options):
    layer, x = make(ways=3, **options), pictures()
    got, moments = layer.with_moments(x, layer.initial(2, 3), SIZE)
    weights = {name: variable.numpy() for name, variable in layer.start.items()}
    h = x[1]
    for block, mode in enumerate(layer.shrink):
        h = tf.nn.conv2d(h, weights[f"kernel_{block}"], 2 if mode == "stride" else 1, "SAME")
        mean, variance = tf.nn.moments(h, [0, 1, 2])
        np.testing.assert_allclose(moments[f"mean_{block}"][1], mean, atol=1e-5)
        np.testing.assert_allclose(moments[f"variance_{block}"][1], variance, atol=1e-5)
        scale = weights.get(f"scale_{block}")
        h = tf.nn.relu(tf.nn.batch_normalization(h, mean, variance, weights[f"offset_{block}"], scale, 1e-3))
        h = tf.nn.max_pool2d(h, 2, 2, "VALID") if mode == "pool" else h
    h = tf.reshape(h, [3, -1]) if layer.finish == "flatten" else tf.reduce_mean(h, axis=[1, 2])
    np.testing.assert_allclose(got[1], h @ weights["kernel_out"] + weights["bias_out"], rtol=1e-4, atol=1e-5)


def test_by_the_moments_of_these_pictures_they_are_normalised_the_same():
    layer, x = make(), pictures()
    weights = layer.initial(2, 3)
    want, moments = layer.with_moments(x, weights, SIZE)
    np.testing.assert_allclose(layer.run(x, {**weights, **moments}), want, rtol=1e-5, atol=1e-6)


def test_a_query_is_answered_as_if_alone():
    layer, x = make(), pictures()
    weights = layer.initial(2, 3)
    task = {**weights, **layer.with_moments(x, weights, SIZE)[1]}
    together, alone = layer.run(x, task), layer.run(x[:, 1:2], task)
    np.testing.assert_allclose(together[:, 1:2], alone, rtol=1e-5, atol=1e-6)


def test_padding_does_not_matter():
    layer, x = make(), pictures()
    weights, size = layer.initial(2, 3), np.array([2, 3], np.int32)
    other = x.copy()
    other[0, 2] = 5.0
    (one, moments), (two, others) = layer.with_moments(x, weights, size), layer.with_moments(other, weights, size)
    np.testing.assert_array_equal(one[0, :2], two[0, :2])
    for name in moments:
        np.testing.assert_array_equal(moments[name], others[name])


def test_without_a_number_of_ways_every_class_starts_from_one_column():
    layer = make()
    weights = layer.initial(2, 4)
    assert weights["kernel_out"].shape == (2, 5, 4)
    answers = layer.with_moments(pictures(), weights, SIZE)[0]
    np.testing.assert_array_equal(answers, np.repeat(answers[..., :1], 4, axis=-1))


@pytest.mark.parametrize(
    "wrong", [{"filters": ()}, {"filters": (0,)}, {"shrink": "halve"}, {"finish": "max"}, {"shrink": ("pool",)}]
)
def test_what_it_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="TaskConvnet"):
        TaskConvnet(**{"filters": (4, 5), **wrong})


def test_pictures_that_vanish_are_refused():
    with pytest.raises(ValueError, match="shrink pictures of shape"):
        TaskConvnet((4, 4, 4), "pool").build((None, None, 7, 7, 1))
