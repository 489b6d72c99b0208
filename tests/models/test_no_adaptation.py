"""One network for all tasks, and what gradient steps or the parameters of a task add to it."""

import keras
import numpy as np

from zoo.datasets import FreshSinusoids
from zoo.models.no_adaptation import NoAdaptation, NoAdaptationConfig


def test_is_one_network_whatever_the_support():
    learner = NoAdaptation()
    assert learner.count_params() == 1_761
    tasks = [learner.learn([x], [y]).learned for x, y in ((0.0, 0.0), (3.0, -2.0))]
    for name, value in tasks[0].items():
        np.testing.assert_array_equal(tasks[1][name], value)
    x = np.linspace(-5, 5, 7, dtype=np.float32)[:, None]
    np.testing.assert_allclose(learner.learn([[0.0]], [[0.0]]).predict(x), learner.network(x), rtol=1e-5, atol=1e-6)


def test_gradient_steps_part_the_tasks():
    learner = NoAdaptation()
    x = np.linspace(-5, 5, 10)
    before = np.square(learner.learn(x, np.sin(x)).predict(x) - np.sin(x)).mean()
    after = np.square(learner.learn(x, np.sin(x), gradient_steps=50).predict(x) - np.sin(x)).mean()
    assert after < 0.9 * before


def test_l1_is_the_penalty_on_the_network():
    learner = NoAdaptation(NoAdaptationConfig(l1=0.5))
    inputs, _ = next(iter(FreshSinusoids().stream(3, seed=1)))
    learner(inputs, training=True)
    want = 0.5 * sum(np.abs(variable.numpy()).sum() for variable in learner.variables)
    np.testing.assert_allclose(float(sum(learner.losses)), want, rtol=1e-5)


def test_an_oracle_learns_what_one_network_that_is_told_nothing_cannot():
    losses = []
    for oracle in (False, True):
        keras.utils.set_random_seed(1)
        learner = NoAdaptation(NoAdaptationConfig(inputs=3 if oracle else 1, activation="tanh"))
        learner.compile(keras.optimizers.Muon(0.02), "mse", jit_compile=True, steps_per_execution=50)
        stream = FreshSinusoids(oracle=oracle).stream(32, 1)
        losses.append(learner.fit(stream, steps_per_epoch=400, epochs=2, verbose=0, shuffle=False).history["loss"][-1])
    assert losses[1] < 0.5 * losses[0]
