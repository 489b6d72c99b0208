import itertools

import numpy as np

from zoo.layers import MLP, activations, run_task_network, same_network

GENERATOR = np.random.default_rng(0)


def test_every_task_runs_its_own_network():
    widths = (2, 5, 4, 3)
    task = {}
    for layer, (inputs, units) in enumerate(itertools.pairwise(widths)):
        task[f"kernel_{layer}"] = GENERATOR.normal(size=(6, inputs, units)).astype(np.float32)
        task[f"bias_{layer}"] = GENERATOR.normal(size=(6, units)).astype(np.float32)
    x = GENERATOR.normal(size=(6, 7, 2)).astype(np.float32)
    got = run_task_network(task, x, activations.relu)
    for number in range(6):
        h = x[number]
        for layer in range(3):
            h = h @ task[f"kernel_{layer}"][number] + task[f"bias_{layer}"][number]
            h = h if layer == 2 else np.maximum(h, 0)
        np.testing.assert_allclose(got[number], h, rtol=1e-4, atol=1e-4)


def test_the_same_network_is_the_mlp_for_every_task():
    mlp = MLP((5, 4, 3), "tanh", output_bias="normal")
    mlp.build((None, 2))
    task = same_network(mlp, 6)
    assert list(task) == ["kernel_0", "bias_0", "kernel_1", "bias_1", "kernel_2", "bias_2"]
    x = GENERATOR.normal(size=(6, 7, 2)).astype(np.float32)
    np.testing.assert_allclose(run_task_network(task, x, activations.tanh), mlp(x), rtol=1e-5, atol=1e-6)
