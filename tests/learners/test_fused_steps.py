"""All steps of an execution as one program are the same steps: of a network small enough that XLA compiles it in a second."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import FreshSinusoids
from zoo.models.no_adaptation import NoAdaptation, NoAdaptationConfig

STREAM = FreshSinusoids((0.5, 0.5)).stream(4, seed=1)


def small():
    keras.utils.set_random_seed(0)
    return NoAdaptation(NoAdaptationConfig(task_widths=(3,)))


@pytest.fixture(scope="module")
def pair():
    """Two learners that are alike: one runs five steps in one program, the other one step after the other without XLA."""
    learners = small(), small()
    for learner, options in zip(learners, ({"jit_compile": True, "steps_per_execution": 5}, {"jit_compile": False}), strict=True):
        learner.compile(keras.optimizers.Adam(1e-2), "mse", **options)
        learner.optimizer.build(learner.trainable_variables)
    return learners


def same_steps(pair, dataset, **fit):
    """Both take the same steps from the same start, whatever they did before."""
    found = []
    for learner in pair:
        learner.set_weights(small().get_weights())
        for variable in learner.optimizer.variables[2:]:  # after the count and the rate
            variable.assign(keras.ops.zeros_like(variable))
        learner.optimizer.iterations.assign(0)
        history = learner.fit(dataset, verbose=0, shuffle=False, **fit)
        found.append((learner.get_weights(), history.history["loss"]))
    for a, b in zip(found[0][0], found[1][0], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-4)


def test_all_steps_in_one_program_are_the_same_steps(pair):
    same_steps(pair, STREAM, steps_per_epoch=10, epochs=2)


@pytest.mark.parametrize("batches", [3, 5, 7])
def test_a_finite_dataset_is_used_up_to_its_last_batch(pair, batches):
    same_steps(pair, STREAM.take(batches), epochs=2)


def test_batches_of_unknown_shape_still_train(pair):
    same_steps(pair, STREAM.take(3).unbatch().batch(5))  # 12 tasks: two batches of five, one of two


def test_running_out_of_data_warns_as_keras_does(pair):
    with pytest.warns(UserWarning, match="ran out of data"):
        pair[0].fit(STREAM.take(4), steps_per_epoch=10, verbose=0, shuffle=False)


def test_compiling_again_takes_effect():
    learner = small()
    for rate in (1e-3, 0.0):
        learner.compile(keras.optimizers.SGD(rate), "mse", jit_compile=True, steps_per_execution=2)
        before = learner.get_weights()
        learner.fit(STREAM, steps_per_epoch=2, verbose=0, shuffle=False)
        after = learner.get_weights()
        assert all(np.isfinite(weights).all() for weights in after)
        assert any(np.any(a != b) for a, b in zip(before, after, strict=True)) == (rate > 0)


def test_a_distribution_strategy_uses_keras_own_loop():
    with tf.distribute.OneDeviceStrategy("/cpu:0").scope():
        learner = small()
        learner.compile("sgd", "mse", jit_compile=True, steps_per_execution=2)
    history = learner.fit(STREAM, steps_per_epoch=4, verbose=0, shuffle=False)
    assert np.isfinite(history.history["loss"][0])
