"""A linear classifier of features, learned from the support by gradient steps: fine-tuning, and logistic regression.

S. Ravi, H. Larochelle, "Optimization as a model for few-shot learning", 2017, "Baseline-finetune"; and with a penalty and
features of length 1 the logistic regression of Y. Tian et al., "Rethinking few-shot image classification: a good embedding is all
you need?", 2020. The encoder is left as it is. The steps are part of the learner, and of every export.
"""

from dataclasses import dataclass
from typing import Any, final

import keras

from zoo.learners.heads.linear import Linear
from zoo.learners.pretrained_classifier import PretrainedClassifier, PretrainedConfig


@dataclass(frozen=True)
class LinearHeadConfig(PretrainedConfig):
    """Hyper-parameters of the encoder, and of the classifier; see `LinearRefiner`.

    Attributes:
        unit: whether features are brought to length 1.
        steps: gradient steps of `adapt`.
        learning_rate: of the mean loss; None for the largest that is safe.
        penalty: half the squared length of weights and biases counts so much beside the sum of the losses; 1 / C elsewhere.
    """

    unit: bool = False
    steps: int = 100
    learning_rate: float | None = None
    penalty: float = 0.0


@final
@keras.saving.register_keras_serializable("zoo")
class LinearHead(PretrainedClassifier):
    """A linear classifier of features; for the learned task see `Linear`."""

    config_class = LinearHeadConfig

    def make_head(self) -> Linear:
        c = self.config
        return Linear(c.steps, c.learning_rate, c.penalty, c.unit)


def tiny() -> dict[str, LinearHead]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 12, "filters": (4, 6), "shrink": ("stride", "padded_pool"), "steps": 5}
    return {
        "penalised, unit features": LinearHead(LinearHeadConfig(**small, unit=True, penalty=1.0)),
        "a given rate": LinearHead(LinearHeadConfig(**small, learning_rate=0.1)),
    }
