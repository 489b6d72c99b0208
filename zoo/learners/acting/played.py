"""Trials played by a policy: all that happened, and what evaluation asks in place of the policy, its rewards."""

from collections.abc import Sequence
from typing import Any, final

import numpy as np
import tensorflow as tf

from zoo.datasets.acting.environments import Environments, Trials
from zoo.learners.acting.acts import Acts
from zoo.learners.endpoint import Tensors
from zoo.utils.errors import ZooError

AT_ONCE = 1_000  # trials that are played at once; bounds the memory


def play(policy: Acts, environments: Environments, trials: Trials) -> Tensors:
    """Play whole trials.

    Returns:
        What happened, each `[B, T]`: `observation`, the state before every step, and `action`, int32; `reward` and `done` after
        it; `chance`, the logarithm of the probability that the action had; `value`, what was expected.
    """
    count, length = tf.shape(trials["choice"])[0], environments.length
    kinds = {"observation": tf.int32, "action": tf.int32, **dict.fromkeys(("reward", "done", "chance", "value"), tf.float32)}
    found = {name: tf.TensorArray(kind, length, element_shape=[trials["choice"].shape[0]]) for name, kind in kinds.items()}
    nothing = tf.zeros_like(trials["choice"][:, 0])
    memory = policy.reset(count)
    shapes = {name: tf.TensorShape([trials["choice"].shape[0], *part.shape[1:]]) for name, part in memory.items()}

    def body(at: tf.Tensor, state: tf.Tensor, reward: tf.Tensor, done: tf.Tensor, memory: Tensors, found: Any) -> tuple[Any, ...]:
        answer, memory = policy.act(memory, state, reward, done, trials["choice"][:, at])
        action = answer["action"]
        chance = tf.math.log(tf.gather(answer["probabilities"], action, axis=1, batch_dims=1))
        after = environments.step(trials, at, state, action)
        happened = {"observation": state, "action": action, "reward": after.reward, "done": after.done, "chance": chance}
        happened["value"] = answer["value"]
        found = {name: part.write(at, happened[name]) for name, part in found.items()}
        memory = {name: tf.ensure_shape(part, shapes[name]) for name, part in memory.items()}
        return at + 1, after.state, after.reward, after.done, memory, found

    start = (tf.constant(0), tf.cast(nothing, tf.int32), nothing, nothing + 1.0, memory, found)
    found = tf.while_loop(lambda at, *_: at < length, body, start, maximum_iterations=length)[-1]
    return {name: tf.transpose(part.stack()) for name, part in found.items()}


@final
class Played:
    """What evaluation asks in place of a policy: the rewards of its trials in the worlds of a benchmark.

    Args:
        policy: who acts.
        worlds: to act in; none yet in what a policy makes the others of, by `on`.
        graphs: what was compiled for each worlds, shared by all that `on` makes.
    """

    def __init__(self, policy: Acts, worlds: Environments | None = None, graphs: dict[Environments, Any] | None = None):
        self._policy = policy
        self._worlds = worlds
        self._graphs: dict[Environments, Any] = {} if graphs is None else graphs

    def on(self, benchmark: Any) -> "Played":
        """The same policy in the worlds of this benchmark.

        Raises:
            ZooError: for worlds that the policy is not made for.
        """
        return Played(self._policy, self._policy.check(benchmark), self._graphs)

    def variants(self, gradient_steps: Sequence[int] = ()) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """One way to answer."""
        return [({}, {})]

    def answers(self, inputs: dict[str, Any], horizon: int = 1) -> np.ndarray:
        """The reward of every step, `[B, T]`."""
        worlds = self._worlds
        if worlds is None:
            raise ZooError("a policy answers in the worlds of a benchmark; say in which: policy.for_evaluation(benchmark).")
        if worlds not in self._graphs:
            self._graphs[worlds] = tf.function(
                lambda trials: play(self._policy, worlds, trials)["reward"], autograph=False, reduce_retracing=True
            )
        parts = []
        for at in range(0, len(inputs["choice"]), AT_ONCE):
            part = {name: tf.constant(each[at : at + AT_ONCE]) for name, each in inputs.items()}
            parts.append(self._graphs[worlds](part).numpy())
        return np.concatenate(parts)
