"""Processes that answer portions of tasks, in the order they were given; none outlives the job."""

import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, get_context, parent_process
from typing import Any, TypeVar, final

from zoo.utils.errors import ZooError

AHEAD = 3  # portions for each process that are waiting or done, so that memory does not grow with their number
Item = TypeVar("Item")
_work: Any = None


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@final
class Workers:
    """Some processes, or none for one: then this one works itself.

    Args:
        work: a function that can be pickled.
        count: how many.
    """

    def __init__(self, work: Any, count: int):
        self._run, self._count = work, count
        # A fork would not survive TensorFlow, which may have prepared the learner in this process.
        context = get_context("spawn")
        self._pool = ProcessPoolExecutor(count, context, _begin, (work,)) if count > 1 else None

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def each(self, jobs: Iterable[tuple[Item, tuple[Any, ...] | None]]) -> Iterator[tuple[Item, Any]]:
        """Items and what becomes of their arguments, in order; None where there are none.

        Raises:
            ZooError: if a process was ended from outside.
        """
        waiting: deque[tuple[Item, Future[Any] | None]] = deque()
        for item, arguments in jobs:
            if self._pool is None:
                yield item, None if arguments is None else self._run(*arguments)
                continue
            waiting.append((item, None if arguments is None else self._pool.submit(_answer, *arguments)))
            if len(waiting) > AHEAD * self._count:
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())


def _result(pair: tuple[Item, "Future[Any] | None"]) -> tuple[Item, Any]:
    try:
        return pair[0], None if pair[1] is None else pair[1].result()
    except BrokenProcessPool:
        raise ZooError(
            "a worker process was ended from outside, perhaps for want of memory; run the command again, which goes on where "
            "this one ended, with fewer --workers."
        ) from None


def _begin(work: Any) -> None:
    """Start of a process: it keeps what it is to run, and ends when its parent does, however that ended."""
    global _work
    _work = work
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _answer(*arguments: Any) -> Any:
    return _work(*arguments)
