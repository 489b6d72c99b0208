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
    """A model of a server that speaks TensorFlow Serving's REST interface, as `zoo serve` and `tensorflow/serving` do.

    Connections are kept and used again, by several threads too. No proxy is read from the environment.

    Args:
        url: scheme, host and port, such as `http://127.0.0.1:8501`; where a gateway puts it, a path, without `/v1`.
        name: the model's name on the server.
        version: speak to this version; by default to the newest one when the client is first used.
        label: speak to the version that this label points to; not with `version`.
        timeout: seconds for all; or two numbers, seconds to connect and seconds that the server may be silent.
        retries: how often a request is sent again, or a `Retries`, which says when; 0 for never.
        headers: sent with every request, for instance `{"Authorization": "Bearer …"}`.
        connections: how many are kept open; as many as threads use the client at once.

    Raises:
        ZooError: if an argument cannot be right. Nothing is sent before the first use.
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
