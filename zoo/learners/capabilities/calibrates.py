"""Classifiers whose probabilities are calibrated after training: three numbers that are kept with the weights."""

from dataclasses import dataclass
from typing import Any, Protocol, final, runtime_checkable

from zoo.learners.endpoint import Tensors


@final
@dataclass(frozen=True)
class Calibration:
    """Calibration parameters, measured after training and kept with the weights (see `zoo.evaluation.calibration`).

    Attributes:
        temperature: the logits of a task of one shot are divided by it.
        spread: mean squared distance of an example to its class, by leaving one out; 0 where a learner keeps none.
        ood_threshold: an example is out of distribution if its largest logit is below minus this.
    """

    temperature: float = 1.0
    spread: float = 0.0
    ood_threshold: float = float("inf")


@runtime_checkable
class Calibrates(Protocol):
    """Divides its logits by a temperature."""

    calibration: Calibration

    def leave_one_out(self, task: Tensors) -> Any:
        """What leaving out each example of the support in turn says of a task; None where a learner does not keep it."""


@runtime_checkable
class Centres(Protocol):
    """Subtracts a centre from what an encoder makes of examples, and embeds them."""

    graphs: Any

    def centre_on(self, x: Any, weight: Any) -> Any:
        """Set the centre to the mean of examples `[N, ...]`, by weight `[N]`, and give their embeddings, float32 `[N, D]`."""
