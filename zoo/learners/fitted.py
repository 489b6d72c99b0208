"""What is as good as a task model to a user: an estimator after its fit, which has one as `task_`."""

from typing import Any, Protocol


class Fitted(Protocol):
    """A fitted estimator of `zoo.estimators`."""

    @property
    def task_(self) -> Any:
        """The task model that it learned; an AttributeError before."""
