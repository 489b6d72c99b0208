import keras
import numpy as np
import tensorflow as tf

from zoo import fine_tuning
from zoo.datasets import FreshSinusoids


def test_huber_is_keras_huber_over_real_rows():
    generator = np.random.default_rng(0)
    prediction, target = (generator.normal(scale=2, size=(3, 5, 2)).astype(np.float32) for _ in range(2))
    sizes = np.array([5, 3, 1], np.int32)
    got = fine_tuning.huber(tf.constant(prediction), tf.constant(target), tf.constant(sizes))
    for task, size in enumerate(sizes):
        want = keras.losses.Huber()(target[task, :size], prediction[task, :size])
        np.testing.assert_allclose(got[task], want, rtol=1e-6)


def test_adam_step_is_keras_adam():
    value = {"w": tf.constant([[1.0, -2.0, 3.0]])}
    variable = keras.Variable(value["w"])
    optimizer = keras.optimizers.Adam(0.1, epsilon=1e-8)
    state = fine_tuning.adam(value)
    for step in range(4):
        gradient = {"w": tf.constant([[0.5, -1.0, 0.01 * step]])}
        value, state = fine_tuning.adam_step(value, gradient, state, 0.1)
        optimizer.apply([gradient["w"]], [variable])
        np.testing.assert_allclose(value["w"], variable.value, rtol=1e-5)


def test_steps_lower_the_support_loss_of_each_task_as_if_it_were_alone(tiny):
    drawn = FreshSinusoids().draw(4, seed=1)
    support = drawn[:3]

    def tuned(part):
        task = dict(tiny.adapt(*part))
        state, losses = fine_tuning.adam(task), []
        for _ in range(5):
            losses.append(fine_tuning.huber(tiny.apply(task, part[0]), part[1], part[2]).numpy())
            task, state = fine_tuning.fine_tune_step(tiny, task, state, *part)
        return task, np.stack(losses)

    together, losses = tuned(support)
    assert np.all(losses[-1] < losses[0])
    alone, _ = tuned([part[2:3] for part in support])
    for name, value in alone.items():
        np.testing.assert_allclose(value[0], together[name][2], rtol=1e-3, atol=1e-5)
