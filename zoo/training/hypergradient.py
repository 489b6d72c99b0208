"""Gradients of what training ends at, by every learning rate and momentum on the way there, in memory that does not grow.

D. Maclaurin, D. Duvenaud, R. Adams, "Gradient-based hyperparameter optimization through reversible learning", 2015, algorithms 1
and 2: descend, then run back exactly and carry derivatives along.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zoo.training.exact_momentum import ExactMomentum, Momentum
from zoo.utils.errors import ZooError

Gradient = Callable[[np.ndarray, int], np.ndarray]  # of the loss of step t at weights [P]
Product = Callable[[np.ndarray, int, np.ndarray], np.ndarray]  # that gradient's derivative, times a vector [P]


@dataclass(frozen=True)
class Schedule:
    """Learning rates and momenta of every step.

    Attributes:
        rates, momenta: float64 `[T, G]`, of groups of weights; momenta between 0 and 1.
        group: int `[P]`, the group of each weight.
    """

    rates: np.ndarray
    momenta: np.ndarray
    group: np.ndarray

    def __post_init__(self) -> None:
        groups = int(self.group.max()) + 1
        if self.rates.shape != self.momenta.shape or self.rates.ndim != 2 or self.rates.shape[1] != groups:
            shapes = f"rates {self.rates.shape} and momenta {self.momenta.shape}"
            raise ZooError(f"{shapes}: both must be [steps, {groups}], as weights are in {groups} groups.")

    def at(self, step: int) -> tuple[np.ndarray, Momentum]:
        """Rates `[P]` and momenta of a step."""
        return self.rates[step, self.group], Momentum(self.momenta[step], self.group)


@dataclass(frozen=True)
class Hypergradients:
    """Derivatives of the loss at the end.

    Attributes:
        rates, momenta: `[T, G]`.
        start: `[P]`, by the weights that the run started from.
    """

    rates: np.ndarray
    momenta: np.ndarray
    start: np.ndarray


def descend(weights: np.ndarray, gradient: Gradient, schedule: Schedule) -> ExactMomentum:
    """Where a run from `weights [P]` ends.

    Raises:
        ZooError: if the run diverges.
    """
    state = ExactMomentum(weights)
    for step in range(len(schedule.rates)):
        state.step(gradient(state.weights, step), *schedule.at(step))
    return state


def reverse(end: ExactMomentum, slope: np.ndarray, gradient: Gradient, product: Product, schedule: Schedule) -> Hypergradients:
    """Run back to the start, which `end` is at then.

    Args:
        end: of `descend`, with the same gradient and schedule. The gradient must give the same bits for the same weights.
        slope: of the loss at the end, `[P]`.
        gradient, product: of the loss of each step.
        schedule: that the run went by.
    """
    dw, dv = slope.astype(np.float64), np.zeros(len(slope))
    rates, momenta = np.zeros_like(schedule.rates), np.zeros_like(schedule.momenta)
    groups = rates.shape[1]
    for step in reversed(range(len(rates))):
        rate, momentum = schedule.at(step)
        rates[step] = np.bincount(schedule.group, dw * end.velocity, groups)
        end.position_back(rate)
        g = gradient(end.weights, step)
        end.velocity_back(g, momentum)
        dv = dv + rate * dw
        momenta[step] = np.bincount(schedule.group, dv * (end.velocity + g), groups)
        dw = dw - (1.0 - momentum.value) * product(end.weights, step, dv)
        dv = momentum.value * dv
    return Hypergradients(rates, momenta, dw)
