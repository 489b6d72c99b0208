"""A policy that learns while it acts: its memory goes in and comes out with every step, and nothing is kept between.

Y. Duan et al., "RL^2: fast reinforcement learning via slow reinforcement learning", 2016: a recurrent network that is shown
its last action, the reward that followed, and whether an episode ended, keeps its memory from one episode of a trial to the
next; trained on many worlds, what its activations do is the learning.
"""

import abc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, final

import keras
import tensorflow as tf

from zoo.datasets.acting.environments import Environments, chosen
from zoo.learners.acting.agent import Agent
from zoo.learners.acting.played import Played
from zoo.learners.acting.proximal import Proximal
from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.zoo_model import ZooModel
from zoo.utils.errors import ZooError

ACTION, TAKEN = "action", "taken"  # names in a memory
_TOLD = {"observation": tf.int32, "reward": tf.float32, "done": tf.float32, "luck": tf.float32}  # inputs that are no memory


@dataclass(frozen=True)
class PolicyConfig:
    """Hyper-parameters of any policy.

    Attributes:
        states: of a world; 1 of a bandit.
        actions: in each.
        length: steps of the longest trial.
        discount, trace: of generalised advantages; the paper's.
        clip: how far the probability of an action may move in one iteration of training, as a share.
        entropy: weight of the entropy of actions in the loss.
        passes, minibatches: over the trials of an iteration, and parts that each pass takes them in.
    """

    states: int = 1
    actions: int = 5
    length: int = 100
    discount: float = 0.99
    trace: float = 0.3
    clip: float = 0.2
    entropy: float = 0.01
    passes: int = 4
    minibatches: int = 4


