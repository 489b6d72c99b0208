"""From endpoints to signatures: what every format starts from, with each weight held once."""

from typing import Protocol

import tensorflow as tf

from zoo.endpoint import Endpoint
from zoo.learner import MetaLearner
from zoo.task_model import TaskModel


class Exportable(Protocol):
    """What can be exported: anything with endpoints; a learner or a task model."""

    def endpoints(self) -> dict[str, Endpoint]:
        """The pure functions to export, by signature name."""


def module(model: Exportable) -> tuple[tf.Module, dict]:
    """Trace every endpoint of a model.

    Args:
        model: a learner or a task model.

    Returns:
        A module that owns each weight once (Keras' own export stores every weight twice), in the order that the model was
        built in, and the traced signatures by name.
    """
    holder = tf.Module()
    if isinstance(model, MetaLearner):
        holder.weights = [variable.value for variable in model.variables]
    signatures = {name: endpoint.traced() for name, endpoint in model.endpoints().items()}
    return holder, signatures


def title(model: Exportable) -> str:
    """A name for a model in metadata and messages."""
    return f"task of {model.learner.name}" if isinstance(model, TaskModel) else getattr(model, "name", "model")
