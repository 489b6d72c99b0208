"""An agent: a policy in one trial, step by step. It learns while it acts; whoever uses it sees actions and gives rewards."""

from typing import Any, final

import numpy as np

from zoo.learners.acting.acts import Acts
from zoo.utils.errors import ZooError


@final
class Agent:
    """Acts, is told what it gained, and acts better.

        agent = zoo.load("snail_bandit").agent()
        arm = agent.act()
        agent.observe(1.0)

    Args:
        policy: what it acts by.
        seed: of its luck; None for another one each time.
    """

    def __init__(self, policy: Acts, seed: int | None = None):
        self._policy = policy
        self._generator = np.random.default_rng(seed)
        self.reset()

    def reset(self) -> None:
        """Forget everything: a new trial, in another world."""
        found = self._policy.graphs.reset(np.zeros([1], np.int32))
        self._memory = {name.removeprefix("next_"): part for name, part in found.items()}
        self._told = (0.0, 1.0)  # reward and whether an episode ended
        self._waiting = False
        self.probabilities = np.full([self._policy.config.actions], np.nan, np.float32)
        self.steps = 0

    def act(self, observation: int = 0, luck: float | None = None) -> int:
        """The next action.

        Args:
            observation: the state that the world is in, from 0; a bandit has one only.
            luck: from 0 to 1, what decides between actions by their `probabilities`; drawn if it is not given.

        Raises:
            ZooError: for an observation that is none of the states, luck outside, or if the last action was not answered yet.
        """
        states = self._policy.config.states
        if self._waiting:
            raise ZooError("the last action has no reward yet; call agent.observe(reward) before the next act.")
        if not _is_place(observation, states):
            raise ZooError(f"observation={observation!r} is none of the {states} states; give an integer from 0 to {states - 1}.")
        if luck is not None and not 0.0 <= luck <= 1.0:
            raise ZooError(f"luck={luck!r}; give a number from 0 to 1, or none to have it drawn.")
        luck = self._generator.random() if luck is None else luck
        told = (np.array([each], np.float32) for each in (*self._told, luck))
        found = self._policy.graphs.act(np.array([observation], np.int32), *told, *self._memory.values())
        self._memory = {name: found[f"next_{name}"] for name in self._memory}
        self.probabilities = found["probabilities"].numpy()[0]
        self._waiting = True
        return int(found["action"][0])

    def observe(self, reward: float, done: bool = True, action: int | None = None) -> None:
        """Tell what the last action gained.

        Args:
            reward: a number.
            done: whether an episode ended; always so of a bandit.
            action: what was done in fact, if it was not what `act` said.

        Raises:
            ZooError: for a reward that is no number, an action that there is not, or where nothing was done yet.
        """
        actions = self._policy.config.actions
        if not self._waiting:
            raise ZooError("there is no action to reward; call agent.act() first.")
        try:
            number = float(reward)
        except (TypeError, ValueError):
            number = float("nan")
        if not np.isfinite(number):
            raise ZooError(f"reward={reward!r} is no finite number; give what the last action gained.")
        if action is not None:
            if not _is_place(action, actions):
                raise ZooError(f"action={action!r} is none of the {actions} actions; give an integer from 0 to {actions - 1}.")
            self._memory["action"] = np.eye(actions, dtype=np.float32)[[action]]
        self._told = (number, float(done))
        self._waiting = False
        self.steps += 1

    def play(self, environment: Any, steps: int, seed: int | None = None) -> list[float]:
        """Act in an environment of Gymnasium, of discrete spaces, from one episode to the next without forgetting.

        Args:
            environment: has `reset(seed=)` and `step(action)` as Gymnasium's environments have.
            steps: of the trial, over all its episodes.
            seed: of the environment.

        Returns:
            The reward of every step.

        Raises:
            ZooError: for observations that are none of the policy's states, or rewards that are no numbers.
        """
        observation, _ = environment.reset(seed=seed)
        rewards = []
        for _ in range(steps):
            observation, reward, ended, cut, _ = environment.step(self.act(observation))
            self.observe(reward, ended or cut)
            rewards.append(float(reward))
            if ended or cut:
                observation, _ = environment.reset()
        return rewards


def _is_place(value: Any, size: int) -> bool:
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    return bool(whole and 0 <= value < size)
