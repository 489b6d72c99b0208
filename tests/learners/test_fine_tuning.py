import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo import ZooError
from zoo.datasets import FreshSinusoids
from zoo.learners import fine_tuning
from zoo.learners.fine_tuning import AdamRefiner, huber_slope, refined

GENERATOR = np.random.default_rng(0)
ways = pytest.mark.parametrize("on", ["code", "weights"])


@pytest.fixture(scope="module")
def support():
    return FreshSinusoids().draw(4, seed=1)[:3]


def refine(learner, on, support, steps):
    learned = learner.compiled_refined[on](*support, np.array(steps, np.int32))
    return {name: value.numpy() for name, value in learned.items()}


def support_loss(learner, task, support):
    predicted = learner.apply({name: tf.constant(value) for name, value in task.items()}, support[0])
    return np.array([keras.losses.Huber()(y, p) for y, p in zip(support[1], predicted, strict=True)])


def test_huber_slope_is_the_gradient_of_keras_huber_over_real_rows():
    prediction, target = (tf.constant(GENERATOR.normal(scale=2, size=(3, 5, 2)), tf.float32) for _ in range(2))
    sizes = [5, 3, 1]
    with tf.GradientTape() as tape:
        tape.watch(prediction)
        loss = tf.add_n([keras.losses.Huber()(target[task, :size], prediction[task, :size]) for task, size in enumerate(sizes)])
    got = huber_slope(prediction, target, tf.constant(sizes))
    np.testing.assert_allclose(got, tape.gradient(loss, prediction), rtol=1e-5, atol=1e-7)


def test_a_step_is_a_step_of_keras_adam():
    """Two tasks, y = a x; one trains `a` by Keras, the others are a state of ours."""
    x, y = (tf.constant(GENERATOR.normal(size=(2, 6, 1)), tf.float32) for _ in range(2))
    size = tf.constant([6, 6])
    refiner = AdamRefiner(lambda *_: {"a": tf.ones([2, 1])}, lambda task: task, lambda t, x: t["a"][:, None] * x, 0.1)
    state = refiner.start(x, y, size)
    variables = [keras.Variable([1.0]) for _ in range(2)]
    optimizers = [keras.optimizers.Adam(0.1, epsilon=1e-8) for _ in range(2)]
    for _ in range(4):
        state = refiner.step(state, x, y, size)
        for task, (variable, optimizer) in enumerate(zip(variables, optimizers, strict=True)):
            with tf.GradientTape() as tape:
                loss = keras.losses.Huber()(y[task], variable.value * x[task])
            optimizer.apply(tape.gradient(loss, [variable.value]), [variable])
            np.testing.assert_allclose(refiner.task(state)["a"][task], variable.value, rtol=1e-5)


@ways
def test_no_step_is_adapt_and_steps_lower_the_support_loss(tiny, support, on):
    tasks = [refine(tiny, on, support, [steps] * 4) for steps in (0, 5)]
    for name, value in tiny.adapt(*support).items():
        np.testing.assert_allclose(tasks[0][name], value, rtol=1e-5, atol=1e-6)
    losses = [support_loss(tiny, task, support) for task in tasks]
    assert np.all(losses[1] < losses[0])


@ways
def test_every_task_takes_its_own_number_of_steps_as_if_it_were_alone(tiny, support, on):
    steps = [3, 0, 5, 1]
    together = refine(tiny, on, support, steps)
    for task, count in enumerate(steps):
        alone = refine(tiny, on, [part[task : task + 1] for part in support], [count])
        for name, value in alone.items():
            np.testing.assert_allclose(value[0], together[name][task], rtol=1e-3, atol=1e-5)


@ways
def test_padding_never_matters(tiny, support, on):
    sizes = np.array([10, 4, 1, 0], np.int32)
    want = refine(tiny, on, [*support[:2], sizes], [3] * 4)
    padded = [part.copy() for part in support[:2]]
    for part in padded:
        for task, size in enumerate(sizes):
            part[task, size:] = np.nan
    got = refine(tiny, on, [*padded, sizes], [3] * 4)
    for name, value in want.items():
        assert np.isfinite(value).all()
        np.testing.assert_array_equal(got[name], value)
    for name, value in tiny.adapt(*support[:2], sizes).items():
        np.testing.assert_allclose(got[name][3], value[3], rtol=1e-6)


def test_steps_stop_at_the_most(tiny, support, monkeypatch):
    monkeypatch.setattr(fine_tuning, "MOST_STEPS", 2)
    refiner = tiny.refiners()["weights"]
    got = refined(refiner, *support, tf.constant([2, 3, 1000, 2**31 - 1]))
    want = refined(refiner, *support, tf.constant([2, 2, 2, 2]))
    for name, value in want.items():
        np.testing.assert_array_equal(got[name], value)


def test_rows_of_any_shape_are_cleared():
    x = np.full((2, 3, 2, 2), np.nan, np.float32)
    x[0, :2], x[1, :1] = 1.0, 2.0
    got = fine_tuning.cleared(tf.constant(x), np.array([2, 1], np.int32)).numpy()
    assert got.shape == x.shape
    np.testing.assert_array_equal(got.sum(axis=(2, 3)), [[4, 4, 0], [8, 0, 0]])


@ways
def test_learn_takes_gradient_steps(tiny, support, on):
    x, y = support[0][2], support[1][2]
    want = refine(tiny, on, [part[2:3] for part in support], [3])
    got = tiny.learn(x, y, gradient_steps=3, on=on)
    for name, value in want.items():
        np.testing.assert_array_equal(got.learned[name], value)
    assert np.any(tiny.learn(x, y).predict(x) != got.predict(x))


def test_the_endpoint_finetunes_by_the_first_way(tiny, support):
    steps, query = np.array([2, 0, 1, 4], np.int32), support[0][:, :3] + 0.1
    inputs = dict(zip(("support_x", "support_y", "support_size"), support, strict=True))
    got = tiny.endpoints()["fine_tune"](**inputs, query_x=query, steps=steps)["prediction"]
    for task in range(4):
        learned = tiny.learn(support[0][task], support[1][task], gradient_steps=int(steps[task]))
        np.testing.assert_allclose(got[task], learned.predict(query[task]), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("steps", [-1, 1001, 2.5, "3"])
def test_a_wrong_number_of_steps_is_refused(tiny, steps):
    with pytest.raises(ZooError, match=r"gradient_steps=.*0 to 1000"):
        tiny.learn([0.0], [1.0], gradient_steps=steps)


def test_an_unknown_way_is_refused(tiny):
    with pytest.raises(ZooError, match="on='bias': tiny takes gradient steps on 'code' or 'weights'"):
        tiny.learn([0.0], [1.0], gradient_steps=1, on="bias")
