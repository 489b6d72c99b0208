"""From endpoints to signatures: what can be exported, and a module that holds each weight of it once."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import keras
import numpy as np
import tensorflow as tf

from zoo.learners.endpoint import Endpoint
from zoo.utils.errors import ZooError


class Rule(Protocol):
    """How rows of a user's table become numbers."""

    @property
    def width(self) -> int:
        """How many numbers a row becomes."""

    def as_json(self) -> dict[str, Any]:
        """As plain data."""


@runtime_checkable
class Exportable(Protocol):
    """What can be exported: a model of the zoo, or a task that it learned."""

    @property
    def title(self) -> str:
        """Its name in metadata and messages: "task of NAME", or the model's name."""

    @property
    def weights_in_order(self) -> list[keras.Variable]:
        """Its weights in the order they were built; a task model gives its learner's."""

    @property
    def input_range(self) -> tuple[float, float] | None:
        """Lowest and highest number of training's examples, where an entry says so."""

    @property
    def classes(self) -> tuple:
        """The class of each logit of `prediction`; empty where there are no classes, or any number of them."""

    @property
    def ood_threshold(self) -> float:
        """The out-of-distribution score above which an example is of none of the classes; infinity where none was measured."""

    @property
    def licence(self) -> str:
        """Licence and checksum of weights of somebody else's, in words; empty where there are none."""

    @property
    def learned(self) -> Mapping[str, np.ndarray] | None:
        """The learned task of a task model, arrays `[1, ...]`; None for anything else."""

    @property
    def columns(self) -> Rule | None:
        """Of a task of a learner that reads tables, how rows become numbers; None for anything else."""

    def endpoints(self) -> dict[str, Endpoint]:
        """The pure functions that every format can hold, by signature name."""

    def served_endpoints(self) -> dict[str, Endpoint]:
        """Those of `endpoints`, and those whose strings only a SavedModel can hold."""


def exportable(model: Any) -> Exportable:
    """What is exported of what a user gives: of an estimator its task.

    Raises:
        ZooError: if it is nothing that can be exported.
    """
    model = getattr(model, "task_", model)  # of an estimator; one that is not fitted has none
    if not isinstance(model, Exportable):
        raise ZooError(
            f"model is a {type(model).__name__}; give a learner (zoo.load), a task model (learner.learn(x, y)), or an "
            "estimator of the zoo after its fit."
        )
    return model


def module(model: Exportable, endpoints: Mapping[str, Endpoint]) -> tuple[tf.Module, dict[str, Callable]]:
    """Trace endpoints of a model.

    Args:
        model: what to export.
        endpoints: those of it that are wanted.

    Returns:
        A module that owns each weight that a signature reads once (Keras' own export stores every weight twice), in the order
        that the model was built in, and the traced signatures by name.
    """
    holder = tf.Module()
    signatures = {name: endpoint.traced() for name, endpoint in endpoints.items()}
    read = {weight.ref() for signature in signatures.values() for weight in signature.get_concrete_function().variables}
    # A task model reads those of its learner that no task changes, such as the autoencoder of frames.
    holder.weights = [variable.value for variable in model.weights_in_order if variable.value.ref() in read]
    return holder, signatures
