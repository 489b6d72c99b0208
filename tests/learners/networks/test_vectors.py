"""The task network of vectors, written out; and a time series whose examples are past outputs."""

from dataclasses import dataclass

import numpy as np
import pytest

from zoo.layers import MLP
from zoo.learners.labels import Numbers
from zoo.learners.networks.vectors import Vectors
from zoo.learners.shape import Shape

GENERATOR = np.random.default_rng(0)


@dataclass(frozen=True)
class Config:
    inputs: int = 3
    outputs: int = 1
    history: int = 0
    inertial: bool = False
    input_scale: float = 1.0
    output_scale: float = 1.0


def drawn(*shape):
    return GENERATOR.normal(size=shape).astype(np.float32)


def weights(inputs, outputs, tasks=2):
    sizes = {"kernel_0": (inputs, 5), "bias_0": (5,), "kernel_1": (5, outputs), "bias_1": (outputs,)}
    return {name: drawn(tasks, *size) for name, size in sizes.items()}


def written_out(task, number, x):
    hidden = np.tanh(x @ task["kernel_0"][number] + task["bias_0"][number])
    return hidden @ task["kernel_1"][number] + task["bias_1"][number]


def test_it_runs_every_tasks_own_network():
    network, task, x = Vectors(Config(), "tanh"), weights(3, 1), drawn(2, 4, 3)
    assert (network.example, network.labels, network.past_outputs) == (Shape((3,)), Numbers(1), 0)
    for number in range(2):
        np.testing.assert_allclose(network.run(task, x)[number], written_out(task, number, x[number]), rtol=1e-4, atol=1e-5)
    y = drawn(2, 4, 1)
    np.testing.assert_array_equal(network.pair(x, y), np.concatenate([x, y], axis=2))


def test_scales_are_of_what_the_network_sees_and_gives():
    task, x, y = weights(3, 1), drawn(2, 4, 3), drawn(2, 4, 1)
    plain, scaled = Vectors(Config(), "tanh"), Vectors(Config(input_scale=10.0, output_scale=100.0), "tanh")
    np.testing.assert_allclose(scaled.run(task, 10 * x), 100 * plain.run(task, x), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(scaled.pair(10 * x, 100 * y), plain.pair(x, y), rtol=1e-5)


def test_all_tasks_start_from_the_shared_weights():
    shared = MLP((5, 1), "tanh")
    shared.build((None, 3))
    network, x = Vectors(Config(), "tanh", shared), drawn(2, 4, 3)
    task = network.initial(np.zeros((2, 1, 1)))
    assert {name: tuple(value.shape) for name, value in task.items()} == {
        "kernel_0": (2, 3, 5),
        "bias_0": (2, 5),
        "kernel_1": (2, 5, 1),
        "bias_1": (2, 1),
    }
    np.testing.assert_allclose(network.run(task, x), shared(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("inertial", [True, False])
def test_a_step_drops_the_oldest_output_and_keeps_what_does_not_change(inertial):
    network = Vectors(Config(inputs=7, outputs=2, history=3, inertial=inertial), "tanh")
    task, x = weights(7, 2), drawn(2, 4, 7)
    assert network.past_outputs == 3
    assert network.begin(x) is x
    after = network.advance(task, x).numpy()
    np.testing.assert_array_equal(after[..., :4], x[..., 2:6])
    np.testing.assert_allclose(after[..., 4:6], network.run(task, x), rtol=1e-6)
    np.testing.assert_array_equal(after[..., 6], x[..., 6])
    np.testing.assert_array_equal(network.emit(after), after[..., 4:6])


def test_a_network_that_says_nothing_flies_on_straight():
    network = Vectors(Config(inputs=6, outputs=2, history=3, inertial=True), "tanh")
    silent = {name: np.zeros_like(value) for name, value in weights(6, 2, tasks=1).items()}
    x = np.array([[[0.0, 0.0, 0.1, 0.2, 0.2, 0.5]]], np.float32)
    np.testing.assert_allclose(network.run(silent, x)[0, 0], [0.3, 0.8], atol=1e-6)
