"""A rollout is one prediction after the other, each from those before it."""

import numpy as np
import pytest

from zoo.models.mela import MeLA, MeLAConfig
from zoo.utils.errors import ZooError

SMALL = {"row_widths": (8,), "pool": 8, "code_widths": (8,), "generator_widths": (8,), "task_widths": (6,)}


@pytest.fixture(scope="module")
def mover():
    """An untrained learner of points in the plane, each example ending with one number that does not change."""
    return MeLA(MeLAConfig(inputs=7, outputs=2, history=3, inertial=True, base=True, **SMALL), name="mover")


@pytest.fixture(scope="module")
def task(mover):
    generator = np.random.default_rng(0)
    return mover.learn(generator.uniform(size=(9, 7)), generator.uniform(size=(9, 2)))


def test_a_rollout_is_predict_fed_with_its_own_predictions(task):
    x = np.random.default_rng(1).uniform(size=(4, 7)).astype(np.float32)
    path = task.rollout(x, 5)
    assert path.shape == (4, 5, 2)
    for step in range(5):
        following = task.predict(x)
        np.testing.assert_allclose(path[:, step], following, rtol=1e-4, atol=1e-5)
        x = np.concatenate([x[:, 2:6], following, x[:, 6:]], axis=1)


def test_tasks_of_one_batch_may_take_different_numbers_of_steps(mover, task):
    learned = {name: np.repeat(value, 2, axis=0) for name, value in task.learned.items()}
    x = np.random.default_rng(1).uniform(size=(1, 4, 7)).astype(np.float32)
    both = mover.graphs.rollout(learned, np.repeat(x, 2, axis=0), [5, 2]).numpy()
    np.testing.assert_allclose(both[0], task.rollout(x[0], 5), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(both[1, :, :2], task.rollout(x[0], 2), rtol=1e-5, atol=1e-6)
    for after in range(2, 5):
        np.testing.assert_array_equal(both[1, :, after], both[1, :, 1])


def test_straight_flight_needs_no_learning(mover, task):
    """With a task network that says nothing, an inertial learner flies on straight."""
    silent = {name: np.zeros_like(value) for name, value in task.learned.items()}
    x = np.array([[[0.1, 0.2, 0.2, 0.25, 0.3, 0.3, 9.0]]], np.float32)
    path = mover.graphs.rollout(silent, x, [3]).numpy()[0, 0]
    np.testing.assert_allclose(path, [[0.4, 0.35], [0.5, 0.4], [0.6, 0.45]], atol=1e-6)


def test_only_time_series_are_rolled_out(tiny_task, tiny, mover):
    with pytest.raises(ZooError, match="use predict"):
        tiny_task.rollout([0.0], 3)
    assert "rollout" not in tiny.endpoints()
    assert "rollout" in mover.endpoints()


@pytest.mark.parametrize("steps", [0, -1, 10_001])
def test_a_number_of_steps_out_of_range_is_refused(task, steps):
    with pytest.raises(ZooError, match="1 to 10000"):
        task.rollout(np.zeros([1, 7]), steps)
