"""The task network of a Keras model: the model itself before any step, what a task moves, and moments of the support."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.learners.labels import Classes
from zoo.learners.networks.keras_network import KerasNetwork
from zoo.utils.errors import ZooError

layers = keras.layers
LABELS = np.eye(3, dtype=np.float32)[[[0, 1, 2, 0], [2, 1, 0, 1]]]  # [2, 4, 3]
SIZE = np.array([4, 4], np.int32)
SIZES = (7, 6, 2)


def chain(*, normalised=True, frozen=False):
    keras.utils.set_random_seed(3)
    between = [layers.BatchNormalization()] if normalised else []
    found = [
        layers.Conv2D(4, (2, 3), trainable=not frozen),
        *between,
        layers.ReLU(),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(5, "tanh", use_bias=False),
        layers.Dense(3),
    ]
    model = keras.Sequential([keras.Input(SIZES), *found])
    generator = np.random.default_rng(0)
    model.set_weights([generator.normal(size=each.shape) if each.ndim == 1 else each for each in model.get_weights()])
    return model


def network(model, **options):
    return KerasNetwork(model.layers, SIZES, Classes(3), **options)


def pictures(seed=0):
    return np.random.default_rng(seed).normal(size=(2, 4, *SIZES)).astype(np.float32)


@pytest.mark.parametrize("head_only", [False, True])
def test_before_any_step_every_task_is_the_model(head_only):
    model = chain(normalised=False)
    net, x = network(model, head_only=head_only), pictures()
    answers = net.run(net.initial(LABELS), x)
    assert not net.takes_statistics
    for task in range(2):
        np.testing.assert_allclose(answers[task], model(x[task]), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("head_only", [False, True])
def test_before_any_step_a_normalised_support_is_answered_as_the_model_does_in_training(head_only):
    model = chain()
    net, x = network(model, head_only=head_only), pictures()
    weights = net.initial(LABELS)
    answers = net.training_run(weights, x, SIZE)
    task = net.settled(weights, x, SIZE)
    assert set(task) - set(weights) == {"mean_1", "variance_1"} and net.takes_statistics
    for one in range(2):
        np.testing.assert_allclose(answers[one], model(x[one], training=True), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(net.run(task, x), answers, rtol=1e-4, atol=1e-5)
    query = pictures(seed=1)
    np.testing.assert_allclose(net.run(task, query)[:, :1], net.run(task, query[:, :1]), rtol=1e-4, atol=1e-5)
    together = net.transductive_run(task, query)
    np.testing.assert_allclose(together, net.training_run(task, query, SIZE), rtol=1e-6)
    assert np.abs(together - net.run(task, query)).max() > 1e-3


def test_padding_is_in_no_moments():
    net = network(chain())
    weights, x = net.initial(LABELS), pictures()
    other = x.copy()
    other[:, 2:] = 9.0
    size = np.array([2, 2], np.int32)
    for name, value in net.settled(weights, x, size).items():
        np.testing.assert_array_equal(net.settled(weights, other, size)[name], value, err_msg=name)


def test_a_task_has_the_weights_that_it_moves():
    whole = {"kernel_0", "bias_0", "offset_1", "scale_1", "kernel_5", "kernel_6", "bias_6"}
    assert set(network(chain()).initial(LABELS)) == whole
    assert set(network(chain(frozen=True)).initial(LABELS)) == whole - {"kernel_0", "bias_0"}
    assert set(network(chain(), head_only=True).initial(LABELS)) == {"kernel_6", "bias_6"}
    shapes = {name: tuple(value.shape) for name, value in network(chain()).initial(LABELS).items()}
    assert shapes["kernel_0"] == (2, 2 * 3 * 2, 4) and shapes["kernel_5"] == (2, 24, 5)


def test_shared_weights_get_a_gradient_from_every_task():
    model = chain()
    net, x = network(model, head_only=True), tf.constant(pictures())
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(net.training_run(net.initial(LABELS), x, SIZE) ** 2)
    got = tape.gradient(loss, model.trainable_variables)
    with tf.GradientTape() as tape:
        loss = tf.add_n([tf.reduce_sum(model(x[task], training=True) ** 2) for task in range(2)])
    for one, other in zip(got, tape.gradient(loss, model.trainable_variables), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-3, atol=2e-2)


def test_a_network_that_no_task_moves_is_refused():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, trainable=False), layers.ReLU()])
    with pytest.raises(ZooError, match="no layer has weights that are trainable;"):
        KerasNetwork(model.layers, (4,), Classes(3))
    with pytest.raises(ZooError, match="or the last one that has some is not trainable"):
        KerasNetwork(model.layers, (4,), Classes(3), head_only=True)
