"""Whole trials: the graph plays what an agent plays step by step with the same luck, in parts as together."""

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf

from zoo import ZooError, export
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


def test_worlds_that_are_asked_for_later_change_nothing(both):
    policy, worlds = both
    drawn = worlds.draw(3, 1)
    first = policy.for_evaluation(worlds)[0]
    want = first.answers(drawn.inputs)
    other = Bandits(3, 4) if worlds == WORLDS["bandit"] else TabularMDPs(4, 2, 2, 2)
    later = policy.for_evaluation(other)[0]
    assert later.answers(other.draw(2, 1).inputs).shape == (2, other.length)
    np.testing.assert_array_equal(first.answers(drawn.inputs), want)


def test_a_policy_answers_in_worlds_only(both):
    policy, worlds = both
    with pytest.raises(ZooError, match="for_evaluation"):
        policy.played.answers(worlds.draw(1, 1).inputs)


def test_an_untrained_policy_gains_what_random_does(both):
    policy, worlds = both
    drawn = worlds.draw(400, 1)
    mean, interval = worlds.summarise(worlds.score(policy.for_evaluation(worlds)[0].answers(drawn.inputs), drawn)[0][1])
    other, spread = worlds.summarise(worlds.baselines(drawn)["random"])
    assert abs(mean - other) < 2 * (interval + spread)


def test_onnx_runtime_plays_whole_trials_and_gains_what_the_live_agent_gains(both, tmp_path):
    """With the same luck, to the same actions; all that is kept between steps goes out of the graph and in again."""
    policy, worlds = both
    export.onnx(policy, tmp_path / "policy")
    act, reset = (onnxruntime.InferenceSession(tmp_path / "policy" / f"{name}.onnx") for name in ("act", "reset"))
    drawn = worlds.draw(4, 2)
    trials = {name: tf.constant(part) for name, part in drawn.inputs.items()}
    rewards, actions = [], []
    memory = outputs(reset, {"observation": np.zeros([4], np.int32)})
    state, reward, done = np.zeros([4], np.int32), np.zeros([4], np.float32), np.ones([4], np.float32)
    for at in range(worlds.length):
        told = {"observation": state, "reward": reward, "done": done, "luck": drawn.choice[:, at]}
        found = outputs(act, told | {f"last_{name.removeprefix('next_')}": part for name, part in memory.items()})
        memory = {name: part for name, part in found.items() if name.startswith("next_")}
        reward, done, state = (part.numpy() for part in worlds.step(trials, at, state, found["action"]))
        rewards.append(reward)
        actions.append(found["action"])
    live = played.play(policy, worlds, trials)
    np.testing.assert_array_equal(np.stack(actions, axis=1), live["action"])
    np.testing.assert_allclose(np.stack(rewards, axis=1), policy.for_evaluation(worlds)[0].answers(drawn.inputs), atol=1e-6)


def outputs(session, inputs):
    wanted = [each.name for each in session.get_inputs()]
    found = session.run(None, {name: inputs[name] for name in wanted})
    return {each.name: value for each, value in zip(session.get_outputs(), found, strict=True)}
