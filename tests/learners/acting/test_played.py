"""Whole trials: the graph plays what an agent plays step by step with the same luck, in parts as together."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import Bandits, TabularMDPs
from zoo.learners.acting import played
from zoo.models.snail_policy import tiny

WORLDS = {"bandit": Bandits(3, 6), "world": TabularMDPs(4, 2, 2, 3)}


@pytest.fixture(params=list(WORLDS))
def both(request):
    keras.utils.set_random_seed(0)
    return tiny()[request.param], WORLDS[request.param]


def test_an_agent_gains_what_the_graph_gains(both):
    policy, worlds = both
    drawn = worlds.draw(3, 1)
    trials = {name: tf.constant(part) for name, part in drawn.inputs.items()}
    happened = played.play(policy, worlds, trials)
    for trial in range(3):
        agent, state = policy.agent(), tf.zeros([1], tf.int32)
        one = {name: part[trial : trial + 1] for name, part in trials.items()}
        for at in range(worlds.length):
            assert int(state[0]) == happened["observation"][trial, at]
            action = agent.act(int(state[0]), luck=float(drawn.choice[trial, at]))
            assert action == happened["action"][trial, at]
            step = worlds.step(one, at, state, tf.constant([action]))
            assert float(step.reward[0]) == pytest.approx(float(happened["reward"][trial, at]), abs=1e-6)
            agent.observe(float(step.reward[0]), bool(step.done[0]))
            state = step.state


def test_parts_are_played_as_together(both, monkeypatch):
    policy, worlds = both
    drawn = worlds.draw(5, 1)
    want = policy.for_evaluation(worlds)[0].answers(drawn.inputs)
    assert want.shape == (5, worlds.length)
    monkeypatch.setattr(played, "AT_ONCE", 2)
    np.testing.assert_allclose(policy.for_evaluation(worlds)[0].answers(drawn.inputs), want, atol=1e-6)


def test_an_untrained_policy_gains_what_random_does(both):
    policy, worlds = both
    drawn = worlds.draw(400, 1)
    mean, interval = worlds.summarise(worlds.score(policy.for_evaluation(worlds)[0].answers(drawn.inputs), drawn)[0][1])
    other, spread = worlds.summarise(worlds.baselines(drawn)["random"])
    assert abs(mean - other) < 2 * (interval + spread)
