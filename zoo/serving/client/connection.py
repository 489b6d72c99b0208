"""A connection to one model: the version that answers, the checks of requests and answers, and retries."""

import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from zoo.serving import support_size
from zoo.serving.client.errors import InvalidAnswerError, NotFoundError, ServerError, TimedOutError
from zoo.serving.client.metadata import Metadata, Signature
from zoo.serving.client.retries import Retries
from zoo.serving.client.transport import Arrays, Transport, VersionStatus
from zoo.utils.errors import ZooError

Result = TypeVar("Result")
MOST_SWAPS = 5  # of versions during one request


class Connection:
    """A transport and the version in use: that of the first metadata, until the server drops it or `refresh` is called.

    Every request names its version, so that no task is learned by one version and applied by another during a swap.

    Args:
        transport: to the server.
        version, label: which version to use; the newest where neither is given.
        retries: when to send a request again.
    """

    def __init__(self, transport: Transport, version: int | None, label: str | None, retries: int | Retries):
        if not re.fullmatch(r"[^/:?#%\s]+", transport.name):
            raise ZooError(f"name={transport.name!r}: a model's name contains no white space and none of / : ? # %.")
        if version is not None and label is not None:
            raise ZooError(f"version={version} and label={label!r}: pass one of the two.")
        if version is not None and (isinstance(version, bool) or not isinstance(version, int) or version < 0):
            raise ZooError(f"version={version!r}: a version is a whole number, the name of its folder.")
        if label is not None and not re.fullmatch(r"[^/:?#%\s]+", label):
            raise ZooError(f"label={label!r}: a label contains no white space and none of / : ? # %.")
        self.transport, self.version, self.label = transport, version, label
        self.retries = retries if isinstance(retries, Retries) else Retries(retries)
        self._known: Metadata | None = None
        self._others: dict[int, Metadata] = {}  # versions that learned the tasks in use here
        self._lock = threading.Lock()
        self._closed = False

    @property
    def known(self) -> Metadata | None:
        """The metadata, if it was read already."""
        return self._known

    def metadata(self) -> Metadata:
        """The metadata of the version in use; read once."""
        self._open()
        with self._lock:  # several threads read it once
            if self._known is None:
                self._known = self._send(lambda: self.transport.metadata(self.version, self.label))
            return self._known

    def refresh(self, stale: Metadata | None = None) -> Metadata:
        """Read the metadata again, unless another thread has replaced `stale` in the meantime."""
        with self._lock:
            if stale is None or self._known is stale:
                self._known = None
        return self.metadata()

    def current(self, work: Callable[[Metadata], Result]) -> Result:
        """Do work that any version may do; start again where the version was swapped out meanwhile."""
        for _ in range(MOST_SWAPS):
            metadata = self.metadata()
            try:
                return work(metadata)
            except NotFoundError:
                if self.version is not None or self.refresh(metadata).version == metadata.version:
                    raise
        return work(self.metadata())

    def pinned(self, version: int, work: Callable[[Metadata], Result]) -> Result:
        """Do work that only the version which learned the task may do.

        Raises:
            NotFoundError: if the server has dropped the version; it names those that it has.
        """
        try:
            return work(self._of(version))
        except NotFoundError as error:
            error.problem = f"{error.problem}: version {version} of {self.transport.name} learned this task, {self._served()}"
            error.remedy = "learn the task again, by task.learn_again() where it remembers its examples"
            raise

    def call(
        self, metadata: Metadata, name: str, inputs: Mapping[str, np.ndarray], wanted: Sequence[str] | None = None
    ) -> Arrays:
        """Call a signature of the version that `metadata` describes.

        Args:
            metadata: of the version.
            name: the signature's.
            inputs: arrays, whose first axis has one length.
            wanted: the outputs to return; all by default.

        Returns:
            The wanted outputs, finite, with the length of the inputs' first axis.

        Raises:
            ZooError: if there is no such signature, or the inputs do not fit it; nothing is sent then.
            ServerError: if no valid answer came.
        """
        self._open()
        signature = metadata.signature(name)
        sent = _checked_inputs(f"{metadata.name}, signature {name!r}", signature, inputs)
        wanted = tuple(signature.outputs) if wanted is None else tuple(wanted)
        answer = self._send(lambda: self.transport.predict(metadata.version, name, signature, sent, wanted))
        length = len(next(iter(sent.values())))
        return {output: self._sound(f"output {output!r} of {name!r}", answer.get(output), length) for output in wanted}

    def status(self) -> list[VersionStatus]:
        """The states of the model's versions."""
        self._open()
        return self._send(self.transport.status)

    def wait_until_available(self, timeout: float) -> None:
        """Poll the status until a version is available; the chosen version where there is one.

        Raises:
            TimedOutError: if none is after `timeout` seconds, with the last status.
        """
        until, pause = time.monotonic() + timeout, 0.05
        while True:
            self._open()
            try:
                versions = self.transport.status()
                if any(one.state == "AVAILABLE" and self.version in (None, one.version) for one in versions):
                    return
                seen = ", ".join(f"version {one.version} {one.state} {one.error}".rstrip() for one in versions) or "no version"
            except ServerError as error:
                seen = str(error).removesuffix(".")
            if time.monotonic() + pause > until:
                remedy = "raise timeout=, or look at the server's log"
                raise TimedOutError(f"not available within {timeout:g} s, last seen: {seen}", remedy, url=self.transport.address)
            time.sleep(pause)
            pause = min(1.0, 1.5 * pause)

    def close(self) -> None:
        """Close; the connection cannot be used any more."""
        self._closed = True
        self.transport.close()

    def invalid(self, problem: str) -> InvalidAnswerError:
        """The error for an answer that cannot be used."""
        remedy = "do not use it; check the examples, and which model and version answers"
        return InvalidAnswerError(problem, remedy, url=self.transport.address)

    def _of(self, version: int) -> Metadata:
        self._open()
        with self._lock:
            if self._known is not None and self._known.version == version:
                return self._known
            if version not in self._others:
                self._others[version] = self._send(lambda: self.transport.metadata(version, None))
            return self._others[version]

    def _served(self) -> str:
        try:
            versions = [str(one.version) for one in self.transport.status() if one.state == "AVAILABLE"]
        except ServerError:
            return "and the server's versions are unknown"
        return f"and the server has {', '.join(versions) or 'none'}"

    def _send(self, send: Callable[[], Result]) -> Result:
        return self.retries.run(send)

    def _open(self) -> None:
        if self._closed:
            raise ZooError(f"the client of {self.transport.name} at {self.transport.address} is closed; make a new one.")

    def _sound(self, what: str, array: np.ndarray | None, length: int) -> np.ndarray:
        if array is None:
            raise self.invalid(f"{what} is missing in the answer")
        if array.ndim == 0 or len(array) != length:
            raise self.invalid(f"{what} has shape {list(array.shape)}, but {length} rows were expected")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise self.invalid(f"{what} holds NaN or infinity")
        return array


def _checked_inputs(what: str, signature: Signature, inputs: Mapping[str, np.ndarray]) -> Arrays:
    if set(inputs) != set(signature.inputs):
        want, got = (", ".join(sorted(names)) for names in (signature.inputs, inputs))
        raise ZooError(f"{what} takes {want}, not {got}; learn the task again with this model.")
    for name, array in inputs.items():
        info = signature.inputs[name]
        if info.dtype is None or not info.holds(array.shape):
            raise ZooError(f"{what}: {name} has shape {list(array.shape)}, but the model takes {info}.")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ZooError(f"{what}: {name} holds NaN or infinity; the server would answer NaN and call it a success.")
    if len({len(array) for array in inputs.values()}) != 1:
        lengths = ", ".join(f"{name} {len(array)}" for name, array in inputs.items())
        raise ZooError(f"{what}: the first axes have different lengths: {lengths}.")
    if problem := support_size.problem(inputs):
        raise ZooError(f"{what}: {problem}.")
    return {name: np.ascontiguousarray(array, signature.inputs[name].dtype) for name, array in inputs.items()}
