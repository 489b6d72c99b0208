"""Server-side batching: concurrent requests run together, merged along the first axis as TensorFlow Serving merges them.

Where lengths differ, the shorter tensor is padded with its own FIRST element, and the answer keeps the padded length: clients cut
it to their own. This server is more lenient in two cases. Where padding is off, requests of different lengths run in separate
batches instead of failing; and if a batch fails, each of its requests is run alone, so that only the invalid one is refused.
"""

import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np

from zoo.serving.server.batching_parameters import BatchingParameters
from zoo.serving.server.metrics import Metrics
from zoo.serving.server.run_size import Axes
from zoo.serving.server.servable import Servable
from zoo.serving.wire.statuses import Code, StatusError

Arrays = Mapping[str, np.ndarray]


@dataclass
class _Request:
    inputs: Arrays
    rows: int
    came: float = field(default_factory=time.perf_counter)
    answer: "Future[dict[str, np.ndarray]]" = field(default_factory=Future)


@dataclass
class _Batch:
    servable: Servable
    signature: str
    due: float
    requests: list[_Request] = field(default_factory=list)
    rows: int = 0
    full: bool = False


class Batcher:
    """Merges the runs of many threads.

    Args:
        parameters: TensorFlow Serving's.
        metrics: count sizes and waiting times.
        most: numbers that the largest tensor of a merged run may hold; requests that would hold more run alone.
    """

    def __init__(self, parameters: BatchingParameters, metrics: Metrics, most: int):
        self.parameters, self._metrics, self._most = parameters, metrics, most
        self._changed = threading.Condition()
        self._waiting: list[_Batch] = []  # in the order in which they were begun
        self._filling: dict[tuple, _Batch] = {}
        self._open = True
        self._threads = [
            threading.Thread(target=self._work, name=f"zoo-batching-{number}", daemon=True)
            for number in range(parameters.num_batch_threads)
        ]
        for thread in self._threads:
            thread.start()

    def run(self, servable: Servable, signature: str, inputs: Arrays) -> dict[str, np.ndarray]:
        """Run a signature, merged with concurrent requests. The caller holds a lease of the version.

        Raises:
            StatusError: INVALID_ARGUMENT for a request too large for any batch, UNAVAILABLE if the queue is full; and what the
                model raises.
        """
        if not all(value.ndim for value in inputs.values()):
            raise StatusError(Code.INVALID_ARGUMENT, "Batching Run() input tensors must have at least one dimension")
        if len({len(value) for value in inputs.values()}) != 1:
            raise StatusError(Code.INVALID_ARGUMENT, "Batching Run() input tensors must have equal 0th-dimension size")
        if not all(value.size for value in inputs.values()):
            return servable.run(signature, inputs)  # has no first element to pad with; the model accepts or refuses it
        rows = len(next(iter(inputs.values())))
        if rows <= self.parameters.largest_run:
            return self._enqueue(servable, signature, _Request(inputs, rows)).result()
        if not self.parameters.enable_large_batch_splitting:
            message = f"Task size {rows} is larger than maximum input batch size {self.parameters.max_batch_size}"
            raise StatusError(Code.INVALID_ARGUMENT, message)
        step = self.parameters.largest_run
        parts = [{name: value[start : start + step] for name, value in inputs.items()} for start in range(0, rows, step)]
        answers = [self._enqueue(servable, signature, _Request(part, len(next(iter(part.values()))))) for part in parts]
        done = [answer.result() for answer in answers]
        return {name: np.concatenate([part[name] for part in done]) for name in done[0]}

    def close(self, seconds: float = 10.0) -> None:
        """Run what waits, then stop; a thread that is not done after `seconds` is given up."""
        with self._changed:
            self._open = False
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(seconds)

    def _enqueue(self, servable: Servable, signature: str, request: _Request) -> "Future[dict[str, np.ndarray]]":
        shapes = () if self.parameters.pad_variable_length_inputs else _inner_shapes(request.inputs)
        key = (id(servable), signature, shapes)
        with self._changed:
            batch = self._filling.get(key)
            if batch and batch.rows + request.rows > self.parameters.largest_run:
                batch.full = True
                batch = None
            if batch is None:
                before = sum(other.servable is servable and other.signature == signature for other in self._waiting)
                if not self._open or before >= self.parameters.max_enqueued_batches:
                    message = "The batch scheduling queue to which this task was submitted is full"
                    raise StatusError(Code.UNAVAILABLE, message)
                batch = _Batch(servable, signature, request.came + 1e-6 * self.parameters.batch_timeout_micros)
                self._filling[key] = batch
                self._waiting.append(batch)
            batch.requests.append(request)
            batch.rows += request.rows
            batch.full = batch.rows == self.parameters.largest_run
            self._changed.notify()
        return request.answer

    def _work(self) -> None:
        while batch := self._next():
            _run(batch, self.parameters, self._metrics, self._most)
            del batch  # or the thread would keep a retired version alive

    def _next(self) -> _Batch | None:
        """Wait for a batch that is full or has waited long enough."""
        with self._changed:
            while True:
                now = time.perf_counter()
                for batch in self._waiting:
                    if batch.full or batch.due <= now or not self._open:
                        self._waiting.remove(batch)
                        self._filling = {key: other for key, other in self._filling.items() if other is not batch}
                        return batch
                if not self._open:
                    return None
                self._changed.wait(min((batch.due - now for batch in self._waiting), default=None))


