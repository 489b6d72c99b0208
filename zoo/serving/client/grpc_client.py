"""A client of TensorFlow Serving's gRPC interface; needs the extra `fewshot-zoo[serve]`, and does not load TensorFlow.

from zoo.serving import GrpcClient

with GrpcClient("127.0.0.1:8500", "mela_sinusoid") as client:
    task = client.learn(x, y)
    task.predict(x_new)
"""

from collections.abc import Mapping
from typing import Any

from zoo.serving.client.connection import Connection
from zoo.serving.client.grpc_transport import GrpcTransport
from zoo.serving.client.remote_model import RemoteModel
from zoo.serving.client.rest_client import Timeout, both
from zoo.serving.client.retries import Retries


class GrpcClient(RemoteModel):
    """A model on a server with TensorFlow Serving's gRPC interface. It differs from `Client` in the transport only.

    Numbers are sent as bytes, four each, so that neither side formats or parses large examples as text.

    Args:
        address: host and port, such as `127.0.0.1:8500`.
        name, version, label, retries: as for `Client`.
        timeout: seconds until the answer; of two numbers, to connect and to answer, their sum.
        credentials: `grpc.ssl_channel_credentials(…)` for an encrypted channel; without, it is not encrypted.
        headers: sent with every request as gRPC metadata.
    """

    def __init__(
        self,
        address: str,
        name: str,
        *,
        version: int | None = None,
        label: str | None = None,
        timeout: Timeout = (3.0, 60.0),
        retries: int | Retries = 4,
        credentials: Any = None,
        headers: Mapping[str, str] | None = None,
    ):
        deadline = sum(both(timeout)) if isinstance(timeout, tuple) else both(timeout)[1]
        transport = GrpcTransport(address, name, deadline, credentials, headers or {})
        super().__init__(Connection(transport, version, label, retries))
