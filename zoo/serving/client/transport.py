"""The transport protocol of the clients; `Client` and `GrpcClient` differ in their transports only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from zoo.serving.client.metadata import Metadata, Signature

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class VersionStatus:
    """The state of a version of a model.

    Attributes:
        version: its number.
        state: START, LOADING, AVAILABLE, UNLOADING or END.
        error: why it failed to load; empty where it did not.
    """

    version: int
    state: str
    error: str = ""


class Transport(Protocol):
    """A transport to one model on a server. Thread-safe; every method sends once and raises a `ServerError` on failure."""

    name: str
    address: str

    def metadata(self, version: int | None, label: str | None) -> Metadata:
        """The metadata of a version, of the version with a label, or of the newest version."""

    def status(self) -> list[VersionStatus]:
        """The states of the model's versions."""

    def predict(
        self, version: int, name: str, signature: Signature, inputs: Mapping[str, np.ndarray], wanted: Sequence[str]
    ) -> Arrays:
        """Call the signature `name` of a version; at least the outputs `wanted`, as arrays of the signature's types."""

    def close(self) -> None:
        """Close the connections."""
