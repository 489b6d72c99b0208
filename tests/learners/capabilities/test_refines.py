"""Gradient steps as a user asks for them: by a number of steps, and on what."""

import numpy as np
import pytest

from zoo import ZooError
from zoo.learners import made
from zoo.learners.capabilities import refines
from zoo.models import zero_shot


@pytest.fixture(scope="module")
def batch(tiny):
    return made.episode(tiny, (5, 5, 5, 5), queries=3)


@pytest.mark.parametrize("on", ["code", "weights"])
def test_learn_takes_gradient_steps(tiny, batch, on):
    x, y = batch["support_x"][2], batch["support_y"][2]
    want = tiny.graphs.fine_tuned[on](x[None], y[None], np.array([5], np.int32), np.array([3], np.int32))
    got = tiny.learn(x, y, gradient_steps=3, on=on)
    for name, value in want.items():
        np.testing.assert_array_equal(got.learned[name], value)
    assert np.any(tiny.learn(x, y).predict(x) != got.predict(x))


def test_the_first_way_is_the_default(tiny, batch):
    x, y = batch["support_x"][0], batch["support_y"][0]
    one, other = (tiny.learn(x, y, gradient_steps=2, on=on).learned for on in (None, "code"))
    for name, value in one.items():
        np.testing.assert_array_equal(value, other[name])


def test_the_endpoint_fine_tunes_by_the_first_way_each_task_by_its_own_steps(tiny, batch):
    steps = np.array([2, 0, 1, 4], np.int32)
    got = tiny.endpoints()["fine_tune"](**batch, steps=steps)["prediction"]
    for task in range(4):
        learned = tiny.learn(batch["support_x"][task], batch["support_y"][task], gradient_steps=int(steps[task]))
        np.testing.assert_allclose(got[task], learned.predict(batch["query_x"][task]), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("steps", [-1, 1001, 2.5, "3"])
def test_a_wrong_number_of_steps_is_refused(tiny, steps):
    with pytest.raises(ZooError, match=r"gradient_steps=.*0 to 1000"):
        tiny.learn([0.0], [1.0], gradient_steps=steps)


def test_an_unknown_way_is_refused(tiny):
    with pytest.raises(ZooError, match="on='bias': tiny takes gradient steps on 'code' or 'weights'"):
        tiny.learn([0.0], [1.0], gradient_steps=1, on="bias")


def test_a_learner_that_takes_none_says_so():
    (learner,) = zero_shot.tiny().values()
    assert not refines.offered(learner)
    with pytest.raises(ZooError, match="takes no gradient steps; learn without gradient_steps and on"):
        learner.learn(*made.support(learner), gradient_steps=1)
