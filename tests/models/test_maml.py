"""MAML: the inner loop of the paper, its second-order gradient, and rates that are learned."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import FreshSinusoids
from zoo.models.maml import MAML, MAMLConfig

SMALL = MAMLConfig(task_widths=(5, 4), activation="tanh", inner_steps=2, inner_rate=0.1)


def make(**changes):
    keras.utils.set_random_seed(1)
    return MAML(dataclasses.replace(SMALL, **changes))


@pytest.fixture(scope="module")
def tasks():
    """Four tasks; their sizes are 10, 4, 1 and 0 where a test says so."""
    return FreshSinusoids().draw(4, seed=3)


SIZES = np.array([10, 4, 1, 0], np.int32)


def plain_network(weights, x):
    h = tf.tanh(x @ weights["kernel_0"] + weights["bias_0"])
    h = tf.tanh(h @ weights["kernel_1"] + weights["bias_1"])
    return h @ weights["kernel_2"] + weights["bias_2"]


def plain_adapt(weights, x, y, config):
    """The paper's inner loop for one task in plain TensorFlow; weights, x and y in any one precision."""
    for _ in range(config.inner_steps):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            loss = tf.reduce_mean(tf.square(plain_network(weights, x) - y))
        gradient = tape.gradient(loss, weights)
        norm = tf.linalg.global_norm(list(gradient.values()))
        shrink = tf.minimum(tf.ones_like(norm), config.clip / norm)
        weights = {name: value - config.inner_rate * shrink * gradient[name] for name, value in weights.items()}
    return weights


def names_of(learner):
    return list(learner.graphs.task_spec)


def start_of(learner, dtype=tf.float64):
    return {name: tf.cast(v, dtype) for name, v in zip(names_of(learner), learner.initial.variables, strict=True)}


@pytest.mark.parametrize("clip", [10.0, 0.5])
def test_adapt_is_the_papers_inner_loop(tasks, clip):
    learner = make(clip=clip)
    learned = learner.adapt(*tasks[:2], SIZES)
    for task, size in enumerate(SIZES[:3]):
        x, y = (tf.constant(part[task, :size], tf.float64) for part in tasks[:2])
        for name, want in plain_adapt(start_of(learner), x, y, learner.config).items():
            np.testing.assert_allclose(learned[name][task], want, rtol=1e-4, atol=1e-5)
    for name, value in start_of(learner).items():
        np.testing.assert_allclose(learned[name][3], value, rtol=1e-6)


def meta_gradient(learner, tasks):
    with tf.GradientTape() as tape:
        task = learner.adapt(*tasks[:3])
        loss = tf.reduce_mean(tf.square(learner.apply(task, tasks.query_x) - tasks.query_y))
    return dict(zip(names_of(learner), tape.gradient(loss, learner.initial.trainable_variables), strict=True))


def test_the_meta_gradient_is_that_of_finite_differences(tasks):
    """Second order: differences are of the paper's loop in float64, through every inner step."""
    learner = make()
    got = meta_gradient(learner, tasks)
    x, y, _, query_x, query_y = (tf.constant(part, tf.float64) for part in tasks)

    def loss(weights):
        adapted = [plain_adapt(weights, x[task], y[task], learner.config) for task in range(4)]
        errors = [plain_network(a, query_x[task]) - query_y[task] for task, a in enumerate(adapted)]
        return tf.reduce_mean(tf.square(tf.stack(errors))).numpy()

    start, h = start_of(learner), 1e-5
    for name in ("kernel_0", "kernel_1", "bias_1", "kernel_2"):
        direction = np.random.default_rng(0).normal(size=start[name].shape)
        ends = [loss({**start, name: start[name] + sign * h * direction}) for sign in (1, -1)]
        slope = float(np.sum(got[name] * direction))
        assert slope == pytest.approx((ends[0] - ends[1]) / (2 * h), rel=1e-3, abs=1e-4)


def test_first_order_learns_by_another_gradient_and_adapts_the_same(tasks):
    full, first = make(), make(first_order=True)
    for name, value in full.adapt(*tasks[:3]).items():
        np.testing.assert_array_equal(first.adapt(*tasks[:3])[name], value)
    one, other = (meta_gradient(learner, tasks)["kernel_1"].numpy() for learner in (full, first))
    assert np.abs(one - other).max() > 0.01 * np.abs(one).max()


def test_learned_rates_start_as_the_fixed_one_and_get_gradients(tasks):
    learner, fixed = make(learned_rates=True), make()
    assert learner.count_params() == 2 * fixed.count_params()
    for name, value in fixed.adapt(*tasks[:3]).items():
        np.testing.assert_allclose(learner.adapt(*tasks[:3])[name], value, rtol=1e-5, atol=1e-6)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(learner.apply(learner.adapt(*tasks[:3]), tasks.query_x) - tasks.query_y))
    rates = [rate.value for rate in learner.rates.values()]
    assert all(np.any(gradient) for gradient in tape.gradient(loss, rates))


def test_learned_rates_are_kept_in_the_file(tasks, tmp_path):
    learner = make(learned_rates=True)
    for number, rate in enumerate(learner.rates.values()):
        rate.assign(rate + 0.01 * (number + 1))
    learner.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    for name, value in learner.adapt(*tasks[:3]).items():
        np.testing.assert_array_equal(loaded.adapt(*tasks[:3])[name], value)


def test_padding_never_matters(tasks):
    learner = make()
    padded = [part.copy() for part in tasks[:2]]
    for part in padded:
        for task, size in enumerate(SIZES):
            part[task, size:] = np.nan
    got, want = (learner.adapt(*parts, SIZES) for parts in (padded, tasks[:2]))
    for name, value in want.items():
        assert np.isfinite(value).all()
        np.testing.assert_array_equal(got[name], value)


@pytest.mark.parametrize("scale", [1e6, 1e30, 3e38])
def test_huge_labels_give_no_nan(tasks, scale):
    learner = make(inner_steps=5)
    labels = np.clip(tasks.support_y, -1, 1) * scale
    with tf.GradientTape() as tape:
        task = learner.adapt(tasks.support_x, labels, tasks.support_size)
        loss = tf.reduce_mean(tf.square(learner.apply(task, tasks.query_x)))
    for part in (*task.values(), *tape.gradient(loss, learner.trainable_variables)):
        assert np.isfinite(part).all()


def test_gradient_steps_are_inner_steps(tasks):
    learner = make()
    x, y = tasks.support_x[0], tasks.support_y[0]
    assert list(learner.refiners()) == ["inner"]
    assert learner.adapt_steps == 2
    learned, same, start = learner.learn(x, y), learner.learn(x, y, gradient_steps=2), learner.learn(x, y, gradient_steps=0)
    for name, value in start_of(learner, tf.float32).items():
        np.testing.assert_allclose(same.learned[name], learned.learned[name], rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(start.learned[name][0], value)


def test_trains_as_any_keras_model_does_in_one_program():
    learner = make(inner_steps=1, task_widths=(4,))
    learner.compile(keras.optimizers.Adam(1e-2), "mse", jit_compile=True)
    inputs, truth = next(iter(FreshSinusoids().stream(16, 1)))
    losses = [learner.train_on_batch(inputs, truth) for _ in range(60)]
    assert losses[-1] < 0.8 * losses[0]
