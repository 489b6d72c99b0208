"""Learners whose tasks learn from more examples without the old ones: `task.update(x, y)`, endpoint `update`."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from zoo.learners.endpoint import Endpoint


@runtime_checkable
class Updates(Protocol):
    """Keeps enough of a support to go on learning: the learned task itself, or a summary beside it."""

    def update_functions(self) -> Mapping[str, Callable[[], Any]]:
        """`update`, compiled; what it takes and gives is the learner's own."""

    def update_endpoint(self, shared: Endpoint) -> Endpoint:
        """What is kept, and a support, to what is kept of both; outputs are named `updated_…`."""

    def updated(self, task: Any, x: Any, y: Any) -> Any:
        """The task model of a task model's examples and more; see `TaskModel.update`."""


def offered(learner: Any) -> bool:
    """Whether tasks can be updated."""
    return isinstance(learner, Updates)


def functions(learner: Any) -> Mapping[str, Callable[[], Any]]:
    """The learner's own."""
    return learner.update_functions()


def endpoints(learner: Any, shared: Endpoint) -> dict[str, Endpoint]:
    """`update`, the learner's own."""
    return {"update": learner.update_endpoint(shared)}
