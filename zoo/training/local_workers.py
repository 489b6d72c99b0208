"""Several workers of a training on this machine, to try out what a cluster does: processes on loopback, which end together."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from typing import IO, final

from zoo.training.cluster import VARIABLE
from zoo.utils.errors import ZooError

PARENT = "ZOO_WORKER_OF"  # the process that a worker ends with, however that ended
LOOK = 0.1  # seconds between two looks at the workers
USER_ERROR, GONE = 2, "is gone"


def run(command: Sequence[str], workers: int) -> None:
    """Run one command as so many workers; return when the chief, whose output is shown, has published.

    Args:
        command: of every worker, such as `[sys.executable, "-m", "zoo", "train", …]`; it reads `TF_CONFIG`.
        workers: how many, 2 or more.

    Raises:
        ZooError: if one of them ends, by a mistake of the user's or by a signal; none is left.
    """
    addresses = [f"127.0.0.1:{port}" for port in free_ports(workers)]
    with contextlib.ExitStack() as stack:
        started = [stack.enter_context(_Worker(command, addresses, rank)) for rank in range(workers)]
        while started[0].process.poll() is None:
            _refuse_failed(started)
            time.sleep(LOOK)
        _refuse_failed(started[:1])
        sys.stderr.write(started[0].told())


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def end_with_parent() -> None:
    """In a worker that `run` started: end when that process does, however it ended."""
    parent = os.environ.get(PARENT, "")
    if parent.isdecimal():
        threading.Thread(target=_watch, args=(int(parent),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(5 * LOOK)
    os._exit(1)


@final
class _Worker:
    """A process, of which nothing is left after the block."""

    def __init__(self, command: Sequence[str], addresses: list[str], rank: int):
        config = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": rank}}
        environment = {**os.environ, VARIABLE: json.dumps(config), PARENT: str(os.getpid())}
        self.rank, self.errors = rank, tempfile.TemporaryFile()  # noqa: SIM115  (closed in `__exit__`)
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=None if rank == 0 else subprocess.DEVNULL,
            stderr=self.errors,
            start_new_session=True,  # Ctrl-C reaches this process alone, which ends them
        )

    def __enter__(self) -> "_Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()  # whenever that is: states on disk are whole
        self.process.wait()
        self.errors.close()

    def told(self) -> str:
        """What it wrote to standard error."""
        file: IO[bytes] = self.errors
        return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0).decode(errors="replace")


def _refuse_failed(workers: Sequence[_Worker]) -> None:
    """Raise what went wrong where a worker failed; of several the first cause."""
    failed = [worker for worker in workers if worker.process.poll()]
    if not failed:
        return
    worker = min(failed, key=lambda each: (each.process.returncode >= 0, GONE in each.told(), each.rank))
    code, who = worker.process.returncode, f"worker {worker.rank}"
    if code == USER_ERROR and (lines := worker.told().strip().splitlines()):
        raise ZooError(lines[-1].removeprefix("zoo train: "))
    if code > 0:
        sys.stderr.write(worker.told())
    how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"failed with exit code {code}"
    raise ZooError(f"{who} {how}, and the others with it; run the command again: it resumes after the last epoch that was saved.")
