"""Admission control: bounded concurrency and a bounded queue; excess requests are refused as UNAVAILABLE."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from zoo.serving.wire.statuses import Code, StatusError

Result = TypeVar("Result")
RETRY_AFTER_SECONDS = 1


class Admission:
    """A bounded queue before a pool of threads.

    Args:
        threads: requests that run at once.
        queue: requests that may wait for a thread.
    """

    def __init__(self, threads: int, queue: int):
        self.threads, self.queue = threads, queue
        self._pool = ThreadPoolExecutor(threads, "zoo-serving")
        self._lock = threading.Lock()
        self._taken = 0
        self._open = True

    @property
    def taken(self) -> int:
        """Requests that run or wait now."""
        return self._taken

    def submit(self, work: Callable[..., Result], *arguments: Any) -> "Future[Result]":
        """Queue work; cancelling the future before a thread picks it up frees its place.

        Raises:
            StatusError: UNAVAILABLE if the queue is full or closed.
        """
        with self._lock:
            if not self._open:
                raise StatusError(Code.UNAVAILABLE, "the server is shutting down")
            if self._taken >= self.threads + self.queue:
                raise StatusError(Code.UNAVAILABLE, f"the queue is full: {self._taken} requests run or wait; try again later")
            self._taken += 1
        try:
            future = self._pool.submit(work, *arguments)
        except BaseException:
            self._release(None)
            raise
        future.add_done_callback(self._release)
        return future

    def _release(self, _: Future | None) -> None:
        with self._lock:
            self._taken -= 1

    def close(self) -> None:
        """Accept no more work; what was accepted is finished."""
        with self._lock:
            self._open = False
        self._pool.shutdown(wait=False)
