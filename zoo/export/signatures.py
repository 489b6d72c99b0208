"""From endpoints to signatures: what every format starts from, with each weight held once."""

from collections.abc import Collection
from typing import Protocol

import tensorflow as tf

from zoo.endpoint import Endpoint
from zoo.learner import MetaLearner
from zoo.task_model import TaskModel


class Exportable(Protocol):
    """What can be exported: anything with endpoints; a learner or a task model."""

    def endpoints(self) -> dict[str, Endpoint]:
        """The pure functions to export, by signature name."""


def module(model: Exportable, names: Collection[str] | None = None) -> tuple[tf.Module, dict]:
    """Trace the endpoints of a model.

    Args:
        model: a learner or a task model.
        names: which endpoints; all by default.

    Returns:
        A module that owns each weight that a signature reads once (Keras' own export stores every weight twice), in the order
        that the learner was built in, and the traced signatures by name.
    """
    holder = tf.Module()
    signatures = {name: endpoint.traced() for name, endpoint in model.endpoints().items() if names is None or name in names}
    read = {weight.ref() for signature in signatures.values() for weight in signature.get_concrete_function().variables}
    # A task model reads those of its learner that no task changes, such as the autoencoder of frames.
    learner = model.learner if isinstance(model, TaskModel) else model
    weights = learner.variables if isinstance(learner, MetaLearner) else []
    holder.weights = [variable.value for variable in weights if variable.value.ref() in read]
    return holder, signatures


def title(model: Exportable) -> str:
    """A name for a model in metadata and messages."""
    return f"task of {model.learner.name}" if isinstance(model, TaskModel) else getattr(model, "name", "model")
