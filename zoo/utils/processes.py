"""Processes that were forked after TensorFlow began to work: its threads are not there any more, and it would wait for them."""

import os

from zoo.utils.errors import ZooError

_begun: int | None = None  # the process in which the first model was made


def begin() -> None:
    """Note that TensorFlow works in this process from now on.

    Raises:
        ZooError: as `check`.
    """
    global _begun
    check()
    _begun = os.getpid()


def check() -> None:
    """Check that no model was made before this process was forked.

    Raises:
        ZooError: if one was.
    """
    if _begun is not None and _begun != os.getpid():
        raise ZooError(
            f"process {os.getpid()} was forked from {_begun}, which had loaded a model, and TensorFlow does not survive a fork; "
            'start processes by "spawn" (multiprocessing.get_context("spawn")), or load models in the new process only.'
        )
