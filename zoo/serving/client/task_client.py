"""What a learned task needs of the client that it predicts through; a protocol, so that tasks need not know the clients."""

from typing import Protocol

from zoo.serving.client.connection import Connection


class TaskClient(Protocol):
    """A client of one model on a server, as `Client` and `GrpcClient` are."""

    connection: Connection

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def version(self) -> int:
        """The version that answers requests which need no earlier task."""

    def refresh(self) -> int:
        """Read the metadata again and switch to the newest version, or to the one that the label points to now."""
