"""Serving: clients, a server, and publishing for TensorFlow Serving. Knows endpoints and no model.

Importing it, a `Client` included, imports no TensorFlow. `GrpcClient` needs the extra `fewshot-zoo[serve]`.
"""

import importlib
from typing import TYPE_CHECKING, Any

from zoo.serving.client.errors import (
    InvalidAnswerError,
    InvalidRequestError,
    NotFoundError,
    ServerError,
    TimedOutError,
    TooBusyError,
    UnreachableError,
)
from zoo.serving.client.remote_task import RemoteTask
from zoo.serving.client.rest_client import Client
from zoo.serving.client.retries import Retries

if TYPE_CHECKING:
    from zoo.serving.client.grpc_client import GrpcClient

__all__ = [
    "Client",
    "GrpcClient",
    "InvalidAnswerError",
    "InvalidRequestError",
    "NotFoundError",
    "RemoteTask",
    "Retries",
    "ServerError",
    "TimedOutError",
    "TooBusyError",
    "UnreachableError",
]


def __getattr__(name: str) -> Any:
    if name == "GrpcClient":
        return importlib.import_module("zoo.serving.client.grpc_client").GrpcClient
    raise AttributeError(f"module 'zoo.serving' has no attribute {name!r}; it has {', '.join(__all__)}.")
