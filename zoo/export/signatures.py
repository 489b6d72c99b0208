"""From endpoints to signatures: what every format starts from, with each weight held once."""

from collections.abc import Mapping
from typing import Protocol

import tensorflow as tf

from zoo.learners.endpoint import Endpoint
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.task_model import TaskModel


class Exportable(Protocol):
    """What can be exported: anything with endpoints; a learner or a task model."""

    def endpoints(self) -> dict[str, Endpoint]:
        """The pure functions to export, by signature name."""


def served(model: Exportable) -> dict[str, Endpoint]:
    """The endpoints that a SavedModel has: those of every format, and those whose strings no other format can hold."""
    return getattr(model, "served_endpoints", model.endpoints)()


def module(model: Exportable, endpoints: Mapping[str, Endpoint]) -> tuple[tf.Module, dict]:
    """Trace endpoints of a model.

    Args:
        model: a learner or a task model.
        endpoints: those of it that are wanted.

    Returns:
        A module that owns each weight that a signature reads once (Keras' own export stores every weight twice), in the order
        that the learner was built in, and the traced signatures by name.
    """
    holder = tf.Module()
    signatures = {name: endpoint.traced() for name, endpoint in endpoints.items()}
    read = {weight.ref() for signature in signatures.values() for weight in signature.get_concrete_function().variables}
    # A task model reads those of its learner that no task changes, such as the autoencoder of frames.
    learner = model.learner if isinstance(model, TaskModel) else model
    weights = learner.variables if isinstance(learner, MetaLearner) else []
    holder.weights = [variable.value for variable in weights if variable.value.ref() in read]
    return holder, signatures


def title(model: Exportable) -> str:
    """A name for a model in metadata and messages."""
    return f"task of {model.learner.name}" if isinstance(model, TaskModel) else getattr(model, "name", "model")
