"""A learned optimizer in Keras: it trains any model as the layer proposes, and its state is saved and restored."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.learners.learned_optimizer import LearnedOptimizer

GENERATOR = np.random.default_rng(0)
X, Y = GENERATOR.normal(size=[8, 3]).astype(np.float32), GENERATOR.normal(size=[8, 2]).astype(np.float32)


def made(**options):
    keras.utils.set_random_seed(0)
    optimizer = LearnedOptimizer(units=4, layers=2, **options)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(5, "tanh"), keras.layers.Dense(2)])
    model.compile(optimizer, "mse")
    return model


def gradients(model):
    with tf.GradientTape() as tape:
        loss = keras.losses.MeanSquaredError()(Y, model(X))
    return tape.gradient(loss, model.trainable_variables)


@pytest.mark.parametrize("rate", [1.0, 0.3])
def test_every_step_is_what_the_layer_proposes(rate):
    model = made(learning_rate=rate)
    rule, weights = model.optimizer.rule, [variable.numpy() for variable in model.trainable_variables]
    memories = [rule.start(tf.zeros([1, weight.size])) for weight in weights]
    before = rule.get_weights()
    for _ in range(4):
        for place, gradient in enumerate(gradients(model)):
            update, memories[place] = rule(tf.reshape(gradient, [1, -1]), memories[place])
            weights[place] = weights[place] + rate * update.numpy().reshape(weights[place].shape)
        model.train_on_batch(X, Y)
        for got, want in zip(model.trainable_variables, weights, strict=True):
            np.testing.assert_allclose(got.numpy(), want, rtol=1e-5, atol=1e-6)
    for got, want in zip(rule.get_weights(), before, strict=True):
        np.testing.assert_array_equal(got, want)


def test_state_and_weights_of_the_rule_are_saved_and_restored(tmp_path):
    model = made()
    model.optimizer.rule.set_weights([GENERATOR.normal(0, 0.3, weight.shape) for weight in model.optimizer.rule.weights])
    model.fit(X, Y, epochs=3, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert isinstance(loaded.optimizer, LearnedOptimizer)
    assert loaded.optimizer.get_config() == model.optimizer.get_config()
    for each in (model, loaded):
        each.fit(X, Y, epochs=3, verbose=0, shuffle=False)
    for got, want in zip(loaded.weights, model.weights, strict=True):
        np.testing.assert_array_equal(got.numpy(), want.numpy())


def test_keras_own_options_hold():
    model = made(clipnorm=1e-3)
    model.fit(X, Y, epochs=1, verbose=0)
    assert model.optimizer.get_config()["clipnorm"] == 1e-3
