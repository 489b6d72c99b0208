"""The catalog of models: loads new versions, leases them to requests, unloads retired ones when their last lease ends.

A version goes START -> LOADING -> AVAILABLE -> UNLOADING -> END, as in TensorFlow Serving. A new version is loaded and warmed up
before the old one is retired; one that cannot be loaded ends with its error, and the old one stays.
"""

import contextlib
import enum
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zoo.serving.server import logs, model_sources
from zoo.serving.server.model_sources import ModelSource
from zoo.serving.server.servable import Servable
from zoo.serving.wire.statuses import Code, StatusError

RETRIES, RETRY_SECONDS = 5, 60.0  # TensorFlow Serving's
REMEMBERED = 100  # ended versions of a model that its status still lists


class State(enum.IntEnum):
    """States of a version, by their number in `ModelVersionStatus`."""

    START = 10
    LOADING = 20
    AVAILABLE = 30
    UNLOADING = 40
    END = 50


@dataclass
class Version:
    """One version of a model, served or not."""

    number: int
    state: State = State.START
    code: Code = Code.OK
    message: str = ""
    servable: Servable | None = None
    leases: int = 0
    attempts: int = 0
    next_attempt: float = 0.0


@dataclass(frozen=True)
class Wanted:
    """The model that a request names, and the version or the label, if it names one."""

    name: str
    version: int | None = None
    label: str | None = None

    def __str__(self) -> str:
        return f"Latest({self.name})" if self.version is None else f"Specific({self.name}, {self.version})"


