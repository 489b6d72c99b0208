"""Gates of the meta-learner LSTM by layer and step: how far each layer steps, and how much of its weights it keeps.

S. Ravi, H. Larochelle, "Optimization as a model for few-shot learning", 2017, figure 2.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
import tensorflow as tf

from zoo.figures import style
from zoo.figures.style import Picture
from zoo.hub import registry
from zoo.learners.endpoint import Tensors
from zoo.learners.gradient_learner import GradientLearner
from zoo.learners.rules.flat import flat, parted
from zoo.learners.rules.gated import Gated

TASKS, SEED = 100, 31
GATES = ("input gate", "forget gate")


@final
@dataclass(frozen=True, eq=False)
class Noted:
    """A rule of gates that notes what the gates are.

    Attributes:
        rule: whose steps are taken.
        found: of each step in turn the gates of every weight by its name, two of `[B, ...]`.
    """

    rule: Gated
    found: list[dict[str, tuple[np.ndarray, np.ndarray]]] = field(default_factory=list)

    def start(self, weights: Tensors) -> Tensors:
        return self.rule.start(weights)

    def step_with_loss(self, loss: tf.Tensor, gradient: Tensors, state: Tensors, weights: Tensors) -> tuple[Tensors, Tensors]:
        read = flat(gradient), tf.expand_dims(loss, 1), flat(weights), state["memory"]
        enter, forget = (parted(each, weights) for each in self.rule.gates.gates(*read)[:2])
        self.found.append({name: (enter[name].numpy(), forget[name].numpy()) for name in weights})
        return self.rule.step_with_loss(loss, gradient, state, weights)


def gates(learner: GradientLearner, support: tuple[Any, Any, Any], steps: int) -> list[dict[str, tuple[np.ndarray, np.ndarray]]]:
    """Input and forget gates of every weight at each of so many steps on supports `x, y, size`; see `Noted`."""
    rule = learner.rule
    assert isinstance(rule, Gated)
    noted = Noted(rule)
    inner = dataclasses.replace(learner.inner_loop(), rule=noted)
    tensors = [tf.convert_to_tensor(part) for part in support]
    state = inner.start(*tensors)
    for _ in range(steps):
        state = inner.step(state, *tensors)
    return noted.found


def pictures() -> Iterator[Picture]:
    """A figure for each entry of such a learner; none where there is none."""
    for name in registry.names():
        entry = registry.entry(name)
        if issubclass(entry.learner, GradientLearner) and isinstance(entry.build().rule, Gated):
            yield picture(name)


def picture(name: str) -> Picture:
    """Mean of each gate over the numbers of a weight and over tasks, with the spread over both."""
    learner, benchmark = registry.load(name), registry.entry(name).benchmark
    drawn = benchmark.draw(TASKS, SEED, **benchmark.conditions()[0])
    found = gates(learner, (drawn.support_x, drawn.support_y, drawn.support_size), learner.adapt_steps)
    figure, parts = style.panels(2, 9.0, 3.8)
    steps, rows = range(1, len(found) + 1), []
    for gate, part in enumerate(parts):
        for weight in found[0]:
            values = [step[weight][gate] for step in found]
            means, spreads = np.array([(each.mean(), each.std()) for each in values]).T
            part.errorbar(steps, means, spreads, fmt="o-", markersize=3, capsize=2, label=weight)
            rows += [(GATES[gate], weight, step, *pair) for step, *pair in zip(steps, means, spreads, strict=True)]
        part.set(xlabel="step", title=GATES[gate])
        part.set_xticks(list(steps))
    parts[1].legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    caption = f"Gates of {name} by weight and step, {TASKS} tasks: mean, and deviation over numbers and tasks."
    return Picture(f"gates_{name}", caption, figure, ("gate", "weight", "step", "mean", "deviation"), rows)