def _run(batch: _Batch, parameters: BatchingParameters, metrics: Metrics, most: int) -> None:
    requests = batch.requests
    for request in requests:
        metrics.queuing_latency.observe(1e6 * (time.perf_counter() - request.came))
    size = next((size for size in parameters.allowed_batch_sizes if size >= batch.rows), batch.rows)
    if (len(requests) > 1 or parameters.allowed_batch_sizes) and _numbers(batch, size) <= most:
        metrics.input_batch_size.observe(batch.rows)
        metrics.processed_batch_size.observe(size)
        try:
            parts = split(
                batch.servable.run(batch.signature, merge([request.inputs for request in requests], size)), requests, size
            )
        except Exception:
            parts = None  # one request's inputs are invalid; find out which
        metrics.wrapped_run_count.inc()
        if parts is not None:
            for request, part in zip(requests, parts, strict=True):
                request.answer.set_result(part)
            return
    for request in requests:
        try:
            answer = batch.servable.run(batch.signature, request.inputs)
        except BaseException as error:
            request.answer.set_exception(error)
        else:
            request.answer.set_result(answer)
        metrics.wrapped_run_count.inc()


def _numbers(batch: _Batch, size: int) -> int:
    """How many numbers the largest tensor of the merged run holds: short requests are padded to the longest."""
    axes = [batch.servable.axes(batch.signature, request.inputs) for request in batch.requests]
    return batch.servable.numbers(batch.signature, Axes.merged(axes, size))


def merge(inputs: list[Arrays], size: int) -> dict[str, np.ndarray]:
    """Concatenate requests along the first axis, each padded to the longest, and fill up to `size` with the first row."""
    merged = {}
    for name in inputs[0]:
        values = [request[name] for request in inputs]
        longest = [max(sizes) for sizes in zip(*(value.shape[1:] for value in values), strict=True)]
        whole = np.concatenate([_padded(value, longest) for value in values])
        filling = np.repeat(whole[:1], size - len(whole), axis=0)
        merged[name] = np.concatenate([whole, filling]) if len(filling) else whole
    return merged


def split(outputs: Arrays, requests: list[_Request], size: int) -> list[dict[str, np.ndarray]] | None:
    """Cut merged outputs into those of each request; None if an output's first axis does not hold the rows."""
    if any(value.ndim == 0 or len(value) != size for value in outputs.values()):
        return None
    ends = np.cumsum([request.rows for request in requests])
    return [
        {name: value[end - request.rows : end] for name, value in outputs.items()}
        for request, end in zip(requests, ends, strict=True)
    ]


def _padded(value: np.ndarray, longest: list[int]) -> np.ndarray:
    missing = [(0, long - short) for short, long in zip(value.shape[1:], longest, strict=True)]
    return np.pad(value, [(0, 0), *missing], constant_values=value.flat[0]) if any(after for _, after in missing) else value


def _inner_shapes(inputs: Arrays) -> tuple:
    return tuple((name, value.shape[1:]) for name, value in sorted(inputs.items()))
