"""A client of TensorFlow Serving's REST interface that needs no TensorFlow.

from zoo.serving import Client

with Client("http://127.0.0.1:8501", "mela_sinusoid") as client:
    task = client.learn(x, y)
    task.predict(x_new)
"""

from collections.abc import Mapping

from zoo.serving.client.connection import Connection
from zoo.serving.client.remote_model import RemoteModel
from zoo.serving.client.rest_transport import RestTransport
from zoo.serving.client.retries import Retries
from zoo.utils.errors import ZooError

Timeout = float | tuple[float, float]


class Client(RemoteModel):
    """A model on a server with TensorFlow Serving's REST interface, such as `zoo serve` and `tensorflow/serving`.

    Connections are pooled, for several threads too. No proxy is read from the environment.

    Args:
        url: scheme, host and port, such as `http://127.0.0.1:8501`, and a path where a gateway has one, without `/v1`.
        name: the model's name on the server.
        version: use this version; by default the newest one when the client is first used.
        label: use the version that this label points to; not with `version`.
        timeout: seconds for both; or two numbers, seconds to connect and to wait for the server's next bytes.
        retries: how often a request is sent again, or a `Retries`, which says when; 0 for never.
        headers: sent with every request, for instance `{"Authorization": "Bearer …"}`.
        connections: how many are kept open; choose the number of threads that use the client at once.

    Raises:
        ZooError: if an argument is invalid. Nothing is sent before the first use.
    """

    def __init__(
        self,
        url: str,
        name: str,
        *,
        version: int | None = None,
        label: str | None = None,
        timeout: Timeout = (3.0, 60.0),
        retries: int | Retries = 4,
        headers: Mapping[str, str] | None = None,
        connections: int = 16,
    ):
        transport = RestTransport(url, name, both(timeout), headers or {}, connections)
        super().__init__(Connection(transport, version, label, retries))


def both(timeout: Timeout) -> tuple[float, float]:
    """Seconds to connect and seconds to answer.

    Raises:
        ZooError: if one is not above 0.
    """
    connect, answer = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    if not (connect > 0 and answer > 0):
        raise ZooError(f"timeout={timeout!r}: pass seconds above 0, or two such numbers: to connect, and to answer.")
    return connect, answer
