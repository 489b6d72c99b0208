"""MeLA: the published sizes, scales, the penalty, and training in single and half precision."""

import keras
import numpy as np
import pytest

from zoo.datasets import FreshSinusoids
from zoo.layers import activations
from zoo.models.mela import MeLA, MeLAConfig


def test_has_the_parameters_of_the_authors_sinusoid_model():
    learner = MeLA()
    assert learner.count_params() == 166_003
    task = learner.learn([0.0], [0.0]).learned
    assert sum(value.size for value in task.values()) == 1_761


def test_apply_is_the_task_network_written_out(tiny):
    generator = np.random.default_rng(0)
    task = {name: generator.normal(size=(3, *spec.shape[1:])).astype(np.float32) for name, spec in tiny.graphs.task_spec.items()}
    query = generator.normal(size=(3, 4, 1)).astype(np.float32)
    got = tiny.apply(task, query)
    for number in range(3):
        hidden = query[number] @ task["kernel_0"][number] + task["bias_0"][number]
        hidden = np.maximum(hidden, 0.3 * hidden)
        want = hidden @ task["kernel_1"][number] + task["bias_1"][number]
        np.testing.assert_allclose(got[number], want, rtol=1e-5, atol=1e-5)


def test_weights_start_glorot_normal_with_zero_biases():
    learner = MeLA()
    for variable in learner.variables:
        if variable.ndim == 1:
            assert not np.any(variable)
        elif variable.shape[0] * variable.shape[1] > 3000:
            assert np.std(variable) == pytest.approx((2 / sum(variable.shape)) ** 0.5, rel=0.05)


def test_scales_change_units_and_nothing_else(tiny):
    scaled = MeLA(MeLAConfig(**{**vars(tiny.config), "input_scale": 10.0, "output_scale": 100.0}))
    scaled.set_weights(tiny.get_weights())
    x, y, query = np.array([0.1, 0.5, -0.7]), np.array([1.0, 2.0, 3.0]), np.array([0.2, 0.3])
    want = 100 * tiny.learn(x, y).predict(query)
    np.testing.assert_allclose(scaled.learn(10 * x, 100 * y).predict(10 * query), want, rtol=1e-4)


def test_l1_is_the_penalty_on_recognition_and_generated_parameters(tiny):
    learner = MeLA(MeLAConfig(**{**vars(tiny.config), "l1": 0.5}))
    inputs, _ = next(iter(FreshSinusoids().stream(3, seed=1)))
    task = learner.adapt(*list(inputs.values())[:3])
    generated = sum(np.abs(value).sum() for value in task.values()) / 3
    recognition = sum(np.abs(variable.numpy()).sum() for variable in learner.recognition.variables)
    learner(inputs, training=True)
    assert float(sum(learner.losses)) == pytest.approx(0.5 * (generated + recognition), rel=1e-4)


def test_trains_with_compile_and_fit(tiny):
    learner = MeLA(tiny.config)
    learner.compile(keras.optimizers.Adam(1e-2), "mse", jit_compile=True, steps_per_execution=25)
    history = learner.fit(FreshSinusoids().stream(16, 1), steps_per_epoch=50, epochs=10, verbose=0, shuffle=False)
    assert history.history["loss"][-1] < 0.9 * history.history["loss"][0]


def test_trains_in_mixed_precision(tiny):
    learner = MeLA(tiny.config, dtype="mixed_bfloat16")
    learner.compile(keras.optimizers.Adam(1e-2), "mse", jit_compile=False)
    inputs, truth = next(iter(FreshSinusoids().stream(16, 1)))
    losses = [learner.train_on_batch(inputs, truth) for _ in range(20)]
    assert losses[-1] < losses[0]
    assert learner.learn([1.0], [1.0]).predict([1.0]).dtype == np.float32


def test_activation_names_reach_the_networks(tiny):
    learner = MeLA(MeLAConfig(**{**vars(tiny.config), "task_activation": "tanh"}))
    assert learner.task_network.activation == "tanh"
    assert learner.recognition.phi.stack[0].activation is activations.leaky_relu
