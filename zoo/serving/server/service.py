"""What REST and gRPC share: admit a request, find its version, check it, run it, count it and log it."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from zoo.serving import steps, support_size
from zoo.serving.server import logs
from zoo.serving.server.admission import Admission
from zoo.serving.server.batching import Batcher
from zoo.serving.server.batching_parameters import BatchingParameters
from zoo.serving.server.budget import Budget
from zoo.serving.server.catalog import Catalog, Wanted
from zoo.serving.server.memory import Reclaimer
from zoo.serving.server.metrics import Metrics
from zoo.serving.server.servable import Servable
from zoo.serving.wire import protocol
from zoo.serving.wire.protocol import BadRequestError
from zoo.serving.wire.statuses import Code, StatusError
from zoo.utils.errors import ZooError

MEBIBYTE = 1 << 20
SMALL_BODY, SMALL_RUN = 64 << 10, 1 << 20  # bytes and numbers up to which a request does not count among the large ones
Result = TypeVar("Result")


@dataclass(frozen=True)
class Limits:
    """The limits of a server.

    Attributes:
        threads: requests that run at once; None to derive it from the number of cores.
        queue: requests that may wait; any more are answered 503.
        deadline: seconds after which a request is answered 504, waiting or running.
        body: bytes of a request body; more is answered 413.
        bodies: bytes of the large bodies that are held at once; one more is answered 503. None for 4 times `body`.
        numbers: that the largest tensor of a run may hold; more is answered 400. Large runs together may hold
            as many; one more is answered 503.
        batching: how to merge requests; None to run each alone.
        access_log: whether every request is logged, not only the server's own failures.
    """

    threads: int | None = None
    queue: int = 256
    deadline: float = 30.0
    body: int = 4 * MEBIBYTE
    bodies: int | None = None
    numbers: int = 1 << 25
    batching: BatchingParameters | None = None
    access_log: bool = False

    def __post_init__(self) -> None:
        for name, least in (("queue", 0), ("deadline", 1e-3), ("body", 1), ("bodies", 1), ("numbers", 1)):
            if getattr(self, name) is not None and not getattr(self, name) >= least:
                raise ZooError(f"{name} {getattr(self, name)}: it must be {least:g} or more.")


@dataclass
class Call:
    """One request while it is answered, with what is logged and counted."""

    wanted: Wanted
    entrypoint: str
    start: float
    version: int | None = None
    signature: str | None = None


class Service:
    """Answers requests for the models of a catalog. Thread-safe.

    Args:
        catalog: the models.
        limits: what it accepts.
    """

    def __init__(self, catalog: Catalog, limits: Limits | None = None):
        self.catalog, self.limits = catalog, limits or Limits()
        self.metrics = Metrics()
        most = self.limits.numbers
        self.batcher = Batcher(self.limits.batching, self.metrics, most) if self.limits.batching else None
        give_back = Reclaimer().soon
        self.bodies = Budget(self.limits.bodies or 4 * self.limits.body, SMALL_BODY, "bytes", give_back)
        self.running = Budget(most, SMALL_RUN, "numbers", give_back)
        # Merged requests wait in their threads, so a batch can only be as large as there are threads to wait.
        waiting = 2 * min(self.limits.batching.max_batch_size, 64) if self.limits.batching else 0
        self.admission = Admission(self.limits.threads or max(4, 2 * (os.cpu_count() or 1), waiting), self.limits.queue)

    def submit(self, work: Callable[..., Result], wanted: Wanted, entrypoint: str, *arguments: Any) -> "Future[Result]":
        """Queue a request: a thread of the service calls `work(service, wanted, *arguments)`.

        Raises:
            StatusError: UNAVAILABLE if the queue is full.
        """
        try:
            return self.admission.submit(_bare, work, self, wanted, *arguments)
        except StatusError as error:
            self.refused(wanted, entrypoint, error)
            raise

    @contextlib.contextmanager
    def call(self, wanted: Wanted, entrypoint: str) -> Iterator[Call]:
        """Count and log the request that is answered within the block.

        Raises:
            StatusError: for every failure, with the status and the message that the client gets.
        """
        call = Call(wanted, entrypoint, time.perf_counter())
        try:
            yield call
        except StatusError as error:
            self._done(call, error.code, error.message)
            raise
        except BadRequestError as error:
            refusal = StatusError(Code.INVALID_ARGUMENT, str(error))
            self._done(call, refusal.code, refusal.message)
            raise refusal from None
        except Exception as error:
            self._done(call, Code.INTERNAL, repr(error), exc_info=True)
            raise StatusError(Code.INTERNAL, f"the server failed: {error!r}") from error
        else:
            self._done(call, Code.OK)

    @contextlib.contextmanager
    def lease(self, call: Call) -> Iterator[Servable]:
        """Lend the version that a call wants.

        Raises:
            StatusError: if it is not served.
        """
        with self.catalog.lease(call.wanted) as servable:
            call.version = servable.version
            yield servable

    def check_body(self, wanted: Wanted, body: bytes) -> None:
        """Refuse a large body that holds more values than a request of its model can, before it is parsed.

        Raises:
            StatusError: INVALID_ARGUMENT if it does; NOT_FOUND if there is no such model.
        """
        if len(body) <= SMALL_BODY:
            return
        values = protocol.most_values(body)
        with self.catalog.lease(wanted) as servable:
            most = servable.most_values(protocol.signature_names(body), self.limits.numbers)
        if values > most:
            message = f"the body holds up to {values} values, but a request for this signature at most {most}"
            raise StatusError(Code.INVALID_ARGUMENT, f"{message}; send fewer tasks, examples or queries at once")

    def run(self, call: Call, servable: Servable, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Run the call's signature on decoded inputs, merged with other requests if batching is on.

        Raises:
            StatusError: INVALID_ARGUMENT for a `support_size` outside its support, for too many `steps`, for a run that would
                hold too many numbers, and if the model refuses the inputs; UNAVAILABLE if others hold too many.
        """
        assert call.signature is not None
        if problem := support_size.problem(inputs) or steps.problem(call.signature, inputs):
            raise StatusError(Code.INVALID_ARGUMENT, problem)
        numbers = servable.numbers(call.signature, servable.axes(call.signature, inputs))
        if numbers > self.limits.numbers:
            message = f"this request needs a tensor of up to {numbers} numbers, at most {self.limits.numbers} are allowed; send "
            raise StatusError(Code.INVALID_ARGUMENT, f"{message}fewer tasks, examples or queries at once")
        start = time.perf_counter()
        run = self.batcher.run if self.batcher else _alone
        with self.running.hold(numbers):
            outputs = run(servable, call.signature, inputs)
        latency = 1e6 * (time.perf_counter() - start)
        self.metrics.runtime_latency.labels(call.wanted.name, "Predict", "TF1").observe(latency)
        return outputs

    def refused(self, wanted: Wanted, entrypoint: str, error: StatusError) -> None:
        """Count and log a request that is refused without a thread, or while one still runs."""
        call = Call(wanted, entrypoint, time.perf_counter())
        self._done(call, error.code, error.message)

    def page(self) -> bytes:
        """The page of metrics."""
        self.metrics.taken.set(self.admission.taken)
        for name in self.catalog.names():
            self.metrics.available.labels(name).set(len(self.catalog.available(name)))
        return self.metrics.page()

    def close(self) -> None:
        """Accept no more requests; those accepted are finished, merged ones included."""
        self.admission.close()
        if self.batcher:
            self.batcher.close()

    def _done(self, call: Call, code: Code, message: str | None = None, exc_info: bool = False) -> None:
        name = call.wanted.name
        if name in self.catalog.names():  # clients can make up any number of names, which must not fill the memory
            self.metrics.request_count.labels(name, code.name).inc()
            if code == Code.OK:
                latency = 1e6 * (time.perf_counter() - call.start)
                self.metrics.request_latency.labels(name, "Predict", call.entrypoint).observe(latency)
        if code != Code.OK:
            self.metrics.refused.labels(code.name).inc()
        failed = code in (Code.INTERNAL, Code.UNKNOWN)
        if failed or self.limits.access_log:
            logs.event(
                "request",
                "error" if failed else "info",
                exc_info=exc_info,
                model=name,
                version=call.version,
                signature=call.signature,
                entrypoint=call.entrypoint,
                status=code.name,
                milliseconds=logs.milliseconds(call.start),
                error=message,
            )


def _bare(work: Callable[..., Result], *arguments: Any) -> Result:
    """Do work; a refusal comes without its traceback, whose frames would keep the parsed request in memory for a while."""
    try:
        return work(*arguments)
    except StatusError as error:
        refusal = StatusError(error.code, error.message)
    raise refusal


def _alone(servable: Servable, signature: str, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return servable.run(signature, inputs)