class Policy(ZooModel):
    """A model without a support set, whose endpoints are `act` and `reset`.

    Its memory, a dict of `[B, ...]`, is that of the subclass, and `action [B, actions]`, the last action, one-hot; zeros before
    the first one.
    """

    carries: ClassVar[bool] = True

    def __init__(self, config: PolicyConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.value_unit = c.length**0.5  # what values are counted in: about their spread
        self.seen_width = c.states + 2 * c.actions + 1
        self.training: Proximal | None = None
        self.played = Played(self)

    def functions(self) -> Mapping[str, Callable[[], Any]]:
        endpoints = self.endpoints()
        return {**super().functions(), **{name: endpoints[name].traced for name in ("act", "reset")}}

    @abc.abstractmethod
    def begin(self, trials: tf.Tensor) -> Tensors:
        """The memory of so many trials before their first step: dict of `[B, ...]` of known sizes."""

    @abc.abstractmethod
    def advance(self, memory: Tensors, seen: tf.Tensor) -> tuple[Tensors, tf.Tensor, tf.Tensor]:
        """One step of `seen [B, D]`, at the same cost at every step: memory after it, logits `[B, actions]`, value `[B]`."""

    @abc.abstractmethod
    def sequence(self, seen: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Whole trials `[B, T, D]` at once, to the same numbers: logits `[B, T, actions]` and values `[B, T]`."""

    @final
    def reset(self, trials: tf.Tensor) -> Tensors:
        """The memory of so many trials before their first step."""
        return {ACTION: tf.zeros(tf.stack([trials, self.config.actions])), **self.begin(trials)}

    @final
    def act(
        self, memory: Tensors, observation: tf.Tensor, reward: tf.Tensor, done: tf.Tensor, luck: tf.Tensor
    ) -> tuple[Tensors, Tensors]:
        """Act in every trial.

        Args:
            memory: as `reset` and the step before gave it.
            observation: int32 `[B]`, the state, from 0.
            reward, done: `[B]`, what the last action brought, and 1 if an episode ended with it; at first 0 and 1.
            luck: `[B]`, from 0 to 1: which action is drawn by the probabilities.

        Returns:
            `action` int32 `[B]`, `probabilities [B, actions]` and `value [B]`, the reward that is expected of the rest of the
            trial; and the memory after.
        """
        own = {name: part for name, part in memory.items() if name != ACTION}
        after, logits, value = self.advance(own, self.seen(observation, memory[ACTION], reward, done))
        shares = tf.nn.softmax(logits)
        action = chosen(shares, luck)
        found = {"action": action, "probabilities": shares, "value": value}
        return found, {ACTION: one_hot(action, self.config.actions), **after}

    @final
    def seen(self, observation: tf.Tensor, last: tf.Tensor, reward: tf.Tensor, done: tf.Tensor) -> tf.Tensor:
        """What a step is shown, `[..., D]`: the state and the last action one-hot, its reward, and whether an episode ended.

        The reward stands in the column of its action: a linear map then sees which action gained what.
        """
        gained = last * tf.expand_dims(reward, -1)
        return tf.concat([one_hot(observation, self.config.states), last, gained, tf.expand_dims(done, -1)], axis=-1)

    @final
    def forward(self, episode: Tensors) -> tf.Tensor:
        """Probabilities of the first action of trials, by their `observation` int32 `[B]`."""
        first = episode["observation"]
        nothing = tf.zeros_like(first, tf.float32)
        return self.act(self.reset(tf.shape(first)[0]), first, nothing, nothing + 1.0, nothing)[0]["probabilities"]

    @final
    def for_evaluation(self, benchmark: Any, many: bool = False) -> tuple[Any, Any]:
        """Trials in the worlds of a benchmark."""
        return self.played.on(benchmark), benchmark

    @final
    def prepare(self, benchmark: Any, tasks_per_step: int) -> None:
        """The trials of one iteration, which its steps learn from."""
        self.check(benchmark)
        self.training = Proximal(self, benchmark, tasks_per_step)
        self.carried = self.training.carried

    @final
    def training_forward(self, episode: Tensors) -> tf.Tensor:
        """The loss of every trial of a minibatch, `[B]`, see `Proximal`.

        Raises:
            ZooError: before `prepare`, which says what is played.
        """
        if self.training is None:
            raise ZooError(f"{self.title} is trained by playing: call prepare(benchmark, tasks_per_step) before fit.")
        return self.training.losses(episode["number"][0], episode["seed"][0])

    @final
    def objective(self, outputs: tf.Tensor, truth: Any) -> tf.Tensor:
        """The mean loss of the trials."""
        return tf.reduce_mean(outputs)

    @final
    def endpoints(self) -> dict[str, Endpoint]:
        """`act`, which is the default too, with the memory as tensors in and out; and `reset`, the memory of as many trials."""
        one = {name: tf.TensorSpec([None], kind) for name, kind in _TOLD.items()}
        kept = {name: tf.TensorSpec([None, *part.shape[1:]], part.dtype) for name, part in self.reset(tf.constant(1)).items()}
        inputs = one | {f"last_{name}": spec for name, spec in kept.items()}
        act = Endpoint(self._act, inputs, {name: ("tasks", *[None] * (spec.shape.rank - 1)) for name, spec in inputs.items()})
        first = {"observation": tf.TensorSpec([None], tf.int32)}
        reset = Endpoint(self._reset, first, {"observation": ("tasks",)})
        return {"serving_default": act, "act": act, "reset": reset}

    def agent(self, seed: int | None = None) -> Agent:
        """Someone who acts in one trial, step by step, and learns on the way."""
        return Agent(self, seed)

    def check(self, benchmark: Any) -> Environments:
        """The benchmark, if it is of worlds that the policy is made for.

        Raises:
            ZooError: if it is not.
        """
        c = self.config
        if not isinstance(benchmark, Environments):
            raise ZooError(
                f"{type(benchmark).__name__} has no worlds to act in; a policy is trained on those of zoo.datasets.acting."
            )
        given, made = (benchmark.states, benchmark.actions), (c.states, c.actions)
        if given != made or benchmark.length > c.length:
            raise ZooError(
                f"{type(benchmark).__name__} has {given[0]} states, {given[1]} actions and trials of {benchmark.length} steps, "
                f"and {self.title} is made for {made[0]}, {made[1]} and up to {c.length}; change one of them."
            )
        return benchmark

    def _act(self, **inputs: tf.Tensor) -> Tensors:
        memory = {name.removeprefix("last_"): tf.convert_to_tensor(part) for name, part in inputs.items() if name not in _TOLD}
        found, after = self.act(memory, *(inputs[name] for name in _TOLD))
        return found | {f"next_{name}": part for name, part in after.items()}

    def _reset(self, observation: tf.Tensor) -> Tensors:
        return {f"next_{name}": part for name, part in self.reset(tf.shape(observation)[0]).items()}


def dense(name: str, inputs: int, units: int, start: Any = "glorot_uniform", **options: Any) -> keras.layers.Dense:
    """A linear map, in single precision: its rounding would add up from step to step."""
    layer = keras.layers.Dense(units, kernel_initializer=start, dtype="float32", name=name, **options)
    layer.build((None, inputs))
    return layer


def one_hot(place: tf.Tensor, size: int) -> tf.Tensor:
    """`int32 [...] -> float32 [..., size]`; zeros for a place outside, in every runtime alike."""
    return tf.cast(tf.equal(tf.expand_dims(place, -1), tf.range(size)), tf.float32)
