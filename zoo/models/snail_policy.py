"""SNAIL that acts: temporal convolutions and attention over all that happened in a trial choose the next action.

N. Mishra, M. Rohaninejad, X. Chen, P. Abbeel, "A simple neural attentive meta-learner", 2018, sections 3.2 and 5. Trained by
`Proximal` in place of a trust region. Acting keeps what the layers need of the past, so every step costs the same.
"""

from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import CausalStack
from zoo.layers.shapes import known_sizes
from zoo.learners.acting.policy import TAKEN, Policy, PolicyConfig, dense
from zoo.learners.endpoint import Tensors


@dataclass(frozen=True)
class SnailPolicyConfig(PolicyConfig):
    """Hyper-parameters; the paper's, as far as they are known.

    Attributes:
        width: of the linear map that all that is shown goes through first.
        blocks: of temporal convolutions.
        reach: steps that each block sees; 0 for all of a trial, as in the paper.
        filters: of each of their layers, and keys and values of the attention above them.
        hidden: units of a layer of tanh between the attention and what is read from it; 0 for none, as in the paper.
        value_filters: the same of the network of values; 0 for values that are read from the network of actions.
    """

    width: int = 32
    blocks: int = 2
    reach: int = 0
    filters: int = 32
    hidden: int = 0
    value_filters: int = 16


@final
@keras.saving.register_keras_serializable("zoo")
class SnailPolicy(Policy):
    """Memory, beside what every `Policy` has: `taken` int32 `[B]`, steps so far, and what each `CausalStack` keeps."""

    config_class = SnailPolicyConfig

    def __init__(self, config: SnailPolicyConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.shown = dense("shown", self.seen_width, c.width)
        self.acting = self._stack("acting", c.filters)
        self.stacks = {"acting": self.acting}
        if c.value_filters:
            self.expecting = self._stack("expecting", c.value_filters)
            self.stacks["expecting"] = self.expecting
        for stack in self.stacks.values():
            stack.build((None, None, c.width))
        (width,) = known_sizes(self, self.acting.compute_output_shape((None, None, c.width)), 1)
        if c.hidden:
            self.hidden = dense("hidden", width, c.hidden, activation="tanh")
            width = c.hidden
        self.to_actions = dense("to_actions", width, c.actions, keras.initializers.Orthogonal(0.01))
        if c.value_filters:
            (width,) = known_sizes(self, self.expecting.compute_output_shape((None, None, c.width)), 1)
        self.to_value = dense("to_value", width, 1)
        self.built = True

    def _stack(self, name: str, filters: int) -> CausalStack:
        c = self.config
        return CausalStack(c.length, c.blocks, filters, filters, filters, c.reach or None, dtype="float32", name=name)

    def begin(self, trials: tf.Tensor) -> Tensors:
        kept = {TAKEN: tf.zeros(tf.stack([trials]), tf.int32)}
        for name, stack in self.stacks.items():
            kept |= {f"{name}_{part}": value for part, value in stack.start(trials, self.config.width).items()}
        return kept

    def advance(self, memory: Tensors, seen: tf.Tensor) -> tuple[Tensors, tf.Tensor, tf.Tensor]:
        shown, taken = self.shown(seen), memory[TAKEN]
        outputs, after = {}, {TAKEN: taken + 1}
        for name, stack in self.stacks.items():
            kept = {part.removeprefix(f"{name}_"): value for part, value in memory.items() if part.startswith(f"{name}_")}
            outputs[name], kept = stack.step(shown, kept, taken)
            after |= {f"{name}_{part}": value for part, value in kept.items()}
        return after, *self._answer(outputs)

    def sequence(self, seen: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        shown = self.shown(seen)
        return self._answer({name: stack(shown) for name, stack in self.stacks.items()})

    def _answer(self, outputs: Tensors) -> tuple[tf.Tensor, tf.Tensor]:
        acting = self.hidden(outputs["acting"]) if self.config.hidden else outputs["acting"]
        value = self.to_value(outputs.get("expecting", acting))
        return self.to_actions(acting), self.value_unit * tf.squeeze(value, -1)


def tiny() -> dict[str, SnailPolicy]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"length": 6, "width": 3, "filters": 2}
    return {
        "bandit": SnailPolicy(SnailPolicyConfig(**small, actions=3, blocks=1, hidden=3, value_filters=0)),
        "world": SnailPolicy(SnailPolicyConfig(**small, states=4, actions=2, value_filters=2)),
    }
