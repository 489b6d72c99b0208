"""A bound on what requests hold together: bytes of bodies, or numbers of runs."""

import threading
from collections.abc import Callable
from types import TracebackType

from zoo.serving.wire.statuses import Code, StatusError


class Budget:
    """What requests hold together. Small ones do not count, so that large ones which wait cannot shut them out. Thread-safe.

    Args:
        most: that all together may hold; one alone may hold anything.
        small: up to which a request does not count.
        what: is held, for the error.
        after: called when a request that counted has ended.
    """

    def __init__(self, most: int, small: int, what: str, after: Callable[[], object]):
        self.most, self.small, self.what = most, small, what
        self._after = after
        self._lock = threading.Lock()
        self._held = 0

    @property
    def held(self) -> int:
        """What is held now."""
        return self._held

    def hold(self, amount: int = 0) -> "Holding":
        """Hold an amount, which may grow, within a `with` block."""
        return Holding(self, amount)

    def take(self, amount: int) -> None:
        """Hold more.

        Raises:
            StatusError: UNAVAILABLE if all together hold too much.
        """
        with self._lock:
            if self._held and self._held + amount > self.most:
                message = f"large requests hold {self._held} {self.what}, at most {self.most} together; try again later"
                raise StatusError(Code.UNAVAILABLE, message)
            self._held += amount

    def give(self, amount: int) -> None:
        """Hold less."""
        with self._lock:
            self._held -= amount
        self._after()


class Holding:
    """What one request holds of a budget."""

    def __init__(self, budget: Budget, amount: int):
        self._budget, self._first = budget, amount
        self._amount = self._counted = 0

    def grow(self, amount: int) -> None:
        """Hold more.

        Raises:
            StatusError: UNAVAILABLE if all requests together hold too much.
        """
        self._amount += amount
        if self._amount > self._budget.small:
            self._budget.take(self._amount - self._counted)
            self._counted = self._amount

    def __enter__(self) -> "Holding":
        self.grow(self._first)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.end()

    def end(self) -> None:
        """Hold nothing any more."""
        if self._counted:
            self._budget.give(self._counted)
            self._counted = 0