class Catalog:
    """Models and their versions. Thread-safe.

    Args:
        load: loads a version; a `StatusError` or an `OSError` says why it cannot be.
        retry_seconds: time until a version that could not be loaded is tried again.
    """

    def __init__(self, load: Callable[[str, int, Path], Servable] = Servable, retry_seconds: float = RETRY_SECONDS):
        self._load, self._retry_seconds = load, retry_seconds
        self._lock, self._refreshing = threading.RLock(), threading.Lock()
        self._sources: dict[str, ModelSource] = {}
        self._models: dict[str, dict[int, Version]] = {}
        self._labels: dict[str, dict[str, int]] = {}

    @classmethod
    def of(cls, servables: dict[str, Servable]) -> "Catalog":
        """A catalog of versions that are loaded already, and never change."""
        catalog = cls()
        for name, servable in servables.items():
            catalog._models[name] = {servable.version: Version(servable.version, State.AVAILABLE, servable=servable)}
        return catalog

    def names(self) -> list[str]:
        """Every model that is or was served."""
        with self._lock:
            return sorted(self._models)

    def available(self, name: str) -> list[int]:
        """The versions of a model that are served now."""
        with self._lock:
            known = self._models.get(name, {})
            return sorted(number for number, version in known.items() if version.state == State.AVAILABLE)

    def failures(self, name: str) -> str:
        """Why versions of a model are not served, in one line."""
        with self._lock:
            known = self._models.get(name, {}).values()
            return "; ".join(f"version {version.number}: {version.message}" for version in known) or "there is none"

    @contextlib.contextmanager
    def lease(self, wanted: Wanted) -> Iterator[Servable]:
        """Lease the version that a request wants; it is not unloaded before the block ends.

        Raises:
            StatusError: NOT_FOUND if it is not served, INVALID_ARGUMENT for an unknown label.
        """
        with self._lock:
            version = self._find(wanted)
            version.leases += 1
        try:
            assert version.servable is not None
            yield version.servable
        finally:
            with self._lock:
                version.leases -= 1

    def _find(self, wanted: Wanted) -> Version:
        wanted = self._resolved(wanted)
        known = self._models.get(wanted.name, {})
        served = {number: version for number, version in known.items() if version.state == State.AVAILABLE}
        number = max(served, default=-1) if wanted.version is None else wanted.version
        if number not in served:
            raise StatusError(Code.NOT_FOUND, f"Servable not found for request: {wanted}")
        return served[number]

    def _resolved(self, wanted: Wanted) -> Wanted:
        if wanted.label is None:
            return wanted
        if wanted.label not in self._labels.get(wanted.name, {}):
            raise StatusError(Code.INVALID_ARGUMENT, f"Unrecognized servable version label: {wanted.label}")
        return Wanted(wanted.name, self._labels[wanted.name][wanted.label])

    def status(self, wanted: Wanted) -> list[Version]:
        """Every version of a model, newest first, or the wanted one alone.

        Raises:
            StatusError: NOT_FOUND if there is none.
        """
        with self._lock:
            wanted = self._resolved(wanted)
            known = self._models.get(wanted.name, {})
            if wanted.version is not None:
                if wanted.version not in known:
                    raise StatusError(Code.NOT_FOUND, f"Could not find version {wanted.version} of model {wanted.name}")
                return [known[wanted.version]]
            if not known:
                raise StatusError(Code.NOT_FOUND, f"Could not find any versions of model {wanted.name}")
            return [known[number] for number in sorted(known, reverse=True)]

    def refresh(self, sources: Sequence[ModelSource] | None = None) -> None:
        """Bring what is served in line with the disk: load what is new, then retire what is no longer wanted.

        Args:
            sources: the models to serve from now on, if they change.
        """
        with self._refreshing:
            if sources is not None:
                self._sources = {source.name: source for source in sources}
            for source in list(self._sources.values()):
                self._refresh(source)
            for name in [name for name in self._models if name not in self._sources]:
                self._retire(name, set(self._models[name]))
            self._close_retired()

    def _refresh(self, source: ModelSource) -> None:
        try:
            found = model_sources.on_disk(source.base)
        except OSError as error:  # an unreadable disk unloads nothing
            logs.event("base_path_unreadable", "warning", model=source.name, error=str(error))
            return
        wanted = source.policy.choose(set(found))
        with self._lock:
            known = self._models.setdefault(source.name, {})
            for number in [number for number, version in known.items() if version.state == State.END and number not in found]:
                known[number].attempts = 0  # if it comes back, it is new
        for number in sorted(wanted, reverse=True):
            self._bring_up(source.name, known, number, found[number])
        served = {number for number, version in known.items() if version.state == State.AVAILABLE}
        if served & wanted or not wanted:
            self._retire(source.name, served - wanted)
        self._assign_labels(source, known)

    def _bring_up(self, name: str, known: dict[int, Version], number: int, path: Path) -> None:
        version = known.get(number)
        if version and (version.state != State.END or version.attempts > RETRIES or time.monotonic() < version.next_attempt):
            return
        attempts = version.attempts + 1 if version else 1
        version = Version(number, State.LOADING, attempts=attempts, next_attempt=time.monotonic() + self._retry_seconds)
        with self._lock:
            known[number] = version
        start = time.perf_counter()
        try:
            servable = self._load(name, number, path)
        except Exception as error:
            with self._lock:
                version.state, version.message = State.END, str(error) or repr(error)
                version.code = error.code if isinstance(error, StatusError) else Code.UNKNOWN
            logs.event("version_failed", "error", model=name, version=number, status=version.code.name, error=version.message)
            return
        with self._lock:
            version.servable, version.state, version.attempts, version.next_attempt = servable, State.AVAILABLE, 0, 0.0
        logs.event("version_available", model=name, version=number, milliseconds=logs.milliseconds(start), warmed=servable.warmed)

    def _assign_labels(self, source: ModelSource, known: dict[int, Version]) -> None:
        """A label moves only to a version that is available, so that requests by label never fail in between."""
        with self._lock:
            before, labels = self._labels.get(source.name, {}), {}
            for label, number in source.labels:
                available = number in known and known[number].state == State.AVAILABLE
                if available or label in before:
                    labels[label] = number if available else before[label]
                if not available:
                    logs.event("label_waits", "warning", model=source.name, version=number, label=label)
            self._labels[source.name] = labels

    def _retire(self, name: str, numbers: set[int]) -> None:
        with self._lock:
            for number in numbers:
                if self._models[name][number].state == State.AVAILABLE:
                    self._models[name][number].state = State.UNLOADING

    def _close_retired(self) -> None:
        with self._lock:
            idle = [
                (name, version)
                for name, known in self._models.items()
                for version in known.values()
                if version.state == State.UNLOADING and not version.leases
            ]
            for _, version in idle:
                version.state = State.END
        for name, version in idle:
            servable, version.servable = version.servable, None
            if servable:
                servable.close()
            logs.event("version_unloaded", model=name, version=version.number)
        with self._lock:
            for known in self._models.values():
                for number in sorted(number for number in known if known[number].state == State.END)[:-REMEMBERED]:
                    del known[number]

    def close(self) -> None:
        """Retire everything, and unload what is not leased."""
        with self._refreshing:
            self._sources = {}
            for name in list(self._models):
                self._retire(name, set(self._models[name]))
            self._close_retired()
