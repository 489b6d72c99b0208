"""An agent: one trial, what it is told, what is refused, and that nobody else's trial is in it."""

import keras
import numpy as np
import pytest

from zoo.models.snail_policy import SnailPolicy, SnailPolicyConfig, tiny
from zoo.utils.errors import ZooError


@pytest.fixture
def policy():
    keras.utils.set_random_seed(0)
    made = tiny()["bandit"]
    for weight in made.trainable_weights:
        weight.assign(np.random.default_rng(0).normal(0.0, 0.7, weight.shape))
    return made


def played(agent, steps=10, reward=lambda action: float(action == 1)):
    actions = []
    for _ in range(steps):
        actions.append(agent.act())
        agent.observe(reward(actions[-1]))
    return actions


def test_the_same_seed_acts_the_same_and_reset_forgets(policy):
    agent, other = policy.agent(3), policy.agent(3)
    assert played(agent) == played(other)
    agent.reset()
    assert agent.steps == 0
    agent.act()
    fresh = policy.agent()
    fresh.act()
    np.testing.assert_allclose(agent.probabilities, fresh.probabilities, rtol=1e-6)


def test_rewards_change_what_it_does(policy):
    shares = []
    for reward in (0.0, 1.0):
        agent = policy.agent()
        agent.act(luck=0.0)
        agent.observe(reward)
        agent.act()
        shares.append(agent.probabilities)
    assert np.abs(shares[0] - shares[1]).max() > 1e-3


def test_what_was_done_in_fact_counts(policy):
    shares = []
    for action in (None, 0, 2):
        agent = policy.agent()
        assert agent.act(luck=0.0) == 0
        agent.observe(1.0, action=action)
        agent.act(luck=0.0)
        shares.append(agent.probabilities)
    np.testing.assert_array_equal(shares[0], shares[1])
    assert np.abs(shares[0] - shares[2]).max() > 1e-3


def test_two_agents_know_nothing_of_each_other(policy):
    alone = played(policy.agent(5))
    one, other = policy.agent(5), policy.agent(6)
    found = []
    for _ in range(10):
        found.append(one.act())
        other.act()
        one.observe(float(found[-1] == 1))
        other.observe(0.0)
    assert found == alone


def test_bad_input_is_refused_in_one_line(policy):
    agent = policy.agent()
    with pytest.raises(ZooError, match="no action to reward"):
        agent.observe(1.0)
    for bad in (1, -1, 0.0, True, "0", None):
        with pytest.raises(ZooError, match=r"observation=.* is none of the 1 states"):
            agent.act(bad)
    with pytest.raises(ZooError, match=r"luck=1\.5; give a number from 0 to 1"):
        agent.act(luck=1.5)
    agent.act()
    with pytest.raises(ZooError, match="has no reward yet"):
        agent.act()
    for bad in (float("nan"), float("inf"), "much", None):
        with pytest.raises(ZooError, match=r"reward=.* is no finite number"):
            agent.observe(bad)
    for bad in (3, -1, 1.0):
        with pytest.raises(ZooError, match=r"action=.* is none of the 3 actions; give an integer from 0 to 2"):
            agent.observe(1.0, action=bad)
    agent.observe(1.0)  # nothing was taken from what was refused
    assert agent.steps == 1


class Corridor:
    """Three places in a row, as an environment of Gymnasium: action 1 goes on, the end pays one and ends the episode."""

    def __init__(self):
        self.episodes, self.seeds, self.place = 0, [], 0

    def reset(self, seed=None):
        self.episodes, self.place = self.episodes + 1, 0
        self.seeds.append(seed)
        return 0, {}

    def step(self, action):
        self.place += action == 1
        return self.place, float(self.place == 3), self.place == 3, False, {}


def test_it_plays_environments_of_gymnasium_from_episode_to_episode():
    keras.utils.set_random_seed(0)
    agent, corridor = tiny()["world"].agent(0), Corridor()
    rewards = agent.play(corridor, 60, seed=4)
    assert len(rewards) == 60 == agent.steps
    assert sum(rewards) == corridor.episodes - 1 > 2
    assert corridor.seeds[0] == 4 and set(corridor.seeds[1:]) == {None}


def test_it_plays_gymnasium_itself():
    import gymnasium

    made = gymnasium.make("FrozenLake-v1", is_slippery=False)
    policy = SnailPolicy(SnailPolicyConfig(states=16, actions=4, length=30, width=3, filters=2, blocks=1, value_filters=0))
    assert len(policy.agent(0).play(made, 30, seed=1)) == 30


def test_an_environment_of_other_states_is_refused(policy):
    with pytest.raises(ZooError, match="observation=1 is none of the 1 states"):
        policy.agent(0).play(Corridor(), 60)
