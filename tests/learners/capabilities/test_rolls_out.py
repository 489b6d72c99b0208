"""Rollouts: offered where examples are past outputs, each task by its own number of steps, in the endpoint as in the model."""

import numpy as np

from zoo.learners import made
from zoo.learners.capabilities import rolls_out
from zoo.models import no_adaptation


def test_examples_that_are_no_past_outputs_are_not_rolled_out(tiny):
    assert not rolls_out.offered(tiny)
    assert not rolls_out.offered(object())


def test_the_endpoint_adapts_and_rolls_out():
    (learner,) = no_adaptation.tiny().values()
    batch, steps = made.episode(learner, (3, 1)), np.array([3, 1], np.int32)
    path = learner.endpoints()["rollout"](**batch, steps=steps)["path"].numpy()
    assert path.shape == (2, 5, 3, 2)
    for task, size in enumerate((3, 1)):
        learned = learner.learn(batch["support_x"][task, :size], batch["support_y"][task, :size])
        want = learned.rollout(batch["query_x"][task], int(steps[task]))
        np.testing.assert_allclose(path[task, :, : steps[task]], want, rtol=1e-4, atol=1e-5)
    answers = learner.answers(batch, horizon=3).numpy()
    np.testing.assert_allclose(answers[0], path[0], rtol=1e-4, atol=1e-5)
