"""Every layer of Keras that has a step computes the same with it, with weights of each task; the others are refused by name."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.learners.networks.keras_steps import check_kind, step_of
from zoo.utils.errors import ZooError

layers = keras.layers
CASES = [  # a layer, and the sizes of its input
    (layers.Dense(4, "tanh"), (3,)),
    (layers.Dense(4, use_bias=False), (2, 3)),
    (layers.Dense(4, "leaky_relu"), (3,)),
    (layers.Conv2D(4, 3, padding="same", activation="relu"), (5, 4, 2)),
    (layers.Conv2D(4, (2, 3), strides=(2, 1)), (5, 6, 2)),
    (layers.Conv2D(4, 5, strides=2, padding="same", use_bias=False), (7, 6, 1)),
    (layers.Conv2D(4, 1, strides=3), (7, 8, 2)),
    (layers.MaxPooling2D(2), (5, 4, 2)),
    (layers.AveragePooling2D(2, padding="same"), (6, 4, 2)),
    (layers.GlobalAveragePooling2D(), (3, 4, 2)),
    (layers.GlobalAveragePooling2D(keepdims=True), (3, 4, 2)),
    (layers.Flatten(), (3, 4, 2)),
    (layers.ReLU(), (3,)),
    (layers.ReLU(negative_slope=0.1), (3,)),
    (layers.LeakyReLU(), (3, 4, 2)),
    *((layers.Activation(name), (3,)) for name in ("linear", "relu", "leaky_relu", "tanh", "sigmoid", "silu", "softplus")),
]
REFUSED = [  # a layer, the sizes of its input, and what the refusal names
    (layers.Dropout(0.5), (3,), "Dropout, which is random"),
    (layers.GaussianNoise(0.5), (3,), "GaussianNoise, which is random"),
    (layers.LayerNormalization(), (3,), "LayerNormalization; leave it out, or write the model with Dense, Conv2D"),
    (keras.Sequential([keras.Input((3,)), layers.Dense(2)]), (3,), "of class Sequential, a model within a model"),
    (layers.Dense(4, "softmax"), (3,), "softmax; leave it out, since answers are logits"),
    (layers.Dense(4, "gelu"), (3,), "gelu; those with gradients that can be exported are linear, relu"),
    (layers.Activation(tf.nn.relu6), (3,), "the activation relu6"),
    (layers.Dense(4, activity_regularizer="l2"), (3,), "an activity_regularizer"),
    (layers.Conv2D(4, 3, groups=2), (5, 5, 2), r"groups=2, dilation_rate=\(1, 1\)"),
    (layers.Conv2D(4, 2, dilation_rate=2), (5, 5, 2), r"groups=1, dilation_rate=\(2, 2\)"),
    (layers.Conv2D(4, 2, data_format="channels_first"), (2, 5, 5), "data_format='channels_first'"),
    (layers.Flatten(data_format="channels_first"), (2, 5, 5), "data_format='channels_first'"),
    (layers.BatchNormalization(axis=1), (5, 5, 2), "axis=1"),
    (layers.BatchNormalization(trainable=False), (3,), "trainable=False, by which Keras takes its moving averages"),
    (layers.MaxPooling2D(3), (6, 6, 2), r"pool_size=\(3, 3\)"),
    (layers.MaxPooling2D(2, strides=1), (6, 6, 2), r"strides=\(1, 1\)"),
    (layers.AveragePooling2D(2, padding="same"), (5, 6, 2), "padding='same'"),
    (layers.ReLU(max_value=6), (3,), "max_value=6"),
    (layers.LeakyReLU(2.0), (3,), "negative_slope=2"),
]


def name_of(case):
    return type(case).__name__ if isinstance(case, keras.Layer) else None


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize(("layer", "sizes"), CASES, ids=name_of)
def test_a_step_is_the_layer_with_weights_of_each_task(layer, sizes):
    layer.build((None, *sizes))
    step, x = step_of(layer, sizes), numbers(2, 3, *sizes)
    weights = {name: numbers(2, *variable.shape, seed=5) for name, variable in step.weights.items()}
    own = {name: value.reshape(2, -1, value.shape[-1]) if name == "kernel" else value for name, value in weights.items()}
    got = step.run(tf.constant(x), {name: tf.constant(value) for name, value in own.items()}, (2, 3))
    for task in range(2):
        for name, variable in step.weights.items():
            variable.assign(weights[name][task])
        np.testing.assert_allclose(got[task], layer(x[task]), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("options", [{}, {"scale": False, "epsilon": 0.1}, {"center": False}])
@pytest.mark.parametrize("sizes", [(3,), (4, 3, 2)])
def test_a_normalisation_is_that_of_keras_in_training(options, sizes):
    layer = layers.BatchNormalization(**options)
    layer.build((None, *sizes))
    for seed, variable in enumerate(layer.trainable_variables):
        variable.assign(numbers(*variable.shape, seed=seed))
    x = numbers(1, 5, *sizes)
    step = step_of(layer, sizes)
    own = {name: tf.expand_dims(variable, 0) for name, variable in step.weights.items()}
    mean, variance = tf.nn.moments(tf.constant(x), axes=list(range(1, x.ndim - 1)))
    got = step.run(tf.constant(x), {**own, "mean": mean, "variance": variance}, (1, 5))
    np.testing.assert_allclose(got[0], layer(x[0], training=True), rtol=1e-3, atol=1e-4)
    assert step.normalises


@pytest.mark.parametrize(("layer", "sizes", "words"), REFUSED, ids=name_of)
def test_what_has_no_step_is_refused_by_name(layer, sizes, words):
    if not layer.built:
        layer.build((None, *sizes))
    with pytest.raises(ZooError, match=words) as refusal:
        step_of(layer, sizes)
    assert f"layer '{layer.name}'" in str(refusal.value)


def test_a_layer_of_the_users_own_is_none_of_keras():
    class Dense(layers.Dense):
        """Computes who knows what."""

    with pytest.raises(ZooError, match="is of class Dense"):
        step_of(Dense(3), (3,))
    check_kind("one", "Dense")
    with pytest.raises(ZooError, match="layer 'one' is of class Lambda; leave it out"):
        check_kind("one", "Lambda")
