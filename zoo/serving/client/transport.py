"""The seam of the clients: what a way to a server must do; `Client` and `GrpcClient` differ in nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from zoo.serving.client.metadata import Metadata, Signature

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class VersionStatus:
    """How a version of a model does.

    Attributes:
        version: its number.
        state: START, LOADING, AVAILABLE, UNLOADING or END.
        error: why it failed to load, empty where it did not.
    """

    version: int
    state: str
    error: str = ""


class Transport(Protocol):
    """One way to one model of a server. Safe for several threads; every method sends once and raises a `ServerError`."""

    name: str
    address: str

    def metadata(self, version: int | None, label: str | None) -> Metadata:
        """The metadata of a version, of what a label points to, or of the newest version."""

    def status(self) -> list[VersionStatus]:
        """How the versions of the model do."""

    def predict(
        self, version: int, name: str, signature: Signature, inputs: Mapping[str, np.ndarray], wanted: Sequence[str]
    ) -> Arrays:
        """Call the signature `name` of a version; the outputs `wanted`, perhaps more, as arrays of the types it says."""

    def close(self) -> None:
        """Close the connections."""
