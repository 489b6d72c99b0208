import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import FreshSinusoids
from zoo.models.mela import MeLA


def trained(tiny, dataset, steps_per_execution, jit_compile=True, **fit):
    learner = MeLA(tiny.config)
    learner.set_weights(tiny.get_weights())
    learner.compile(keras.optimizers.Adam(1e-2), "mse", jit_compile=jit_compile, steps_per_execution=steps_per_execution)
    history = learner.fit(dataset, verbose=0, shuffle=False, **fit)
    return learner.get_weights(), history.history["loss"]


def same(one, other):
    for a, b in zip(one[0], other[0], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(one[1], other[1], rtol=1e-4)


def test_all_steps_in_one_program_are_the_same_steps(tiny):
    stream = FreshSinusoids().stream(4, seed=1)
    fused = trained(tiny, stream, 5, steps_per_epoch=10, epochs=2)
    same(fused, trained(tiny, stream, 1, steps_per_epoch=10, epochs=2))
    same(fused, trained(tiny, stream, 5, jit_compile=False, steps_per_epoch=10, epochs=2))


@pytest.mark.parametrize("batches", [3, 5, 7])
def test_a_finite_dataset_is_used_up_to_its_last_batch(tiny, batches):
    finite = FreshSinusoids().stream(4, seed=1).take(batches)
    same(trained(tiny, finite, 5, epochs=2), trained(tiny, finite, 1, epochs=2))


def test_batches_of_unknown_shape_still_train(tiny):
    ragged = FreshSinusoids().stream(4, seed=1).take(3).unbatch().batch(5)  # 12 tasks: two batches of five, one of two
    same(trained(tiny, ragged, 2, jit_compile=True), trained(tiny, ragged, 1, jit_compile=False))


def test_running_out_of_data_warns_as_keras_does(tiny):
    learner = MeLA(tiny.config)
    learner.compile("adam", "mse", jit_compile=True, steps_per_execution=2)
    finite = FreshSinusoids().stream(4, seed=1).take(4)
    with pytest.warns(UserWarning, match="ran out of data"):
        learner.fit(finite, steps_per_epoch=10, verbose=0, shuffle=False)


def test_compiling_again_takes_effect(tiny):
    learner = MeLA(tiny.config)
    learner.set_weights(tiny.get_weights())
    stream = FreshSinusoids().stream(4, seed=1)
    for rate in (1e-3, 0.0):
        learner.compile(keras.optimizers.SGD(rate), "mse", jit_compile=True, steps_per_execution=2)
        before = learner.get_weights()
        learner.fit(stream, steps_per_epoch=2, verbose=0, shuffle=False)
        after = learner.get_weights()
        assert all(np.isfinite(weights).all() for weights in after)
        assert any(np.any(a != b) for a, b in zip(before, after, strict=True)) == (rate > 0)


def test_a_distribution_strategy_uses_keras_own_loop(tiny):
    with tf.distribute.OneDeviceStrategy("/cpu:0").scope():
        learner = MeLA(tiny.config)
        learner.compile("adam", "mse", jit_compile=True, steps_per_execution=2)
    history = learner.fit(FreshSinusoids().stream(4, seed=1), steps_per_epoch=4, verbose=0, shuffle=False)
    assert np.isfinite(history.history["loss"][0])
