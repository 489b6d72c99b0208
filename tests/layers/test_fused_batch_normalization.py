import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import FusedBatchNormalization


def both(**options):
    keras.utils.set_random_seed(2)
    ours, stock = (
        FusedBatchNormalization(**options),
        keras.layers.BatchNormalization(**{"momentum": 0.9, "epsilon": 1.001e-5} | options),
    )
    for layer in (ours, stock):
        layer.build((None, 4, 5, 3))
        layer.set_weights([np.array(row, np.float32) for row in ([1, 2, 0.5], [0, -1, 1], [0.1, 0.2, 0.3], [1, 2, 3])])
    return ours, stock


@pytest.mark.parametrize("options", [{}, {"momentum": 0.6, "epsilon": 1e-2}])
@pytest.mark.parametrize("training", [True, False])
def test_is_the_function_of_the_stock_layer_with_its_gradients_and_averages(options, training):
    x = tf.constant(np.random.default_rng(0).normal(2.0, 3.0, [6, 4, 5, 3]), tf.float32)
    weight = tf.constant(np.random.default_rng(1).normal(size=[6, 4, 5, 3]), tf.float32)
    found = []
    for layer in both(**options):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=training)
            loss = tf.reduce_sum(weight * tf.square(y))
        found.append([y, *tape.gradient(loss, [x, *layer.trainable_variables]), *layer.get_weights()])
    for ours, stock in zip(*found, strict=True):
        np.testing.assert_allclose(ours, stock, rtol=2e-4, atol=2e-4)


def test_at_inference_averages_stay_and_pictures_do_not_depend_on_each_other():
    layer, _ = both()
    before = layer.get_weights()
    x = np.random.default_rng(0).normal(size=[6, 4, 5, 3]).astype(np.float32)
    together = layer(x)
    np.testing.assert_allclose(np.concatenate([layer(x[at : at + 1]) for at in range(6)]), together, rtol=1e-6)
    for one, other in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_keeps_float32_statistics_of_half_precision():
    layer = FusedBatchNormalization(dtype="mixed_bfloat16")
    y = layer(np.full([3, 2, 2, 1], 1000.0, np.float32), training=True)
    assert y.dtype.name == "bfloat16"
    assert {weight.dtype for weight in layer.weights} == {"float32"}
    np.testing.assert_allclose(layer.moving_mean, [100.0], rtol=1e-3)


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="an epsilon above 0"):
        FusedBatchNormalization(epsilon=0.0)
    with pytest.raises(ValueError, match=r"a momentum in \[0, 1\]"):
        FusedBatchNormalization(momentum=1.5)
